"""The supervisor watches a shift."""

from __future__ import annotations

import asyncio
from typing import Any

import flet as ft
import pytest

from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancyState
from app.domain.workers import Role
from app.errors import StoreRefused, StoreUnreachable
from screens.home import HomeScreen
from screens.supervisor import SupervisorScreen
from tests.fakes.discrepancies import a_discrepancy
from tests.screens.floor import (
    NOW_UTC,
    a_bench,
    a_board,
    a_cutoff,
    a_list,
    a_person,
    a_station,
    a_watch,
    a_worker,
    an_exception,
    iso,
)


def polls() -> list[asyncio.Task[Any]]:
    return [task for task in asyncio.all_tasks() if task.get_name() == "board"]


async def test_a_list_that_was_given_on_is_assigned_until_it_is_taken_up() -> None:
    given = a_list(1043, state="released", worker_id="W-boris", station_id=None)
    _, sue = await a_watch(picklists=[given], people=[a_person("boris")])
    assert sue.sees("Boris · assigned")
    assert not sue.sees("nobody yet")


async def test_until_the_first_board_comes_it_says_that_it_is_loading() -> None:
    sue = await a_bench().signed_in()
    assert sue.sees("Loading")


async def test_a_store_that_is_away_from_the_start_is_said() -> None:
    bench = a_bench()
    sue = await bench.signed_in()
    bench.store.away = True
    await bench.post(sue, StoreUnreachable())
    assert sue.sees("The store is away")


async def test_a_store_that_says_no_is_quoted() -> None:
    bench = a_bench()
    sue = await bench.signed_in()
    await bench.post(sue, StoreRefused("this station may not see the board"))
    assert sue.sees("this station may not see the board")


async def test_a_cut_off_is_said_in_the_warehouses_time_with_its_risk_in_words() -> None:
    _, sue = await a_watch(cutoffs=[a_cutoff(15, risk="late")])
    assert {"16:00", "42 of 60 orders", "finishes 15:48", "Late"} <= set(sue.texts())


async def test_a_cut_off_that_is_through_has_no_finish_to_come() -> None:
    _, sue = await a_watch(cutoffs=[a_cutoff(orders_done=60, projected_finish_utc=None)])
    assert sue.sees("All done")
    assert not sue.sees("finishes")
    assert not sue.sees("no pace yet")


async def test_a_pick_moves_the_number() -> None:
    bench, sue = await a_watch()
    await bench.post(
        sue, a_board(picklists=[a_list(tasks_done=4)], zones=[{"zone": "A", "lines_done": 35, "lines_total": 80}])
    )
    assert {"4", "35"} <= set(sue.texts())


async def test_a_board_that_looks_the_same_is_not_drawn_again() -> None:
    bench, sue = await a_watch()
    drawn = len(sue.window.wire.patches)
    await bench.post(sue, a_board(stations=[a_station("K1", last_seen_utc=iso(NOW_UTC))]))
    assert len(sue.window.wire.patches) == drawn


async def test_one_pick_draws_the_rows_that_changed_and_no_others() -> None:
    lists = [a_list(number) for number in range(1000, 1030)]
    bench, sue = await a_watch(picklists=lists)
    sent = len(sue.window.wire.patches)
    await bench.post(sue, a_board(picklists=[{**lists[0], "tasks_done": 4}, *lists[1:]]))
    patches = sue.window.wire.patches[sent:]
    assert 0 < sum(map(len, patches)) < 2000


async def test_a_stale_board_says_how_old_it_is_and_stays() -> None:
    bench, sue = await a_watch()
    await bench.store_away(sue, for_s=185)
    assert sue.sees("As of 14:02, 3 min ago")
    assert sue.sees("42 of 60 orders")


async def test_the_age_goes_with_the_next_board() -> None:
    bench, sue = await a_watch()
    await bench.store_away(sue, for_s=20)
    assert sue.sees("20 s ago")
    await bench.post(sue, a_board())
    assert not sue.sees("ago")


