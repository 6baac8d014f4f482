"""ESC/POS as bytes: a label as raster graphics, and the questions that we ask a printer.

Source: Epson ESC/POS command reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from devices.zpl import packed_rows

if TYPE_CHECKING:
    from PIL import Image

# ESC @ initialises; GS a 0 stops automatic status, whose bytes would pass for answers.
START = b"\x1b@\x1da\x00"
# GS V 66 n feeds to the cutter and n dots further, then cuts.
CUT = b"\x1dV\x42\x00"
# DLE EOT n is answered at once, whatever waits in the buffer: 2 = why offline, 4 = paper.
ASK_OFFLINE_CAUSE = b"\x10\x04\x02"
ASK_PAPER = b"\x10\x04\x04"
# GS r 1 is answered in its turn: when everything before it is through.
BARRIER = b"\x1dr\x01"
# Printers hold at least this many rows of one GS v 0; taller pictures go in bands without a gap.
BAND_ROWS = 240


def label(bitmap: Image.Image) -> bytes:
    """One label that is the bitmap (mode "1", black is 0), dot for dot, then the cut; without the barrier."""
    row_bytes = (bitmap.width + 7) // 8
    data = packed_rows(bitmap)
    bands = []
    for top in range(0, bitmap.height, BAND_ROWS):
        rows = min(BAND_ROWS, bitmap.height - top)
        size = row_bytes.to_bytes(2, "little") + rows.to_bytes(2, "little")
        bands.append(b"\x1dv0\x00" + size + data[top * row_bytes : (top + rows) * row_bytes])
    return START + b"".join(bands) + CUT


def is_realtime_answer(byte: int) -> bool:
    """Answers to DLE EOT read 0xx1xx10."""
    return byte & 0b1001_0011 == 0b0001_0010


def is_barrier_answer(byte: int) -> bool:
    """Answers to GS r 1 read 0xx0xxxx, so no real-time answer passes for one."""
    return byte & 0b1001_0000 == 0


def cover_open(offline_cause: int) -> bool:
    return bool(offline_cause & 0b0000_0100)


def paper_out(offline_cause: int, paper: int) -> bool:
    return bool(offline_cause & 0b0010_0000 or paper & 0b0110_0000)


def failed(offline_cause: int) -> bool:
    """An error: cutter, voltage, temperature."""
    return bool(offline_cause & 0b0100_0000)
