"""The sounds of one window: played on its page, and forgotten when the page has gone."""

from __future__ import annotations

import asyncio
from typing import Any

import flet as ft
import pytest

from app.ports import Tone
from screens.parts import chime
from screens.parts.chime import TOUCHES, PageChime
from tests.screens.harness import Window


async def draw_nothing(page: ft.Page) -> None:
    page.title = "a window"


def sounding() -> set[asyncio.Task[Any]]:
    """The tasks that still wait for a page to have sounded."""
    return {task for task in asyncio.all_tasks() if "_sound" in repr(task.get_coro())}


async def test_a_tone_is_heard_and_felt() -> None:
    window = await Window.open(draw_nothing)
    PageChime(window.page).play(Tone.WRONG)
    await window.settle()
    assert [name for name, _ in window.wire.calls] == ["play", TOUCHES[Tone.WRONG]]
    assert not sounding()


async def test_a_page_that_has_gone_is_not_waited_for_without_end() -> None:
    window = await Window.open(draw_nothing)
    window.wire.session = None  # what is asked of the page now is never answered
    PageChime(window.page, answers_within_s=0.01).play(Tone.GOOD)
    await window.settle()
    waiting = sounding()
    assert len(waiting) == 1
    _, waiting = await asyncio.wait(waiting, timeout=10)
    assert not waiting


async def test_a_page_that_goes_before_its_sounds_are_loaded_leaves_no_error_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    faults: list[dict[str, Any]] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, fault: faults.append(fault))
    tried = asyncio.Event()

    def gone() -> ft.HapticFeedback:
        tried.set()
        raise RuntimeError("An attempt to fetch destroyed session.")

    monkeypatch.setattr(chime, "LOADED_AFTER_S", 0)
    monkeypatch.setattr(ft, "HapticFeedback", gone)
    window = await Window.open(draw_nothing)
    PageChime(window.page)
    await asyncio.wait_for(tried.wait(), 10)
    assert faults == []
