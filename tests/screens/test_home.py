"""The choice of what to begin with, for somebody who may begin more than one thing."""

from __future__ import annotations

import flet as ft

from app.domain.workers import Role
from screens.parts.number_cap import CAP_DP
from tests.fakes.returning import ROSE, BenchFloor
from tests.screens.benches import a_worker, returns_bench, signed_in
from tests.screens.floor import a_watch


async def test_home_has_its_buttons_in_the_order_of_the_other_first_screens() -> None:
    floor = BenchFloor()
    bench = returns_bench(floor)
    floor.ledger.receive(a_worker(ROSE, Role.RECEIVER, Role.SUPERVISOR))
    robin = await signed_in(bench)
    at_home = robin.seat.screen
    await robin.tap("home.returns")
    at_returns = robin.seat.screen
    assert at_home is not None
    assert at_returns is not None
    keys = [action.key for action in at_home.actions()]
    assert keys == [action.key for action in at_returns.actions()][: len(keys)]


async def test_the_numbers_at_home_are_keys_and_no_counts() -> None:
    floor = BenchFloor()
    bench = returns_bench(floor)
    floor.ledger.receive(a_worker(ROSE, Role.RECEIVER, Role.SUPERVISOR))
    button = (await signed_in(bench)).window.find(ft.Button, key="home.supervise")
    assert isinstance(button.content, ft.Row)
    cap = button.content.controls[-1]
    assert isinstance(cap, ft.Container)
    assert isinstance(cap.content, ft.Text)
    assert (cap.width, cap.content.value) == (CAP_DP, "1")


async def test_the_foot_of_the_shift_has_its_buttons_in_the_same_order() -> None:
    _, sue = await a_watch()
    keys = [str(one.key) for one in sue.window.controls() if str(getattr(one, "key", "")) in ("sign-out", "set-up")]
    assert keys == ["sign-out", "set-up"]
