"""Sound and touch of one window: each tone its wave and its vibration."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

import flet as ft
import flet_audio as fa

from app.ports import Tone

log = logging.getLogger("floorhand.chime")

# A page that has gone answers no call, and Flet's wait for it has no end: nothing would hold its task but itself.
ANSWERS_WITHIN_S = 2.0
LOADED_AFTER_S = 0.5

# The strength says the same as the tone to a hand that cannot hear it.
TOUCHES: dict[Tone, str] = {
    Tone.GOOD: "light_impact",
    Tone.LINE_DONE: "medium_impact",
    Tone.LIST_DONE: "heavy_impact",
    Tone.WRONG: "vibrate",
    Tone.CAUTION: "heavy_impact",
    Tone.NEEDS_PERSON: "vibrate",
}


def sound_file(tone: Tone) -> str:
    """A tone's wave, as a path under `assets`."""
    return f"sounds/{tone}.wav"


class PageChime:
    """Implements `Chime` on one page. A window that cannot sound stays silent; the strip says the same to the eye.

    Each tone has a player of its own, so that two tones in a row do not cut one another's beginning. They are loaded
    when the first screen has been painted, which would else wait for them; or with the first tone, if that is sooner.

    Args:
        answers_within_s: how long a page is waited for that does not say that it has sounded.
    """

    def __init__(self, page: ft.Page, *, answers_within_s: float = ANSWERS_WITHIN_S) -> None:
        self._page = page
        self._answers_within_s = answers_within_s
        self._players: dict[Tone, fa.Audio] = {}
        self._haptics: ft.HapticFeedback | None = None
        self._loading = asyncio.get_running_loop().call_later(LOADED_AFTER_S, self._load_early)

    def play(self, tone: Tone) -> None:
        try:
            self._load()
            self._page.run_task(self._sound, tone)
        except Exception as error:  # a page that has just been closed
            log.debug("chime_silent tone=%s reason=%s", tone, error)

    def _load_early(self) -> None:
        try:
            self._load()
        except Exception as error:  # a page that was closed before it was quiet
            log.debug("chime_not_loaded reason=%s", error)

    def _load(self) -> None:
        if self._haptics is None:
            self._loading.cancel()
            self._haptics = ft.HapticFeedback()
            self._players = {
                tone: fa.Audio(src=sound_file(tone), release_mode=fa.ReleaseMode.STOP, volume=1.0) for tone in Tone
            }

    async def _sound(self, tone: Tone) -> None:
        await asyncio.gather(
            self._quietly(self._players[tone].play), self._quietly(getattr(self._haptics, TOUCHES[tone]))
        )

    async def _quietly(self, act: Callable[[], Awaitable[None]]) -> None:
        try:
            await asyncio.wait_for(act(), self._answers_within_s)
        except Exception as error:  # no sound device, no vibration, no gesture yet, no page any more
            log.debug("chime_silent reason=%s", error)
