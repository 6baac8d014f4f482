"""Badge, PIN, and whose seat it is."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.picklists import Picklist, PicklistState
from app.domain.workers import PinRefused, WorkerSignedIn, WorkerSignedOut
from app.errors import UnreadableCode
from app.ports import Tone
from app.workflows.sign_in import SignIn, Stage
from tests.app.the_door import ANNA, BORIS, Door, scan, signed_in
from tests.fakes.ledger import FakeLedger
from tests.fakes.picking import a_list


def test_a_badge_and_its_pin_open_the_seat() -> None:
    door = Door()
    window = door.window()
    assert window.stage is Stage.BADGE
    scan(window, "W.anna-badge")
    assert (window.stage, window.worker) == (Stage.PIN, ANNA)
    assert scan(window, "1234").sentence.key == "sign_in.welcome"
    assert (window.stage, window.worker) == (Stage.IN, ANNA)
    assert door.ledger.facts == [WorkerSignedIn(seat_id="seat-1")]
    assert door.ledger.worker_ids == [ANNA.worker_id]


def test_a_badge_that_nobody_has_is_said_to_be_unknown() -> None:
    window = Door().window()
    assert scan(window, "W.nobody").sentence.key == "sign_in.unknown_badge"
    assert window.stage is Stage.BADGE


def test_a_station_that_knows_nobody_yet_does_not_send_its_first_worker_away() -> None:
    door = Door()
    door.ledger = FakeLedger((), clock=door.clock)
    assert scan(door.window(), "W.anna-badge").sentence.key == "sign_in.no_badges_yet"


@pytest.mark.parametrize("text", ["4012345000016", "L.A-12-03-2", "1234", "hello"])
def test_before_a_badge_nothing_else_is_taken(text: str) -> None:
    window = Door().window()
    assert scan(window, text).sentence.key == "sign_in.badge_first"
    assert window.stage is Stage.BADGE


def test_rubbish_at_the_door_is_unreadable() -> None:
    with pytest.raises(UnreadableCode):
        scan(Door().window(), "A" * 4000)


def test_a_wrong_pin_says_how_many_tries_are_left() -> None:
    door = Door()
    window = door.window()
    answer = scan(window, "W.anna-badge", "0000")
    assert (answer.sentence.key, answer.sentence.facts["count"]) == ("sign_in.pin_wrong", 4)
    assert door.ledger.facts == [PinRefused(seat_id="seat-1", attempt=1)]
    assert window.stage is Stage.PIN


def locked(door: Door) -> SignIn:
    window = door.window()
    scan(window, "W.anna-badge", *["0000"] * 5)
    return window


def test_five_wrong_pins_lock_the_badge_here_for_five_minutes() -> None:
    door = Door()
    window = locked(door)
    assert window.stage is Stage.BADGE
    answer = scan(window, "W.anna-badge")
    assert (answer.sentence.key, answer.sentence.facts["count"]) == ("sign_in.locked", 5)
    door.clock.advance(s=299)
    assert scan(window, "W.anna-badge").sentence.key == "sign_in.locked"
    door.clock.advance(s=1)
    assert scan(window, "W.anna-badge", "1234").sentence.key == "sign_in.welcome"


def test_a_restart_does_not_open_the_lock() -> None:
    door = Door()
    locked(door)
    assert scan(door.window("seat-2"), "W.anna-badge").sentence.key == "sign_in.locked"


def test_the_lock_holds_for_one_badge_only() -> None:
    door = Door()
    assert scan(locked(door), "W.boris-badge", "9876").sentence.key == "sign_in.welcome"


def test_after_the_lock_five_more_tries_are_given() -> None:
    door = Door()
    window = locked(door)
    door.clock.advance(s=300)
    assert scan(window, "W.anna-badge", "0000").sentence.facts["count"] == 4


def test_the_right_pin_forgives_the_wrong_ones() -> None:
    door = Door()
    window = door.window()
    scan(window, "W.anna-badge", "0000", "0000", "0000", "0000", "1234")
    window.sign_out()
    assert scan(window, "W.anna-badge", "0000").sentence.facts["count"] == 4


def test_a_reload_keeps_the_sign_in_and_the_place() -> None:
    door = Door()
    signed_in(door).seats.at("seat-1", "pick/P-1042")
    again = door.window()
    assert (again.stage, again.worker, again.place) == (Stage.IN, ANNA, "pick/P-1042")
    assert len(door.ledger.facts) == 1


def test_ten_idle_minutes_ask_for_the_pin_and_keep_the_place() -> None:
    door = Door()
    window = signed_in(door)
    window.seats.at("seat-1", "pick/P-1042")
    door.clock.advance(s=10 * 60)
    assert (window.stage, window.worker) == (Stage.PIN, ANNA)
    scan(window, "1234")
    assert (window.stage, window.place) == (Stage.IN, "pick/P-1042")
    assert len(door.ledger.facts) == 1


def test_without_a_grant_nobody_sits_down_and_is_told_what_to_do() -> None:
    door = Door()
    door.grants.given = False
    window = door.window()
    refused = scan(window, "W.anna-badge")
    assert (refused.sentence.key, refused.tone) == ("sign_in.no_grant", Tone.NEEDS_PERSON)
    assert (window.stage, door.ledger.facts) == (Stage.BADGE, [])


def test_a_grant_that_ends_between_badge_and_pin_opens_nothing() -> None:
    door = Door()
    window = door.window()
    scan(window, "W.anna-badge")
    door.grants.given = False
    assert scan(window, "1234").sentence.key == "sign_in.no_grant"
    assert window.stage is Stage.BADGE


def test_a_grant_that_has_ended_stops_nobody_who_sits_there() -> None:
    door = Door()
    window = door.window()
    scan(window, "W.anna-badge", "1234")
    door.grants.given = False
    assert window.stage is Stage.IN
    door.clock.advance(s=3600)
    again = door.window()
    assert (again.stage, again.worker) == (Stage.PIN, ANNA)
    assert scan(again, "1234").sentence.key == "sign_in.welcome"
    assert again.stage is Stage.IN


def test_who_has_left_a_seat_needs_a_grant_to_come_back_and_so_does_everybody_else() -> None:
    door = Door()
    window = door.window()
    scan(window, "W.anna-badge", "1234")
    door.grants.given = False
    assert scan(window, "W.boris-badge").sentence.key == "sign_in.no_grant"
    assert (window.stage, window.worker) == (Stage.IN, ANNA)
    window.sign_out()
    assert scan(window, "W.anna-badge").sentence.key == "sign_in.no_grant"


def test_who_scans_is_not_idle_also_over_a_restart() -> None:
    door = Door()
    window = signed_in(door)
    for _ in range(3):
        door.clock.advance(s=9 * 60)
        window.touch()
    assert window.stage is Stage.IN
    assert door.window().stage is Stage.IN


def test_a_station_that_was_down_for_ten_minutes_asks_for_the_pin() -> None:
    door = Door()
    signed_in(door)
    door.clock.advance(s=11 * 60)
    assert door.window().stage is Stage.PIN


def test_the_same_worker_at_another_window_takes_over_and_the_first_one_says_so() -> None:
    door = Door()
    first = signed_in(door)
    first.seats.at("seat-1", "pick/P-1042")
    second = door.window("seat-2")
    assert scan(second, "W.anna-badge", "1234").sentence.key == "sign_in.took_over"
    assert (first.stage, first.taken_over) == (Stage.BADGE, True)
    assert (second.stage, second.place) == (Stage.IN, "pick/P-1042")
    assert door.ledger.facts[-1] == WorkerSignedIn(seat_id="seat-2", took_over=True)


def test_two_workers_sit_at_two_windows() -> None:
    door = Door()
    first, second = signed_in(door), door.window("seat-2")
    scan(second, "W.boris-badge", "9876")
    assert (first.worker, second.worker) == (ANNA, BORIS)


def test_another_badge_at_a_seat_changes_the_worker_only_after_its_pin() -> None:
    door = Door()
    window = signed_in(door)
    scan(window, "W.boris-badge")
    assert door.window().worker == ANNA
    scan(window, "9876")
    assert window.worker == BORIS
    assert door.ledger.facts[1:] == [WorkerSignedOut(seat_id="seat-1"), WorkerSignedIn(seat_id="seat-1")]


def test_back_forgets_the_badge_that_was_shown() -> None:
    window = Door().window()
    scan(window, "W.anna-badge", "X.BACK")
    assert window.stage is Stage.BADGE


def test_another_badge_shown_by_mistake_and_taken_back_leaves_whoever_sits_here_at_work() -> None:
    window = signed_in(Door())
    scan(window, "W.boris-badge")
    answer = scan(window, "X.BACK")
    assert (window.stage, window.worker) == (Stage.IN, ANNA)
    assert answer.sentence.key == "sign_in.welcome"


def test_signing_out_leaves_the_seat() -> None:
    door = Door()
    window = signed_in(door)
    window.sign_out()
    assert (window.stage, window.taken_over) == (Stage.BADGE, False)
    assert door.ledger.facts[-1] == WorkerSignedOut(seat_id="seat-1")


def lists_of(*lists: Picklist) -> tuple[Door, list[Picklist]]:
    """What becomes of these lists when Anna signs out."""
    door = Door()
    door.ledger.receive(*lists)
    signed_in(door).sign_out()
    return door, door.ledger.all(Picklist)


def test_who_signs_out_in_mid_walk_leaves_the_list_paused_under_its_lease() -> None:
    door, (left,) = lists_of(a_list(1, state=PicklistState.IN_PROGRESS))
    assert (left.state, left.worker_id) == (PicklistState.PAUSED, ANNA.worker_id)
    assert door.ledger.deeds[-2].lease == left.lease
    assert isinstance(door.ledger.facts[-1], WorkerSignedOut)


@pytest.mark.parametrize(
    "facts",
    [
        {"state": PicklistState.IN_PROGRESS, "worker_id": BORIS.worker_id},
        {"state": PicklistState.IN_PROGRESS, "station_id": "K4"},
        {"state": PicklistState.LEASED},
        {"state": PicklistState.PICKED},
    ],
    ids=["a colleague's", "at another station", "not begun", "walked"],
)
def test_who_signs_out_leaves_every_other_list_as_it_is(facts: dict[str, Any]) -> None:
    other = a_list(1, **facts)
    assert lists_of(other)[1] == [other]


def test_whoever_sits_down_at_a_seat_in_mid_walk_leaves_the_walk_to_nobody() -> None:
    door = Door()
    door.ledger.receive(a_list(1, state=PicklistState.IN_PROGRESS))
    scan(signed_in(door), "W.boris-badge", "9876")
    (left,) = door.ledger.all(Picklist)
    assert left.state is PicklistState.PAUSED


def test_seats_that_were_kept_by_another_program_are_forgotten_calmly() -> None:
    door = Door()
    door.ledger.remember("seats", '{"seat-1": 5}')
    assert door.window().stage is Stage.BADGE
