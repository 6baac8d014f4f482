"""While a PIN is judged, which takes a moment: what counts, what waits, and what no longer holds."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from app.workflows.answers import Answer
from app.workflows.pin_lock import PinLock
from app.workflows.sign_in import Stage
from tests.app.the_door import ANNA, Door, PlainPins, scan, signed_in


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
