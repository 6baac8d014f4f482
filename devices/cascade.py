"""Read one grey picture with every engine that is there, quickest way first, until something trustworthy is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from devices.deskew import find_bars, strip_of
from devices.engines import zbar, zxing
from devices.pictures import Grey
from devices.read import Read
from devices.tally import GROW, Asked, Found, Tally, asked_for

Stage: TypeAlias = Callable[[Grey, Asked], list[Read]]

# Pictures above this get their centre read first.
_LARGE_PIXELS = 500_000
_CENTRE = 0.6


def read_codes(
    grey: Grey,
    *,
    expected: Asked = None,
    expected_text: str | None = None,
    any_itf: bool = False,
    turn: int = 0,
    time_left: Callable[[], bool] = lambda: True,
) -> list[Found]:
    """Read a picture; codes from left to right, empty when nothing is readable.

    The stages in order: zxing on the centre; the whole picture quickly; bars stood upright, by both engines; then,
    beginning with another one each `turn`, both engines at their most thorough, zxing on the centre enlarged twice,
    and both engines with evened contrast. It ends when the expected text is read, or without one when anything
    trustworthy is, or when `time_left` says no.

    Args:
        expected: symbologies that may come here; all when None.
        expected_text: what the step waits for; a read of it is confirmed, and the search goes on for it a while.
        any_itf: take ITF of other lengths than 14 too, when both engines agree on it.
        turn: number of the picture in a row of pictures.
        time_left: asked before each stage but the first.
    """
    asked = asked_for(expected)
    tally = Tally(expected_text=expected_text, any_itf=any_itf)
    for number, stage in enumerate(_stages(turn)):
        if number and (tally.is_done(number) or not time_left()):
            break
        tally.add(stage(grey, asked))
        for lone in () if tally.has_expected else tally.alone():
            tally.add(_second_opinion(grey, lone, asked))
    return tally.found()


def _stages(turn: int) -> Iterator[Stage]:
    yield _centre
    yield _quick
    yield _upright
    deep: list[Stage] = [_thorough, _enlarged, _evened]
    for step in range(len(deep)):
        yield deep[(turn + step) % len(deep)]


def _moved(reads: list[Read], back: NDArray[np.float64]) -> list[Read]:
    """The reads with their corners led back by a 2 x 3 matrix."""
    return [
        replace(
            read, corners=tuple((round(x), round(y)) for x, y in np.array(read.corners) @ back[:, :2].T + back[:, 2])
        )
        for read in reads
    ]


def _centre_of(grey: Grey) -> tuple[Grey, int, int]:
    height, width = grey.shape
    left, top = int(width * (1 - _CENTRE) / 2), int(height * (1 - _CENTRE) / 2)
    return np.ascontiguousarray(grey[top : height - top, left : width - left]), left, top


def _centre(grey: Grey, asked: Asked) -> list[Read]:
    if grey.size < _LARGE_PIXELS:
        return _quick(grey, asked)
    centre, left, top = _centre_of(grey)
    return _moved(zxing(centre, asked, fast=True), np.array([[1.0, 0.0, left], [0.0, 1.0, top]]))


def _quick(grey: Grey, asked: Asked) -> list[Read]:
    return zxing(grey, asked, fast=True)


def _upright(grey: Grey, asked: Asked) -> list[Read]:
    reads: list[Read] = []
    for bars in find_bars(grey):
        scale = 3.0 if bars.length_px < 400 else 2.0 if bars.length_px < 1200 else 1.0
        strip, back = strip_of(grey, bars, scale=scale)
        reads += _moved(zxing(strip, asked, fast=True) + zbar(strip, asked), back)
    return reads


def _second_opinion(grey: Grey, read: Read, asked: Asked) -> list[Read]:
    """What zbar says of the place where zxing read something."""
    xs, ys = [x for x, _ in read.corners], [y for _, y in read.corners]
    grow = int(GROW * max(max(xs) - min(xs), max(ys) - min(ys)))
    left, top = max(0, min(xs) - grow), max(0, min(ys) - grow)
    part = np.ascontiguousarray(grey[top : max(ys) + grow, left : max(xs) + grow])
    return _moved(zbar(part, asked), np.array([[1.0, 0.0, left], [0.0, 1.0, top]]))


def _thorough(grey: Grey, asked: Asked) -> list[Read]:
    return zxing(grey, asked) + zbar(grey, asked)


def _enlarged(grey: Grey, asked: Asked) -> list[Read]:
    part, left, top = _centre_of(grey) if grey.size >= _LARGE_PIXELS else (grey, 0, 0)
    large = np.asarray(cv2.resize(part, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    return _moved(zxing(large, asked), np.array([[0.5, 0.0, left], [0.0, 0.5, top]]))


def _evened(grey: Grey, asked: Asked) -> list[Read]:
    even = np.asarray(cv2.createCLAHE(clipLimit=3.0, tileGridSize=(8, 8)).apply(grey), dtype=np.uint8)
    return zbar(even, asked) + zxing(even, asked)
