"""Keys at a seat: whose they are, and what becomes of those that come late or stop in the middle."""

from __future__ import annotations

import asyncio

import flet as ft
import pytest

from app.workflows.answers import Role
from screens.look import Look
from screens.parts.text_entry import text_entry
from tests.screens.a_desk import a_counting_desk, a_desk
from tests.screens.small_station import CountingScreen, Shelf


class FieldScreen(CountingScreen):
    """The shelf, with a field to type into."""

    def build(self, look: Look) -> ft.Control:
        shelf = super().build(look)
        return ft.Column([text_entry(look, self.seat, name="weight", label="Weight", on_change=lambda _: None), shelf])


async def test_keys_belong_to_a_field_while_it_has_the_focus() -> None:
    desk = await a_desk(FieldScreen(Shelf()))
    field = desk.window.find(ft.TextField, key="weight")
    await desk.window.fire(field, "focus")
    await desk.window.scan("4711")
    assert desk.shelf.scans == []
    await desk.window.fire(field, "blur")
    await desk.window.scan("4712")
    assert desk.shelf.scans == ["4712"]


async def test_dropped_keys_are_said_with_their_count() -> None:
    desk = await a_counting_desk()
    desk.seat.keys_dropped(0)
    assert desk.seat.notice is None
    desk.seat.keys_dropped(13)
    await desk.window.settle()
    assert desk.window.shows("13 keys were dropped while away")


async def test_what_a_person_types_stands_in_the_strip_until_it_ends() -> None:
    desk = await a_counting_desk()
    for digit in "47":
        await desk.window.key(digit)
        desk.clock.skip_ms += 400
    await desk.window.key("1")
    assert desk.window.shows("Typed: 471")
    await desk.window.key("Backspace")
    assert desk.window.shows("Typed: 47")
    await desk.window.key("Enter")
    assert desk.shelf.scans == ["47"]
    assert not desk.window.shows("Typed")


async def test_of_a_long_code_the_newest_keys_are_seen() -> None:
    desk = await a_counting_desk()
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWX":
        await desk.window.key(letter)
        desk.clock.skip_ms += 200
    await desk.window.key("Y")
    assert desk.window.shows("Typed: …fghijklmnopqrstuvwxy")


async def test_nobody_reads_half_a_scan() -> None:
    desk = await a_counting_desk()
    for digit in "4711":
        await desk.window.key(digit)
    desk.seat.redraw()
    await desk.window.settle()
    assert not desk.window.shows("Typed")


async def test_a_number_that_was_broken_off_is_said_to_be_dropped_and_is_not_taken_for_a_shorter_one() -> None:
    desk = await a_counting_desk()
    for digit in "12":
        await desk.window.key(digit)
    desk.clock.skip_ms += 10_100
    await desk.window.scan("50")
    assert desk.shelf.scans == []
    assert desk.window.shows("2 keys dropped. Begin again.")
    assert desk.seat.notice is not None
    assert desk.seat.notice.role is Role.CAUTION
    await desk.window.scan("1250")
    assert desk.shelf.scans == ["1250"]


async def test_a_code_whose_keys_waited_while_the_station_was_held_up_is_taken_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = await a_counting_desk()
    for digit in "4711":
        await desk.window.key(digit)
    loop = asyncio.get_running_loop()
    awake = loop.time
    monkeypatch.setattr(loop, "time", lambda: awake() + 2)
    desk.clock.skip_ms += 2000
    await desk.window.scan("12")
    assert desk.shelf.scans == ["471112"]
    assert desk.seat.notice is None or desk.seat.notice.role is not Role.CAUTION