async def test_a_slow_store_is_never_asked_twice_at_once() -> None:
    bench, sue = await a_watch()
    await bench.post(sue, *(a_board(cutoffs=[a_cutoff(orders_done=done)]) for done in range(5)))
    assert (bench.store.waiting, bench.store.most_waiting) == (1, 1)


async def test_a_board_that_breaks_the_screen_does_not_end_the_watch(caplog: pytest.LogCaptureFixture) -> None:
    bench, sue = await a_watch()
    await bench.post(sue, ZeroDivisionError("a bug"), a_board(cutoffs=[a_cutoff(orders_done=43)]))
    assert sue.sees("43 of 60 orders")
    assert "board_failed" in caplog.text


async def test_the_watch_ends_when_the_screen_closes() -> None:
    _, sue = await a_watch()
    assert len(polls()) == 1
    await sue.tap("set-up")
    await sue.window.settle()
    assert polls() == []


async def test_the_watch_ends_when_the_window_is_gone() -> None:
    _, sue = await a_watch()
    await sue.window.fire(sue.window.page, "disconnect")
    assert polls() == []


async def test_whoever_is_no_supervisor_does_not_get_in() -> None:
    bench = a_bench()
    petra = await bench.signed_in("petra")
    assert not isinstance(petra.seat.screen, SupervisorScreen)
    assert (polls(), petra.sees("Supervise")) == ([], False)


async def test_a_place_of_somebody_who_may_no_more_is_not_opened_again() -> None:
    bench, _ = await a_watch()
    bench.ledger.receive(a_worker("sue", Role.PACKER))
    again = await bench.window()
    assert not isinstance(again.seat.screen, SupervisorScreen)


async def test_exceptions_stand_with_their_age_and_who_they_are_for_the_oldest_first() -> None:
    young = an_exception("pack_damaged", minutes_ago=2, discrepancy_id="D-2")
    _, sue = await a_watch(exceptions=[young, an_exception(minutes_ago=75)])
    texts = sue.texts()
    assert texts.index("Something was missing") < texts.index("Packing found something damaged")
    assert {"1 h 15 min", "2 min", "Picker · Count again"} <= set(texts)
    assert sue.sees("A-12-03-2 · 3 × Merino socks")


async def test_an_exception_for_the_supervisor_is_settled_by_one_tap() -> None:
    row = a_discrepancy(DiscrepancyKind.LEASE_LOST, {"picklist_id": "P-1042"})
    bench = a_bench(rows=[row])
    sue = await bench.signed_in()
    mine = an_exception("lease_lost", addressee="supervisor", remedy="review")
    await bench.post(sue, a_board(exceptions=[mine]))
    await sue.tap("settle-D-1")
    assert sue.sees("Done: Kept picking a reassigned list")
    settled = bench.ledger.get(Discrepancy, "D-1")
    assert settled is not None
    assert settled.state is DiscrepancyState.SETTLED


@pytest.mark.parametrize("station_id", ["K1", "H-GONE"])
async def test_a_fact_that_the_store_set_aside_says_whose_it_is_and_why_and_is_settled(station_id: str) -> None:
    said = {"station_id": station_id, "seq": "7", "reason": "unknown kind 'made.up'"}
    bench = a_bench(rows=[a_discrepancy(DiscrepancyKind.QUARANTINED_FACT, said)])
    sue = await bench.signed_in()
    mine = an_exception("quarantined_fact", addressee="supervisor", remedy="review", facts=said)
    named = {**a_station("K1"), "name": "Handset 1"}
    await bench.post(sue, a_board(exceptions=[mine], stations=[named]))
    assert sue.sees("Facts that cannot be read")
    assert sue.sees(f"{'Handset 1' if station_id == 'K1' else station_id}, fact 7: unknown kind 'made.up'")
    await sue.tap("settle-D-1")
    assert sue.sees("Done: Facts that cannot be read")
    settled = bench.ledger.get(Discrepancy, "D-1")
    assert settled is not None
    assert settled.state is DiscrepancyState.SETTLED


