"""What is no code, typed into a screen as fast as a page takes it; each has a sentence and a line in the log."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import expect

from tests.browser.chromium import Screen
from tests.journeys.shift_rig import ShiftRig, eventually

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
    "4,000 characters": ("A7" * 2000, True),
}
UNREADABLE = "That code cannot be read."
ANSWERED = re.compile(r"floorhand\.seat refused seat=\w+ .*\w+=")
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

    async def throws_garbage(self, screen: Screen, at: str) -> None:
        """Throw all of `GARBAGE` and an empty scan at this screen.

        Raises:
            AssertionError: something was not answered, or the book holds more than mis-scans; names `at`.
        """
        facts = len(self.rig.facts_in_the_book(self.station))
        await types(screen, "")
        for name, (typed, unreadable) in GARBAGE.items():
            codes = typed.split("\n")
            wanted = self.answered() + len(codes)
            for code in codes:
                await types(screen, code)

            async def refused(wanted: int = wanted) -> bool:
                return self.answered() >= wanted

            try:
                await eventually(refused, f"{name} at {at} is refused, with a line in the log")
            except AssertionError as silent:
                raise AssertionError(f"{silent}; the screen says {await screen.words()!r}") from None
            assert self.answered() == wanted, f"{name} at {at} is refused once a scan"
            await says_a_sentence(screen, f"{name} at {at}", unreadable=unreadable)
        new = {kind for _, kind in self.rig.facts_in_the_book(self.station)[facts:]}
        assert new <= {"scan.refused"}, at

    def no_traceback(self) -> None:
        """Nothing in the log is a fault of the program."""
        log = self._log.read_text()
        assert "Traceback" not in log, log[log.index("Traceback") - 500 :][:2000]
        assert " ERROR " not in log


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
    words = await screen.words()
    assert "Traceback" not in words
    assert len(words) > len(sentence) + 10, f"{at}: a blank page but for {sentence!r}"
