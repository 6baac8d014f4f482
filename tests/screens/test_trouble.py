"""A station that cannot work says so in the colour of wrong, and nothing good is left standing above it."""

from __future__ import annotations

import flet as ft

from app.errors import LedgerDamaged
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