async def test_facts_that_were_set_aside_for_one_reason_say_how_many_they_are_and_where_they_begin() -> None:
    said = {"station_id": "K1", "seq": "7", "last_seq": "131", "count": "120", "reason": "unknown kind 'made.up'"}
    mine = an_exception("quarantined_fact", addressee="supervisor", remedy="review", facts=said)
    _, sue = await a_watch(exceptions=[mine], stations=[{**a_station("K1"), "name": "Handset 1"}])
    assert sue.sees("Handset 1, 120 facts from number 7 on: unknown kind 'made.up'")


async def test_a_station_that_is_silent_and_owes_is_said() -> None:
    noon = NOW_UTC.replace(hour=12, minute=0)
    silent = a_station("K2", last_seen_utc=iso(noon), owed_count=7, owed_since_utc=iso(noon))
    _, sue = await a_watch(stations=[silent])
    assert {"seen 1 h 2 min ago", "owes 7 facts since 13:00"} <= set(sue.texts())


async def test_a_station_that_is_revoked_is_said() -> None:
    _, sue = await a_watch(stations=[a_station("K2", revoked_at_utc=iso(NOW_UTC), revoked_reason="Lost")])
    assert "revoked" in sue.texts()


async def test_how_long_a_station_is_silent_takes_no_room_from_its_name_and_from_what_it_owes() -> None:
    silent = a_station("Handset 2", last_seen_utc=iso(NOW_UTC.replace(hour=12)), owed_count=7, owed_since_utc=None)
    _, sue = await a_watch(stations=[silent])
    rows = [texts_in(one) for one in sue.window.controls() if isinstance(one, ft.Row)]
    beside_the_pill = min((row for row in rows if "seen 1 h 0 min ago" in row and len(row) > 1), key=len)
    assert beside_the_pill == ["Handset", "seen 1 h 0 min ago"]


def texts_in(control: object) -> list[str]:
    if isinstance(control, ft.Text):
        return [str(control.value)]
    inside = [getattr(control, "content", None), *(getattr(control, "controls", None) or ())]
    return [text for one in inside if one is not None for text in texts_in(one)]


async def test_people_who_are_away_stand_below_those_who_work() -> None:
    people = [a_person("anna", doing="away", last_fact_at_utc=None), a_person("zoe", doing="picking")]
    _, sue = await a_watch(people=people)
    texts = sue.texts()
    assert texts.index("Zoe") < texts.index("Anna", texts.index("People"))
    assert sue.sees("1 / 2")


async def test_a_list_that_is_paused_is_no_person_on_a_break() -> None:
    bench = a_bench(rows=[a_worker("uwe", Role.SUPERVISOR, language="de")])
    sue = await bench.signed_in("uwe")
    await bench.post(sue, a_board(picklists=[a_list(state="paused")], people=[a_person("anna", doing="paused")]))
    assert sue.sees("Anna · angehalten")
    assert not sue.sees("Pause")


# -- giving a list to somebody else ---------------------------------------------------------------------------------


async def test_until_something_is_typed_the_strip_asks_for_a_number() -> None:
    _, sue = await a_watch()
    assert sue.sees("Row number, then OK")


async def test_the_first_digit_of_a_number_is_no_number_that_nothing_has() -> None:
    _, sue = await a_watch(picklists=[a_list(1042), a_list(1043)])
    await sue.scan("X.D.4")
    assert sue.sees("4, next digit, then OK")
    await sue.scan("X.D.9")
    assert sue.sees("Nothing has number 49.")


async def test_the_badge_of_somebody_who_works_at_this_bench_is_still_a_sign_in() -> None:
    bench = a_bench(rows=[a_worker("ravi", Role.RECEIVER)])
    sue = await bench.signed_in()
    await bench.post(sue, a_board())
    await sue.scan("W.ravi")
    assert sue.sees("Hello Ravi. Now your PIN.")


