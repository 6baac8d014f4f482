"""Stations, a network that loses, repeats and reorders, crashes, and a store that changes its mind: a seeded walk.

The ledgers and sessions are the real ones; the store is a model, the network is a list of calls. Each walk favours
other steps (swarm weights), so that rare mixtures come up. The seed is in the test's name.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from app.domain.facts import Fact, Subject
from app.domain.picking import PickShorted, PickSkipped, PickState, PickTask, ShortReason
from app.domain.rows import ROW_TYPES, Row, from_image, to_image
from app.domain.totes import ToteLoad
from app.errors import RuleBroken
from sync.book import open_book
from sync.failure import Failure, FailureKind
from sync.ledger import SqliteLedger
from sync.protocol import GENESIS_HASH, Cursor, FactsPushed, fact_hash, read_envelope, read_fact
from sync.rebase import replay
from sync.session import AskToken, Pull, Push, Session, WaitUntil
from tests.fakes.clock import FakeClock
from tests.sync.floor import ENROLLED, a_task, at_bin, do, picked, placed, tote_taken
from tests.sync.model_store import ModelStore

STEPS = 2_500
PAGE = 3
LOST = Failure(kind=FailureKind.UNREACHABLE, reason="lost")
TASKS = [f"T{n}" for n in range(6)]


@dataclass(slots=True, eq=False)
class Call:
    """One request on its way, and whether anybody still waits for the answer."""

    station: Station
    step: AskToken | Push | Pull
    facts: FactsPushed | None = None
    cursor: Cursor | None = None
    waited_for: bool = True


@dataclass(eq=False)
class Station:
    folder: Path
    station_id: str
    rng: random.Random
    clock: FakeClock = field(default_factory=FakeClock)
    recorded: list[str] = field(default_factory=list)
    loads: int = 0
    sent_through: dict[Subject, int] = field(default_factory=dict)
    """Rows of a pull that is not whole yet: which of this station's facts the store had played over them."""

    def __post_init__(self) -> None:
        self.ledger = self._open()
        self.ledger.enrol(replace(ENROLLED, station_id=self.station_id))
        self.session = Session(self.rng.random)

    def _open(self) -> SqliteLedger:
        book = open_book(self.folder / f"{self.station_id}.db")
        # What a power cut does is another test's matter; here only the order of commits counts.
        book.db.execute("PRAGMA synchronous = OFF")
        return SqliteLedger(book, self.clock)

    def crash(self) -> None:
        self.ledger.close()
        self.ledger = self._open()
        self.session = Session(self.rng.random)

    def now_s(self) -> float:
        return self.clock.monotonic_ms() / 1000

    def next_step(self) -> AskToken | Push | Pull | WaitUntil:
        owed = self.ledger.held_through_seq + 1
        return self.session.next_step(self.now_s(), first_owed_seq=owed, last_seq=self.ledger.last_seq)

    def work(self) -> None:
        """Do some act that a picker might do now; what the tables forbid is not done."""
        task_id = self.rng.choice(TASKS)
        loads = self.ledger.all(ToteLoad)
        load_id = self.rng.choice(loads).tote_load_id if loads else "none"
        self.loads += 1
        acts: list[tuple[Fact, ...]] = [
            (at_bin(task_id),),
            (picked(task_id),),
            (at_bin(task_id), picked(task_id)),
            (tote_taken(f"{self.station_id}-{self.loads}"),),
            (placed(task_id, tote_load_id=load_id),),
            (PickSkipped(task_id=task_id),),
            (PickShorted(task_id=task_id, missing_each=1, reason=ShortReason.FEWER),),
        ]
        try:
            seqs = do(self.ledger, *self.rng.choice(acts))
        except RuleBroken:
            return
        self.recorded += self.ledger.owed(seqs[0], len(seqs))


