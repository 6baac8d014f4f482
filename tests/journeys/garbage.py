"""What is no code, typed into a screen as fast as a page takes it; each has a sentence and a line in the log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import expect

from tests.browser.chromium import Screen
from tests.journeys.shift_books import eventually
from tests.journeys.shift_rig import ShiftRig
from tests.journeys.view import View

# Keys as fast as a page can take them, also such as no keyboard of ours has.
KEYS = """keys => { for (const key of keys) for (const type of ['keydown', 'keyup'])
    window.dispatchEvent(new KeyboardEvent(type, {key, code: key, shiftKey: /^[A-Z]$/.test(key), bubbles: true,
                                                  cancelable: true})) }"""
# Between two bursts the page finds time for its heartbeat.
BURST_KEYS = 500
UNKNOWN = "Q7-nobody-printed-this"

# What is typed, without its Enter, and whether it is no code at all (else one that nobody knows). The two kinds take
# turns, so that each sentence is told from the one before. A scanner types a control character as Ctrl and a letter.
GARBAGE: Mapping[str, tuple[str, bool]] = {
    "emoji": ("\U0001f4e6q7-03\U0001f600", True),
    "the same code twice": (f"{UNKNOWN}\n{UNKNOWN}", False),
    "half a GS1 string": ("]d20109521234", True),
    "a code that nobody printed": (UNKNOWN, False),
    "control characters": ("]C1\x1d\x1d10", True),
    "1,200 characters": ("A7" * 600, True),
}
# These take a page two seconds: one screen of a station answers for all of them.
MONSTER: Mapping[str, tuple[str, bool]] = {"4,000 characters": ("A7" * 2000, True)}
# What is held up to a camera: text, symbology, and again whether it is no code at all.
HELD_UP: Mapping[str, tuple[str, str, bool]] = {
    "a code that nobody printed, held up": (UNKNOWN, "QRCode", False),
    "an emoji held up": ("\U0001f4e6q7-03\U0001f600", "QRCode", True),
    "half an item's code held up": ("0109521234", "DataMatrix", False),
}
UNREADABLE = "That code cannot be read."
ANSWERED = re.compile(r"floorhand\.seat refused seat=\w+ .*\w+=")
FAULT = re.compile(r".*( ERROR |Traceback)")
SENTENCE = re.compile(r"[\w<\"'?{][^{}]{4,}[.?]")


@dataclass(frozen=True, slots=True)
class Onlooker:
    """Watches one station while garbage is thrown at one of its screens."""

    rig: ShiftRig
    station: str

    @property
    def _log(self) -> Path:
        return self.rig.shift.stations[self.station].log_path

    def answered(self) -> int:
        """Lines of the station's log that say what was refused, with facts."""
        return len(ANSWERED.findall(self._log.read_text()))

    async def throws_garbage(self, screen: Screen, at: str, garbage: Mapping[str, tuple[str, bool]] = GARBAGE) -> None:
        """Throw all of the garbage and an empty scan at this screen.

        Raises:
            AssertionError: something was not answered, or the book holds more than mis-scans; names `at`.
        """
        facts = len(self.rig.facts_in_the_book(self.station))
        await types(screen, "")
        for name, (typed, unreadable) in garbage.items():
            codes = typed.split("\n")
            wanted = self.answered() + len(codes)
            for code in codes:
                await types(screen, code)
            await self._is_answered(screen, f"{name} at {at}", wanted=wanted, unreadable=unreadable)
        self._notes_no_more_than_mis_scans(facts, at)

    async def holds_garbage_up(self, screen: Screen, view: View, at: str) -> None:
        """As `throws_garbage`, with all of `HELD_UP` before the screen's camera; the view is empty again after it."""
        facts = len(self.rig.facts_in_the_book(self.station))
        for name, (text, symbology, unreadable) in HELD_UP.items():
            wanted = self.answered() + 1
            view.holds(text, symbology)
            await self._is_answered(screen, f"{name} at {at}", wanted=wanted, unreadable=unreadable)
        view.is_empty()
        self._notes_no_more_than_mis_scans(facts, at)

    async def sends_away(self, screen: Screen, code: str, sentence: str) -> None:
        """A code that is well formed, and nobody's: it is answered by this sentence."""
        wanted = self.answered() + 1
        await types(screen, code)
        await self._is_answered(screen, code, wanted=wanted, unreadable=False)
        await screen.sees(sentence)

    async def _is_answered(self, screen: Screen, what: str, *, wanted: int, unreadable: bool) -> None:
        async def refused() -> bool:
            return self.answered() >= wanted

        try:
            await eventually(refused, f"{what} is refused, with a line in the log")
        except AssertionError as silent:
            raise AssertionError(f"{silent}; the screen says {await screen.words()!r}") from None
        assert self.answered() == wanted, f"{what} is refused once a scan"
        await says_a_sentence(screen, what, unreadable=unreadable)

    def _notes_no_more_than_mis_scans(self, before: int, at: str) -> None:
        new = {kind for _, kind in self.rig.facts_in_the_book(self.station)[before:]}
        assert new <= {"scan.refused"}, at

    def faults(self) -> str:
        """Where the log first tells of a fault of the program, and what follows; empty when it never does."""
        fault = FAULT.search(log := self._log.read_text())
        return log[fault.start() :][:2000] if fault else ""


async def types(screen: Screen, code: str) -> None:
    """Type a code and Enter, faster than any scanner."""
    keys = [*(("Control+]") if key == "\x1d" else key for key in code), "Enter"]
    for at in range(0, len(keys), BURST_KEYS):
        burst = keys[at : at + BURST_KEYS]
        if "Control+]" in burst:
            for key in burst:
                await screen.page.keyboard.press(key)
        else:
            await screen.page.evaluate(KEYS, burst)


async def says_a_sentence(screen: Screen, at: str, *, unreadable: bool) -> None:
    """The strip says something that a person can act on, and the rest of the screen is still there."""
    strip = screen.page.locator('[flt-semantics-identifier="strip-wrong"]')
    said = strip.filter(has_text=UNREADABLE) if unreadable else strip.filter(has_not_text=UNREADABLE)
    await expect(said, at).to_have_count(1)
    sentence = (await strip.inner_text()).strip()
    assert SENTENCE.search(sentence), f"{at}: {sentence!r}"
    assert "Traceback" not in await screen.words()

    async def is_more_than_it() -> bool:
        return len(await screen.words()) > len(sentence) + 10

    await eventually(is_more_than_it, f"{at}: there is a page around {sentence!r}")