async def test_the_number_of_an_exception_settles_it_after_ok() -> None:
    bench = a_bench(rows=[a_discrepancy(DiscrepancyKind.LEASE_LOST, {"picklist_id": "P-1042"})])
    sue = await bench.signed_in()
    mine = an_exception("lease_lost", addressee="supervisor", remedy="review")
    await bench.post(sue, a_board(exceptions=[mine]))
    await sue.scan("X.D.7")
    assert bench.ledger.facts[-1].kind != "discrepancy.settled"
    await sue.scan("X.OK")
    assert sue.sees("Done: Kept picking a reassigned list")
    settled = bench.ledger.get(Discrepancy, "D-1")
    assert settled is not None
    assert settled.state is DiscrepancyState.SETTLED


async def test_answer_cards_lead_to_the_sections_and_skip_turns_the_page() -> None:
    _, sue = await a_watch()
    await sue.scan("X.A.3")
    await sue.window.settle()
    await sue.scan("X.SKIP")
    await sue.window.settle()
    (to_people, a_page_on) = [args for name, args in sue.window.wire.calls if name == "scroll_to"]
    assert to_people["scroll_key"].value == "people"
    assert a_page_on["delta"] > 0


async def test_after_the_end_of_a_column_skip_begins_at_its_top() -> None:
    _, sue = await a_watch()
    column = next(c for c in sue.window.controls() if isinstance(c, ft.Column) and c.on_scroll is not None)
    at_the_end = {
        "event_type": "end",
        "pixels": 900.0,
        "min_scroll_extent": 0.0,
        "max_scroll_extent": 900.0,
        "viewport_dimension": 400.0,
    }
    await sue.window.fire(column, "scroll", at_the_end)
    await sue.scan("X.SKIP")
    await sue.window.settle()
    assert sue.window.wire.calls[-1][1]["offset"] == 0


async def test_back_with_nothing_typed_leads_home() -> None:
    bench = a_bench(rows=[a_worker("sue", Role.SUPERVISOR, Role.RECEIVER)])
    sue = await bench.signed_in()
    await sue.scan("X.A.1")
    await bench.post(sue, a_board())
    await sue.scan("X.D.4", "X.BACK")
    assert sue.sees("Row number, then OK")
    await sue.scan("X.BACK")
    assert sue.sees("Scan a number, or choose")


@pytest.mark.parametrize("number", ["X.A.1", "X.D.1", "1"])
async def test_at_home_a_number_scanned_or_typed_chooses_and_one_that_is_not_there_does_not(number: str) -> None:
    bench = a_bench(rows=[a_worker("sue", Role.SUPERVISOR, Role.RECEIVER)])
    sue = await bench.signed_in()
    await sue.scan("X.D.9")
    assert (sue.strip(), sue.sees("That does nothing here.")) == ("wrong", True)
    await sue.scan(number)
    assert not isinstance(sue.seat.screen, HomeScreen)


async def test_a_store_that_hangs_does_not_keep_the_picture_from_saying_its_age() -> None:
    bench, sue = await a_watch()
    bench.clock.advance(s=20)
    for _ in range(500):
        if sue.sees("20 s ago"):
            break
        await asyncio.sleep(0.02)
    assert (bench.store.waiting, sue.sees("20 s ago")) == (1, True)


async def test_a_board_that_comes_at_once_is_drawn() -> None:
    bench = a_bench()
    for _ in range(4):
        bench.store.boards.put_nowait(a_board())
    sue = await bench.signed_in()
    assert sue.sees("42 of 60 orders")
    await sue.tap("set-up")
    await sue.window.settle()
    await sue.window.fire(sue.window.find(ft.IconButton, key="back"), "click")
    await sue.window.settle()
    assert sue.sees("42 of 60 orders")
