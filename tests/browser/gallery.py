"""Pictures of a screen in every theme and in long words, for people to look at; and that nothing sticks out of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from screens.seat import Seat
from screens.theme import THEMES, ThemeName
from screens.wording import PSEUDO
from tests.browser.chromium import Screen
from tests.screens.picker import WORDS

# Chromium says nowhere that Flutter has painted; a picture that comes too early shows the screen before.
PAINTED_MS = 500
PICTURES = Path(__file__).parents[2] / "screenshots"
# Every leaf of Flutter's semantics tree with words in it, and where it stands.
LEAVES = """() => [...document.querySelectorAll('flt-semantics')]
    .filter(node => !node.querySelector('flt-semantics') && (node.innerText || node.getAttribute('aria-label')))
    .map(node => { const box = node.getBoundingClientRect();
                   return [node.innerText || node.getAttribute('aria-label'), box.left, box.right]; })"""


async def nothing_sticks_out(window: Screen, width: int, *, leaves_min: int = 1) -> None:
    """Everything that can be read stands within the window, and there is as much of it as there should be."""
    leaves = await window.page.evaluate(LEAVES)
    assert len(leaves) >= leaves_min
    assert [leaf for leaf in leaves if leaf[1] < -1 or leaf[2] > width + 1] == []


async def pictures(
    window: Screen, seat: Seat, name: str, sizes: tuple[tuple[int, int], ...], *, leaves_min: int = 1
) -> None:
    """The screen that is shown, in each theme and in long words, at each size."""
    worn = seat.look
    for width, height in sizes:
        await window.page.set_viewport_size({"width": width, "height": height})
        here = worn.sized(width, height)
        dressed = {str(theme): replace(here, theme=THEMES[theme]) for theme in ThemeName}
        for suffix, look in {**dressed, "long": replace(here, words=WORDS[PSEUDO])}.items():
            await window.page.wait_for_timeout(PAINTED_MS)
            seat.wear(look)
            await window.page.wait_for_timeout(PAINTED_MS)
            await nothing_sticks_out(window, width, leaves_min=leaves_min)
            await window.picture(PICTURES / f"{name}-{width}-{suffix}.png")
        seat.wear(here)
