"""What a picture says of itself in its first bytes: JPEG, PNG and WebP. Nothing is decoded."""

from __future__ import annotations

from app.errors import FrameDamaged


def refuse_unread(picture: bytes, *, over_pixels: int) -> tuple[int, int]:
    """(width_px, height_px) of a picture that may be decoded.

    Raises:
        FrameDamaged: the bytes are no picture, or claim more than `over_pixels`.
    """
    size = claimed_size(picture)
    if size is None or min(size) < 1:
        raise FrameDamaged("picture", "no JPEG, PNG or WebP")
    width, height = size
    if width * height > over_pixels:
        raise FrameDamaged("picture", f"{width} x {height} pixels are too many")
    return size


def claimed_size(picture: bytes) -> tuple[int, int] | None:
    """(width_px, height_px) as the file's header says, without decoding; None when it is no JPEG, PNG or WebP."""
    if picture[:8] == b"\x89PNG\r\n\x1a\n" and len(picture) >= 24:
        return int.from_bytes(picture[16:20], "big"), int.from_bytes(picture[20:24], "big")
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP" and len(picture) >= 30:
        return _webp_size(picture)
    if picture[:2] == b"\xff\xd8":
        return _jpeg_size(picture)
    return None


def _webp_size(picture: bytes) -> tuple[int, int]:
    kind = picture[12:16]
    if kind == b"VP8X":
        return int.from_bytes(picture[24:27], "little") + 1, int.from_bytes(picture[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(picture[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(picture[26:28], "little") & 0x3FFF, int.from_bytes(picture[28:30], "little") & 0x3FFF


def _jpeg_size(picture: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(picture) and picture[at] == 0xFF:
        marker = picture[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(picture[at + 7 : at + 9], "big"), int.from_bytes(picture[at + 5 : at + 7], "big")
        at += 1 if marker == 0xFF else 2 + int.from_bytes(picture[at + 2 : at + 4], "big")
    return None
