"""Which engine read what in one picture, and what may be believed of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from app.domain.gtin import ends_in_check_digit, same_code
from app.domain.scan import Scan, Source, Symbology, family_of
from devices.read import Read

Asked: TypeAlias = frozenset[Symbology] | None

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
# After so many stages the bars were stood upright; after so many the expected code is waited for no longer.
_STAGES_TO_UPRIGHT = 3
_STAGES_FOR_EXPECTED = 4
GROW = 0.3

_Key: TypeAlias = tuple[frozenset[Symbology], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A read and whether something vouches for it besides the engine that made it."""

    read: Read
    confirmed: bool

    def scan(self, at_ms: int, *, shrunk: float = 1.0) -> Scan:
        """Args:
        shrunk: by how much the picture was, before it was read.
        """
        return Scan(
            text=self.read.text,
            source=Source.CAMERA,
            at_ms=at_ms,
            symbology=self.read.symbology,
            confirmed=self.confirmed,
            corners_px=tuple((round(x * shrunk), round(y * shrunk)) for x, y in self.read.corners),
        )


def asked_for(expected: Asked) -> Asked:
    """What engines are asked for where these are expected: with what they may take for the same symbol."""
    return None if expected is None else frozenset().union(*(family_of(symbology) for symbology in expected))


class Tally:
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
    grow = GROW * max(max(xs) - min(xs), max(ys) - min(ys))
    in_width = min(xs) - grow <= point[0] <= max(xs) + grow
    return in_width and min(ys) - grow <= point[1] <= max(ys) + grow
