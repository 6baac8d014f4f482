"""A camera looks many times a second: which of its reads is a scan. No I/O and no clock.

A wedge needs none of this: two trigger pulls are two units. Before a camera the same code again is the same look.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeAlias

from app.domain.gtin import is_gtin, same_code
from app.domain.scan import Scan, Symbology, family_of

_Key: TypeAlias = tuple[frozenset[Symbology], str]

# The same symbol again within this time is still the same look.
SAME_LOOK_MS = 1_500
# A second frame must agree within this time to confirm a weak read.
AGREE_WITHIN_MS = 1_500


class Looks:
    """At most one scan out of each frame's reads.

    The rules in order: of several codes in view the expected one goes first, then one of the step's symbologies, then
    the leftmost. A read that the engine did not confirm waits until a second frame reads the same, or until it is the
    expected text. What was given out is not given out again while it stays in view.

    Args:
        expected_text: text that the step waits for (a GTIN with 8 to 14 digits); it needs no second frame.
        preferred: symbologies that this step would rather have, when several codes are in view.
        same_look_ms: how long a code must be out of view to count as a new look.
        agree_within_ms: how long a lone weak read waits for a second one.
    """

    def __init__(
        self,
        *,
        expected_text: str | None = None,
        preferred: frozenset[Symbology] = frozenset(),
        same_look_ms: int = SAME_LOOK_MS,
        agree_within_ms: int = AGREE_WITHIN_MS,
    ) -> None:
        self.expected_text = expected_text
        self.preferred = preferred
        self.same_look_ms = same_look_ms
        self.agree_within_ms = agree_within_ms
        self._given_ms: dict[_Key, int] = {}
        self._waiting_ms: dict[_Key, int] = {}

    def frame(self, scans: Iterable[Scan], *, at_ms: int) -> Scan | None:
        """Take the reads of one frame, from left to right; return the one that is a scan, confirmed, or None.

        Args:
            at_ms: when the frame was taken; never earlier than the one before.
        """
        self._forget(at_ms)
        chosen: Scan | None = None
        for scan in sorted(scans, key=self._rank):
            key = _key(scan)
            if key in self._given_ms:
                self._given_ms[key] = at_ms
            elif chosen is None and self._is_sure(scan, key):
                chosen = replace(scan, confirmed=True)
                self._given_ms[key] = at_ms
                self._waiting_ms.pop(key, None)
            elif not scan.confirmed:
                self._waiting_ms[key] = at_ms
        return chosen

    def expect(self, text: str | None, *, preferred: frozenset[Symbology] = frozenset()) -> None:
        """Set what the next step waits for; what is in view stays the same look."""
        self.expected_text = text
        self.preferred = preferred

    def _is_sure(self, scan: Scan, key: _Key) -> bool:
        return scan.confirmed or self._is_expected(scan) or key in self._waiting_ms

    def _is_expected(self, scan: Scan) -> bool:
        return self.expected_text is not None and same_code(scan.text, self.expected_text)

    def _rank(self, scan: Scan) -> tuple[bool, bool]:
        return not self._is_expected(scan), scan.symbology not in self.preferred

    def _forget(self, at_ms: int) -> None:
        self._given_ms = {key: ms for key, ms in self._given_ms.items() if at_ms - ms < self.same_look_ms}
        self._waiting_ms = {key: ms for key, ms in self._waiting_ms.items() if at_ms - ms <= self.agree_within_ms}


def _key(scan: Scan) -> _Key:
    """The same for every name and spelling that engines have for one printed symbol.

    What one calls GS1-128 is Code 128 to another, and a UPC-A is an EAN-13 with a zero in front.
    """
    family = family_of(scan.symbology) if scan.symbology is not None else frozenset[Symbology]()
    is_retail = Symbology.EAN13 in family and is_gtin(scan.text)
    return family, scan.text.zfill(14) if is_retail else scan.text
