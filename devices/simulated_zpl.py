"""ZPL graphics as dots: `^FO`, `^GFA` in hexadecimal (compressed or not) or as `:Z64:`, on stock of `^PW`, `^LL`."""

from __future__ import annotations

import base64
import binascii
import re
import zlib

from PIL import Image, ImageChops

SIDE_LIMIT_DOTS = 8_000
DATA_LIMIT_BYTES = 4_000_000
DEFAULT_STOCK_DOTS = (812, 1218)

_COMMAND = re.compile(rb"\^([A-Z][A-Z0-9@])([^\^~]*)")
_Z64 = re.compile(rb":Z64:([A-Za-z0-9+/=\s]*):([0-9A-Fa-f]{4})")
_HEX = b"0123456789ABCDEF"


def drawn_format(body: bytes) -> Image.Image | None:
    """The picture (mode "1", black is 0) of what stands between ^XA and ^XZ; None when nothing is drawn.

    What is not understood is passed over, as printers do; a graphic whose check sum is wrong is not drawn.
    """
    width, height = DEFAULT_STOCK_DOTS
    origin = (0, 0)
    graphics: list[tuple[tuple[int, int], Image.Image]] = []
    for name, value in _COMMAND.findall(body):
        numbers = _numbers(value)
        if name == b"PW" and numbers:
            width = min(max(numbers[0], 1), SIDE_LIMIT_DOTS)
        elif name == b"LL" and numbers:
            height = min(max(numbers[0], 1), SIDE_LIMIT_DOTS)
        elif name == b"FO":
            origin = (numbers[0], numbers[1]) if len(numbers) > 1 else (0, 0)
        elif name == b"GF" and (picture := _graphic(value)):
            graphics.append((origin, picture))
    if not graphics:
        return None
    paper = Image.new("1", (width, height), 1)
    for at, picture in graphics:
        layer = Image.new("1", paper.size, 1)
        layer.paste(picture, at)
        paper = ImageChops.logical_and(paper, layer)
    return paper


def _graphic(value: bytes) -> Image.Image | None:
    """`A,bytes,bytes,bytes a row,data` as a picture; None when it is damaged."""
    parts = value.split(b",", 4)
    if len(parts) != 5 or parts[0] != b"A":
        return None
    sizes = _numbers(b",".join(parts[1:4]))
    if len(sizes) != 3:
        return None
    _, total, row_bytes = sizes
    if not 0 < row_bytes <= SIDE_LIMIT_DOTS // 8 or not 0 < total <= DATA_LIMIT_BYTES or total % row_bytes:
        return None
    data = _unpacked(parts[4], total) if parts[4].startswith(b":") else _from_hex(parts[4], total, row_bytes)
    if data is None or len(data) != total:
        return None
    return Image.frombytes("1", (row_bytes * 8, total // row_bytes), data, "raw", "1;I")


def _unpacked(text: bytes, total: int) -> bytes | None:
    framed = _Z64.match(text)
    if not framed or binascii.crc_hqx(framed[1], 0) != int(framed[2], 16):
        return None
    try:
        return zlib.decompressobj().decompress(base64.b64decode(framed[1], validate=True), total)
    except (zlib.error, binascii.Error):
        return None


def _from_hex(text: bytes, total: int, row_bytes: int) -> bytes | None:
    """Hexadecimal with ZPL's own compression: G–Y and g–z repeat, `,` and `!` fill a row, `:` repeats the last row."""
    digits = bytearray()
    row_digits = row_bytes * 2
    times = 0
    for byte in text.replace(b"\r", b"").replace(b"\n", b"").replace(b" ", b""):
        room = row_digits - len(digits) % row_digits
        if len(digits) > total * 2:
            return None
        if ord("G") <= byte <= ord("Y"):
            times += byte - ord("G") + 1
        elif ord("g") <= byte <= ord("z"):
            times += (byte - ord("g") + 1) * 20
        elif byte in b",!":
            digits += (b"0" if byte == ord(",") else b"F") * room
        elif byte == ord(":"):
            digits += digits[-row_digits:]
        elif bytes((byte,)).upper() in (bytes((digit,)) for digit in _HEX):
            digits += bytes((byte,)) * max(times, 1)
            times = 0
        else:
            return None
    digits += b"0" * (total * 2 - len(digits))
    return binascii.unhexlify(bytes(digits)) if len(digits) == total * 2 else None


def _numbers(value: bytes) -> list[int]:
    """Leading whole numbers between commas."""
    numbers: list[int] = []
    for part in value.split(b","):
        digits = part.strip()
        if not digits.isdigit() or len(digits) > 9:
            break
        numbers.append(int(digits))
    return numbers