class World:
    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.store = ModelStore()
        self.store.put(*(a_task(task_id=task_id, quantity_each=20) for task_id in TASKS))
        self.stations = [Station(folder, name, self.rng) for name in ("K3", "K4")]
        self.calls: list[Call] = []
        self.cursors: dict[str, Cursor] = {}
        steps = (self.work, self.send, self.arrive, self.lose, self.repeat, self.give_up, self.crash, self.wait)
        changes = (self.cancel, self.change, self.evict, self.begin_anew, self.renew)
        # Swarm weights: each walk has other favourites, and does without some steps altogether.
        self.steps = (*steps, *changes)
        frequent = [self.rng.choice((0.3, 1, 4)) for _ in steps]
        frequent[0], frequent[1], frequent[2] = max(1, frequent[0]), 4, 4
        rare = [*(self.rng.choice((0, 0.05, 0.3)) for _ in changes[1:]), 0.3]
        self.weights = [*frequent[:6], frequent[6] / 10, frequent[7], *rare]

    def step(self) -> None:
        self.rng.choices(self.steps, self.weights)[0]()

    def work(self) -> None:
        self.rng.choice(self.stations).work()

    def send(self) -> None:
        self.send_from(self.rng.choice(self.stations))

    def send_from(self, station: Station) -> bool:
        step = station.next_step()
        if isinstance(step, WaitUntil):
            return False
        call = Call(station=station, step=step)
        if isinstance(step, Push):
            facts = station.ledger.owed(step.first_seq, step.last_seq - step.first_seq + 1)
            call.facts = FactsPushed(station_id=station.station_id, facts=facts)
        elif isinstance(step, Pull):
            call.cursor = station.ledger.cursor()
        self.calls.append(call)
        return True

    def arrive(self) -> None:
        """A request reaches the store, in any order; its answer comes back if anybody waits."""
        if self.calls:
            self.answer(self.calls.pop(self.rng.randrange(len(self.calls))))

    def answer(self, call: Call, *, heard: bool = True) -> None:
        station = call.station
        waited_for = call.waited_for and heard
        if isinstance(call.step, AskToken):
            if waited_for:
                station.session.token_granted(station.now_s(), 900)
        elif call.facts is not None:
            assert isinstance(call.step, Push)
            judged = self.store.push(call.facts)
            if waited_for:
                station.ledger.settle(judged)
                again = station.session.push_answered(
                    station.now_s(),
                    call.step,
                    judged,
                    oldest_kept_seq=station.ledger.oldest_kept_seq(),
                    last_seq=station.ledger.last_seq,
                )
                assert again is None
        elif call.cursor is not None and waited_for:
            pulled = self.store.pull(station.station_id, call.cursor, PAGE)
            before = station.ledger.cursor()
            if station.ledger.book.recall("fetching") is None:
                station.sent_through |= {(row.row_kind, row.row_id): pulled.included_through_seq for row in pulled.rows}
            station.ledger.apply(pulled)
            if not (pulled.more or pulled.must_refetch):
                station.sent_through.clear()
            after = station.ledger.cursor()
            assert after.epoch != before.epoch or after.change_seq >= before.change_seq  # I10
            station.session.pull_answered(station.now_s(), pulled, last_seq=station.ledger.last_seq)
        if not waited_for and call.waited_for:
            self.fail(call)

    def lose(self) -> None:
        """The request never comes to the store."""
        if self.calls:
            call = self.calls.pop(self.rng.randrange(len(self.calls)))
            if call.waited_for:
                self.fail(call)

    def repeat(self) -> None:
        """The store hears a request, the answer is lost, and the request comes once more later."""
        if self.calls:
            call = self.rng.choice(self.calls)
            self.answer(call, heard=False)
            call.waited_for = False

    def give_up(self) -> None:
        """The station waits no longer; the request is still on its way."""
        waiting = [call for call in self.calls if call.waited_for]
        if waiting:
            call = self.rng.choice(waiting)
            call.waited_for = False
            self.fail(call)

    def fail(self, call: Call) -> None:
        session, now_s = call.station.session, call.station.now_s()
        match call.step:
            case AskToken():
                session.token_failed(now_s, LOST)
            case Push():
                session.push_failed(now_s, LOST)
            case Pull():
                session.pull_failed(now_s, LOST)

    def crash(self) -> None:
        station = self.rng.choice(self.stations)
        for call in self.calls:
            if call.station is station:
                call.waited_for = False
        station.crash()

    def wait(self) -> None:
        for station in self.stations:
            station.clock.advance(s=self.rng.choice((0.5, 3, 20)))

    def cancel(self) -> None:
        self._change(state=PickState.CANCELLED)

    def change(self) -> None:
        self._change(quantity_each=self.rng.randrange(10, 30))

    def _change(self, **values: object) -> None:
        row = self.store.rows.get(("pick_task", self.rng.choice(TASKS)))
        if isinstance(row, PickTask):
            self.store.put(from_image(PickTask, {**to_image(row), **to_image(values)}))

    def renew(self) -> None:
        self.store.put(a_task(task_id=self.rng.choice(TASKS), quantity_each=20))

    def evict(self) -> None:
        self.store.remove(("pick_task", self.rng.choice(TASKS)))

    def begin_anew(self) -> None:
        self.store.begin_anew()

    def heal(self) -> int:
        """Nothing new happens and nothing is lost any more; gives the rounds until all is quiet (I8)."""
        for call in self.calls:
            if call.waited_for:
                call.waited_for = False
                self.fail(call)
        for rounds in range(1, 2_000):
            for station in self.stations:
                station.clock.advance(s=1)
                for _ in range(4):
                    if self.send_from(station):
                        self.answer(self.calls.pop())
            at_end = Cursor(epoch=self.store.epoch, change_seq=self.store.change_seq)
            if all(s.ledger.owed_count() == 0 and s.ledger.cursor() == at_end for s in self.stations):
                return rounds
        raise AssertionError("the queue does not drain")


