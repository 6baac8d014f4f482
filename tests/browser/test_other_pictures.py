"""The screens that no bench and no walk shows: the choice of work, and a station that cannot work."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.workers import Role, Worker
from app.errors import LedgerDamaged
from app.workflows.answers import Sentence
from screens.enrolment import EnrolmentScreen
from screens.trouble import TroubleScreen
from tests.browser.gallery import BENCH, NARROW, a_window, pictures, sign_in
from tests.fakes.returning import BenchFloor
from tests.screens.benches import returns_bench

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


async def test_the_choice_of_work_and_a_station_that_cannot_work_are_readable() -> None:
    floor = BenchFloor()
    bench = returns_bench(floor)
    robin = next(worker for worker in floor.ledger.all(Worker) if worker.badge == "robin")
    floor.ledger.receive(replace(robin, roles=frozenset({Role.RECEIVER, Role.SUPERVISOR})))
    async with a_window(bench.station, "bench") as (window, seats):
        await sign_in(window)
        await window.sees("Choose")
        assert await pictures(window, seats[-1], "home", BENCH) == []
        seats[-1].show(TroubleScreen(LedgerDamaged("no book")))
        await window.sees("damaged")
        assert await pictures(window, seats[-1], "trouble", BENCH) == []


async def nobody_answers(code: str) -> None:
    """The store is away."""


@pytest.mark.parametrize("sizes", [NARROW, BENCH], ids=["handset", "bench"])
async def test_the_way_out_of_a_damaged_book_is_readable(sizes: tuple[tuple[int, int], ...]) -> None:
    floor = BenchFloor()
    async with a_window(returns_bench(floor).station, "bench") as (window, seats):
        await sign_in(window)
        await window.sees("return")
        seats[-1].show(TroubleScreen(LedgerDamaged("no book"), set_aside=lambda: None))
        await window.sees("Set it aside")
        assert await pictures(window, seats[-1], "trouble-way-out", sizes) == []
        why = Sentence("enrolment.damaged", {"count": 12})
        seats[-1].show(EnrolmentScreen(nobody_answers, why=why))
        await window.sees("Enrolment code")
        assert await pictures(window, seats[-1], "enrolment", sizes) == []
