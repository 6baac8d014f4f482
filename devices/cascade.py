"""Read one grey picture with every engine that is there, quickest way first, until something trustworthy is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from app.domain.gtin import ends_in_check_digit, same_code
from app.domain.scan import Symbology, family_of
from devices.deskew import find_bars, strip_of
from devices.engines import Read, zbar, zxing
from devices.pictures import Grey

Asked: TypeAlias = frozenset[Symbology] | None
Stage: TypeAlias = Callable[[Grey, Asked], list[Read]]

# A single read of these may be half wrong with a valid check digit: two engines or two frames must agree.
WEAK = frozenset(
    {
        Symbology.EAN13,
        Symbology.EAN8,
        Symbology.UPCA,
        Symbology.UPCE,
        Symbology.ITF,
        Symbology.CODE39,
        Symbology.CODABAR,
        Symbology.MICRO_QR,
    }
)
# Shorter texts of weak symbologies are read from noise.
_SHORTEST_WEAK = 3
# Pictures above this get their centre read first.
_LARGE_PIXELS = 500_000
_CENTRE = 0.6
# After so many stages the bars were stood upright; after so many the expected code is waited for no longer.
_STAGES_TO_UPRIGHT = 3
_STAGES_FOR_EXPECTED = 4
_GROW = 0.3

_Key: TypeAlias = tuple[frozenset[Symbology], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A read and whether something vouches for it besides the engine that made it."""

    read: Read
    confirmed: bool


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
    asked = None if expected is None else frozenset().union(*(family_of(symbology) for symbology in expected))
    tally = _Tally(expected_text=expected_text, any_itf=any_itf)
    for number, stage in enumerate(_stages(turn)):
        if number and (tally.is_done(number) or not time_left()):
            break
        tally.add(stage(grey, asked))
        for lone in () if tally.has_expected else tally.alone():
            tally.add(_second_opinion(grey, lone, asked))
    return tally.found()


class _Tally:
    """Which engines read which text so far, and what may be believed of it."""

    def __init__(self, *, expected_text: str | None, any_itf: bool) -> None:
        self.expected_text = expected_text
        self.any_itf = any_itf
        self._reads: dict[_Key, Read] = {}
        self._engines: dict[_Key, set[str]] = {}

    def add(self, reads: list[Read]) -> None:
        for read in reads:
            if len(read.text) < (_SHORTEST_WEAK if read.symbology in WEAK else 1):
                continue
            key = family_of(read.symbology), read.text
            # zxing knows GS1 forms and corners better; otherwise the first read of a text stands.
            if key not in self._reads or (read.engine == "zxing-cpp" and self._reads[key].engine != "zxing-cpp"):
                self._reads[key] = read
            self._engines.setdefault(key, set()).add(read.engine)

    def is_done(self, stages: int) -> bool:
        """Whether to stop after so many stages: a weak code is believed only when it was also looked at upright."""
        if self.has_expected:
            return True
        if self.expected_text is not None and stages < _STAGES_FOR_EXPECTED:
            return False
        upright = stages >= _STAGES_TO_UPRIGHT
        return any(one.confirmed and (upright or one.read.symbology not in WEAK) for one in self.found())

    @property
    def has_expected(self) -> bool:
        return any(self._is_expected(read) for read in self._reads.values())

    def alone(self) -> list[Read]:
        """Weak reads of zxing that zbar has not made yet."""
        return [
            self._reads[key]
            for key, engines in self._engines.items()
            if engines == {"zxing-cpp"} and self._reads[key].symbology in WEAK
        ]

    def found(self) -> list[Found]:
        kept = [
            Found(read=read, confirmed=self._is_confirmed(key))
            for key, read in self._reads.items()
            if not self._is_doubtful_itf(key) and (self._is_expected(read) or not self._is_refuted(key))
        ]
        return sorted(kept, key=lambda one: _middle(one.read))

    def _is_confirmed(self, key: _Key) -> bool:
        read = self._reads[key]
        if self._is_expected(read) or read.symbology not in WEAK:
            return True
        return len(self._engines[key]) > 1 and not self._rivals(key)

    def _is_expected(self, read: Read) -> bool:
        return self.expected_text is not None and same_code(read.text, self.expected_text)

    def _is_doubtful_itf(self, key: _Key) -> bool:
        read = self._reads[key]
        if read.symbology is not Symbology.ITF or (len(read.text) == 14 and ends_in_check_digit(read.text)):
            return False
        return not (self.any_itf and len(self._engines[key]) > 1)

    def _rivals(self, key: _Key) -> list[_Key]:
        """Other texts in the same place: they cannot all be true."""
        read = self._reads[key]
        return [other for other in self._reads if other != key and _overlap(read, self._reads[other])]

    def _is_refuted(self, key: _Key) -> bool:
        """A strong symbology stands. Of weak ones zbar's word, which errs more often, does not refute zxing's."""
        if self._reads[key].symbology not in WEAK:
            return False
        by_zxing = "zxing-cpp" in self._engines[key]
        return any(
            not by_zxing or "zxing-cpp" in self._engines[rival] or self._reads[rival].symbology not in WEAK
            for rival in self._rivals(key)
        )


def _middle(read: Read) -> tuple[float, float]:
    xs, ys = zip(*read.corners, strict=True) if read.corners else ((0,), (0,))
    return sum(xs) / len(xs), sum(ys) / len(ys)


def _overlap(one: Read, other: Read) -> bool:
    """Whether the middle of one lies in the other's grown bounding box.

    Engines locate a linear code by one scan line, each by another, so the box grows by a share of its longer side; the
    middle of a code beside it is further away.
    """
    return _covers(one, _middle(other)) or _covers(other, _middle(one))


def _covers(read: Read, point: tuple[float, float]) -> bool:
    if not read.corners:
        return False
    xs, ys = [x for x, _ in read.corners], [y for _, y in read.corners]
    grow = _GROW * max(max(xs) - min(xs), max(ys) - min(ys))
    in_width = min(xs) - grow <= point[0] <= max(xs) + grow
    return in_width and min(ys) - grow <= point[1] <= max(ys) + grow


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
    grow = int(_GROW * max(max(xs) - min(xs), max(ys) - min(ys)))
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
