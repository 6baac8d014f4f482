"""JPEG, PNG and WebP bytes in, grey pixels out: small enough to work on, and never more than memory allows."""

from __future__ import annotations

from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from app.errors import FrameDamaged
from devices.picture_header import refuse_unread

# A damaged picture is an answer here, not a line on the operator's terminal.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)

# (height_px, width_px), uint8, 255 is white, origin top left.
Grey: TypeAlias = NDArray[np.uint8]

# Decoding takes up to five bytes a pixel; a picture that claims more is refused unread.
MAX_PIXELS = 150_000_000
# Pictures above this are shrunk first: a code that fills a useful part of them stays readable.
WORK_PIXELS = 12_000_000
# With transparency a pixel takes four bytes; above this it is taken for opaque.
_ALPHA_PIXELS = 25_000_000


def grey_of(picture: bytes) -> tuple[Grey, float]:
    """The picture in grey, at most `WORK_PIXELS` large, and by how much it was shrunk (1.0 when it was not).

    Transparent parts are white, as on a screen; 16 bits become 8.

    Raises:
        FrameDamaged: the bytes are no picture, are cut off, or claim more than `MAX_PIXELS`.
    """
    width, height = refuse_unread(picture, over_pixels=MAX_PIXELS)
    has_alpha = picture[:2] != b"\xff\xd8" and width * height <= _ALPHA_PIXELS
    try:
        # OpenCV wants 32 bytes of a WebP, and one pixel takes 30.
        pixels = cv2.imdecode(
            np.frombuffer(picture.ljust(32, b"\0"), np.uint8),
            cv2.IMREAD_UNCHANGED if has_alpha else _flag(width * height, picture),
        )
    except (cv2.error, MemoryError) as error:
        raise FrameDamaged("picture", str(error)) from error
    if pixels is None or pixels.size == 0:
        raise FrameDamaged("picture", "cut off or damaged")
    grey = _flattened(pixels)
    if grey.size > WORK_PIXELS:
        factor = (WORK_PIXELS / grey.size) ** 0.5
        new_size = (max(1, int(grey.shape[1] * factor)), max(1, int(grey.shape[0] * factor)))
        grey = cv2.resize(grey, new_size, interpolation=cv2.INTER_AREA).astype(np.uint8)
    return grey, width / grey.shape[1]


def _flag(pixel_count: int, picture: bytes) -> int:
    """JPEG can be decoded at a half, a quarter or an eighth in a fraction of the time."""
    if picture[:2] != b"\xff\xd8" or pixel_count <= 4 * WORK_PIXELS:
        return int(cv2.IMREAD_GRAYSCALE)
    return int(cv2.IMREAD_REDUCED_GRAYSCALE_2)


def _flattened(pixels: NDArray[np.integer[Any] | np.floating[Any]]) -> Grey:
    if pixels.dtype == np.uint16:
        pixels = (pixels // 256).astype(np.uint8)
    elif pixels.dtype != np.uint8:
        raise FrameDamaged("picture", f"pixels of type {pixels.dtype}")
    if pixels.ndim == 2:
        return np.ascontiguousarray(pixels, dtype=np.uint8)
    grey = np.asarray(cv2.cvtColor(pixels[:, :, :3], cv2.COLOR_BGR2GRAY), dtype=np.uint8)
    if pixels.shape[2] < 4:
        return grey
    alpha = pixels[:, :, 3].astype(np.uint16)
    return ((grey * alpha + 255 * (255 - alpha)) // 255).astype(np.uint8)
