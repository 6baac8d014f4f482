"""A station that cannot work says so in the colour of wrong, and nothing good is left standing above it."""

from __future__ import annotations

import flet as ft
import pytest

from app.errors import LedgerDamaged, LedgerReadOnly
from app.workflows.answers import Role
from screens.trouble import TroubleScreen
from tests.fakes.returning import BenchFloor
from tests.screens.benches import returns_bench, signed_in

SAID = "This station's memory is damaged. Stop, call the supervisor."


async def test_a_station_that_cannot_work_says_nothing_green_and_paints_what_is_so_as_wrong() -> None:
    robin = await signed_in(returns_bench(BenchFloor()))
    assert robin.sees("Good shift, Robin")
    robin.seat.show(TroubleScreen(LedgerDamaged("no book")))
    await robin.window.settle()
    assert not robin.sees("Good shift, Robin")
    wrong = robin.seat.look.role(Role.WRONG)
    assert robin.window.find(ft.Icon, icon=ft.Icons.REPORT_PROBLEM).color == wrong.ink
    assert robin.window.find(ft.Text, value=SAID).color == wrong.ink
    assert any(isinstance(one, ft.Container) and one.bgcolor == wrong.ground for one in robin.window.controls())


async def test_a_scan_at_a_station_that_cannot_work_is_answered_with_the_same_sentence() -> None:
    robin = await signed_in(returns_bench(BenchFloor()))
    robin.seat.show(TroubleScreen(LedgerDamaged("no book")))
    await robin.scan("W.robin")
    assert (robin.strip(), robin.texts().count(SAID)) == ("wrong", 2)


@pytest.mark.parametrize("way", ["tap", "scan"])
async def test_a_damaged_memory_is_set_aside_by_one_tap_or_one_scan(way: str) -> None:
    robin = await signed_in(returns_bench(BenchFloor()))
    done: list[str] = []
    robin.seat.show(TroubleScreen(LedgerDamaged("no book"), set_aside=lambda: done.append("aside")))
    await robin.window.settle()
    assert robin.sees(SAID)
    (way_out,) = [one for one in robin.window.controls() if "Nothing is thrown" in str(getattr(one, "value", ""))]
    assert isinstance(way_out, ft.Text)
    assert way_out.color == robin.seat.look.role(Role.WRONG).ink
    await (robin.tap("trouble.set_aside") if way == "tap" else robin.scan("X.OK"))
    assert done == ["aside"]


async def test_a_memory_that_cannot_be_set_aside_says_why_and_stays() -> None:
    robin = await signed_in(returns_bench(BenchFloor()))

    def cannot() -> None:
        raise LedgerReadOnly("no room")

    robin.seat.show(TroubleScreen(LedgerDamaged("no book"), set_aside=cannot))
    await robin.scan("X.OK")
    assert robin.sees("This station cannot write. Stop, call the supervisor.")
    assert isinstance(robin.seat.screen, TroubleScreen)