def view_is_held_with_facts(station: Station) -> None:
    """What people see is what the store sent with the facts played over it that it does not include."""
    ledger = station.ledger
    facts = [read_fact(read_envelope(text)) for text in ledger.owed(1, 100_000)]
    first = ledger.last_seq - len(facts) + 1
    rows = ledger.book.db.execute("SELECT row_kind, row_id, held FROM rows").fetchall()
    for kind, row_id, held in rows:
        row_type: type[Row] = ROW_TYPES[kind]
        image = None if held is None else from_image(row_type, json.loads(held))
        through = max(ledger.included_through_seq, station.sent_through.get((kind, row_id), 0))
        owed = [fact for seq, fact in enumerate(facts, first) if seq > through and (kind, row_id) in fact.subjects()]
        assert ledger.get(row_type, row_id) == replay(row_type, image, owed)


@pytest.fixture
def worlds(tmp_path: Path) -> Iterator[list[World]]:
    made: list[World] = []
    yield made
    for world in made:
        for station in world.stations:
            station.ledger.close()


@pytest.mark.parametrize("seed", range(8))
def test_after_any_walk_all_agree_and_nothing_is_lost_or_doubled(
    seed: int, tmp_path: Path, worlds: list[World]
) -> None:
    world = World(tmp_path, seed)
    worlds.append(world)
    for number in range(STEPS):
        world.step()
        if number % 25 == 0:
            view_is_held_with_facts(world.rng.choice(world.stations))
    world.heal()
    for station in world.stations:
        held = world.store.facts.get(station.station_id, [])
        assert [fact.text for fact in held] == station.recorded  # I1, I2, I3
        prev_hash = GENESIS_HASH
        for fact in held:
            assert read_envelope(fact.text).prev_hash == prev_hash
            prev_hash = fact_hash(prev_hash, fact.text)
        for row_type in (PickTask, ToteLoad):
            at_store = [row for row in world.store.rows.values() if isinstance(row, row_type)]
            assert station.ledger.all(row_type) == sorted(at_store, key=lambda row: row.row_id)  # I7
    assert sum(len(station.recorded) for station in world.stations) > 50
