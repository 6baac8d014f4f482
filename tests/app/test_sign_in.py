"""Badge, PIN, and whose seat it is."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import pytest

from app.domain.picklists import Picklist, PicklistState
from app.domain.scan import Scan, Source
from app.domain.workers import PinRefused, Role, Worker, WorkerSignedIn, WorkerSignedOut
from app.errors import UnreadableCode
from app.ports import PinCheck, Tone
from app.workflows.answers import Answer
from app.workflows.pin_lock import PinLock
from app.workflows.sign_in import SignIn, Stage
from tests.fakes.clock import FakeClock
from tests.fakes.grants import FakeGrants
from tests.fakes.ledger import FakeLedger
from tests.fakes.picking import a_list


class PlainPins:
    """A PIN's hash is the PIN: what argon2 does with it is tested with the adapter."""

    async def matches(self, pin_hash: str, pin: str) -> bool:
        return pin_hash == pin


def a_worker(name: str, pin: str) -> Worker:
    return Worker(
        worker_id=f"W-{name}", name=name.title(), badge=f"{name}-badge", pin_hash=pin, roles=frozenset({Role.PICKER})
    )


ANNA, BORIS = a_worker("anna", "1234"), a_worker("boris", "9876")


class Door:
    """A station with two windows."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.ledger = FakeLedger((ANNA, BORIS), clock=self.clock)
        self.grants = FakeGrants()

        self.pins: PinCheck = PlainPins()

    def window(self, seat_id: str = "seat-1") -> SignIn:
        """The window as a reload or a restart finds it."""
        return SignIn(ledger=self.ledger, clock=self.clock, pins=self.pins, grants=self.grants, seat_id=seat_id)


def scan(sign_in: SignIn, *texts: str) -> Answer:
    return [at_once(sign_in.take(Scan(text=text, source=Source.WEDGE))) for text in texts][-1]


def at_once(judging: Coroutine[Any, Any, Answer]) -> Answer:
    """The answer of what waits for nobody."""
    try:
        judging.send(None)
    except StopIteration as done:
        answer: Answer = done.value
        return answer
    raise AssertionError("it waits")


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


def signed_in(door: Door, seat_id: str = "seat-1") -> SignIn:
    window = door.window(seat_id)
    scan(window, "W.anna-badge", "1234")
    return window


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


class SlowPins:
    """Judges when it is told to."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.judge = asyncio.Event()

    async def matches(self, pin_hash: str, pin: str) -> bool:
        self.asked.set()
        await self.judge.wait()
        return pin_hash == pin


class SlowDoor(Door):
    """A door where Anna's badge was shown, and her PIN is being judged."""

    def __init__(self) -> None:
        super().__init__()
        self.pins = self.slow = SlowPins()
        self.first = self.window()

    async def typed(self, digits: str) -> asyncio.Task[Answer]:
        scan(self.first, "W.anna-badge")
        judging = asyncio.create_task(self.first.pin(digits))
        await self.slow.asked.wait()
        return judging


async def test_a_try_is_counted_before_it_is_judged_so_that_a_kill_gives_no_other() -> None:
    door = SlowDoor()
    for _ in range(5):
        (await door.typed("1234")).cancel()  # as a kill ends it
        door.slow.asked.clear()
        door.first = door.window()  # as a start finds it
    assert scan(door.first, "W.anna-badge").sentence.key == "sign_in.locked"


async def test_a_second_pin_while_the_first_is_judged_is_not_taken_and_not_counted() -> None:
    door = SlowDoor()
    judging = await door.typed("0000")
    assert scan(door.first, "1234").sentence.key == "sign_in.one_moment"
    door.slow.judge.set()
    assert (await judging).sentence.facts["count"] == 4
    assert door.first.stage is Stage.PIN
    assert scan(door.first, "1234").sentence.key == "sign_in.welcome"


async def test_who_is_judged_wrong_the_fifth_time_is_locked_at_every_window_while_it_is_judged_too() -> None:
    door = SlowDoor()
    for _ in range(4):
        PinLock(door.ledger, door.clock).count(ANNA.worker_id)
    judging = await door.typed("0000")
    assert scan(door.window("seat-2"), "W.anna-badge").sentence.key == "sign_in.locked"
    door.slow.judge.set()
    assert (await judging).sentence.key == "sign_in.locked"


@pytest.mark.parametrize("meanwhile", ["X.BACK", "W.boris-badge"])
async def test_the_right_pin_of_somebody_who_is_no_longer_asked_seats_nobody(meanwhile: str) -> None:
    door = SlowDoor()
    judging = await door.typed("1234")
    scan(door.first, meanwhile)
    stage, worker = door.first.stage, door.first.worker
    door.slow.judge.set()
    answer = await judging
    assert answer.sentence == door.first.prompt().sentence
    assert (door.first.stage, door.first.worker, door.ledger.facts) == (stage, worker, [])


async def test_the_right_pin_of_a_worker_whose_row_has_changed_meanwhile_is_asked_for_again() -> None:
    door = SlowDoor()
    judging = await door.typed("1234")
    door.ledger.receive(replace(ANNA, pin_hash="5678"))
    door.slow.judge.set()
    assert (await judging).sentence.key == "sign_in.enter_pin"
    assert door.first.stage is Stage.PIN


async def test_a_window_that_was_taken_over_while_an_idle_pin_is_judged_stays_empty() -> None:
    door = Door()
    first = signed_in(door)
    slow = SlowPins()
    door.pins = slow
    first = door.window()
    door.clock.advance(s=10 * 60)
    judging = asyncio.create_task(first.pin("1234"))
    await slow.asked.wait()
    door.pins = PlainPins()
    scan(door.window("seat-2"), "W.anna-badge", "1234")
    slow.judge.set()
    assert (await judging).sentence.key == "sign_in.scan_badge"
    assert (first.stage, first.taken_over) == (Stage.BADGE, True)


async def test_a_pin_that_could_not_be_judged_does_not_keep_the_next_one_out() -> None:
    door = SlowDoor()
    judging = await door.typed("1234")
    judging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await judging
    door.slow.judge.set()
    assert scan(door.first, "1234").sentence.key == "sign_in.welcome"
