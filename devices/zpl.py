"""ZPL II as bytes: a label as one graphic field, and the questions that we ask a Zebra."""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

# ~HS answers three lines, each between STX and ETX (ZPL II Programming Guide, "~HS Host Status Return").
ASK_STATUS = b"~HS\r\n"
# Set-Get-Do: the head's own count of labels, answered between quotation marks.
ASK_LABEL_COUNT = b'! U1 getvar "odometer.total_label_count"\r\n'
_MEANT_BY_ZPL = frozenset(b"^~_\\")


@dataclass(frozen=True, slots=True, kw_only=True)
class HostStatus:
    """What `~HS` said.

    Args:
        formats_waiting: labels received and not printed yet, those of a running batch included.
    """

    paper_out: bool
    paused: bool
    head_open: bool
    ribbon_out: bool
    formats_waiting: int


def label(bitmap: Image.Image) -> bytes:
    """One label that is the bitmap (mode "1", black is 0), dot for dot, at the top left of the stock.

    The page is set to UTF-8 (`^CI28`), the label to the bitmap's own size and to one copy, whatever was set before.
    """
    row_bytes = (bitmap.width + 7) // 8
    data = packed_rows(bitmap)
    packed = base64.b64encode(zlib.compress(data, 9))
    graphic = b":Z64:%s:%04X" % (packed, binascii.crc_hqx(packed, 0))
    head = b"^XA^CI28^PW%d^LL%d^LH0,0^PON^PMN^LRN^PQ1" % (bitmap.width, bitmap.height)
    field = b"^FO0,0^GFA,%d,%d,%d,%s^FS" % (len(data), len(data), row_bytes, graphic)
    return head + field + b"^XZ\n"


def packed_rows(bitmap: Image.Image) -> bytes:
    """Rows from the top, eight dots a byte, the leftmost in the highest bit, 1 is black, the rest of a row white."""
    from PIL import Image

    wide = Image.new("1", ((bitmap.width + 7) // 8 * 8, bitmap.height), 1)
    wide.paste(bitmap, (0, 0))
    return wide.tobytes("raw", "1;I")


def escaped_field(text: str) -> bytes:
    """A text as `^FH^FD…^FS` in which nothing is a command: an address with `^` in it once printed a second barcode.

    Control characters, `^ ~ _ \\` and everything outside ASCII go as `_hh` of their UTF-8 (the label says `^CI28`).
    A lone surrogate becomes a question mark.
    """
    raw = text.encode("utf-8", "replace")
    safe = b"".join(
        bytes((byte,)) if 0x20 <= byte < 0x7F and byte not in _MEANT_BY_ZPL else b"_%02X" % byte for byte in raw
    )
    return b"^FH_^FD" + safe + b"^FS"


def read_status(answer: bytes) -> HostStatus | None:
    """Understand a whole answer to `~HS`; None when it is none."""
    lines = [part.split(b",") for part in re.findall(rb"\x02([^\x02\x03]*)\x03", answer)]
    if [len(line) for line in lines] != [12, 11, 2]:
        return None
    first, second, _ = lines
    try:
        waiting = int(first[4]) + int(second[8])
        flags = [int(flag) for flag in (first[1], first[2], second[2], second[3])]
    except ValueError:
        return None
    if waiting < 0 or any(flag not in (0, 1) for flag in flags):
        return None
    paper_out, paused, head_open, ribbon_out = map(bool, flags)
    return HostStatus(
        paper_out=paper_out, paused=paused, head_open=head_open, ribbon_out=ribbon_out, formats_waiting=waiting
    )


def read_label_count(answer: bytes) -> int | None:
    """The count in a whole answer to `ASK_LABEL_COUNT`; None when this printer keeps none (`"?"`)."""
    counted = re.fullmatch(rb'\s*"(\d{1,12})"\s*', answer)
    return int(counted[1]) if counted else None
