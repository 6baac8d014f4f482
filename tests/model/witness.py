"""Sees everything and changes nothing: what hands did, what the store said of it, and whether the invariants hold."""

from __future__ import annotations

from collections import Counter

from app.domain.picking import PickTask, TaskFact
from store.judge import Told
from sync.protocol import Cursor, FactsJudged, Outcome, Verdict
from tests.model import invariants as hold
from tests.model.broken import Broken
from tests.model.movements import Place, moves_of, picked_each
from tests.model.ports import StationBook, StoreSide


class Witness:
    def __init__(self, station_ids: list[str], store: StoreSide) -> None:
        self._store = store
        self.recorded: dict[str, list[str]] = {station_id: [] for station_id in station_ids}
        self._acked = dict.fromkeys(station_ids, 0)
        self._outcomes: dict[str, list[Outcome]] = {station_id: [] for station_id in station_ids}
        self._happened: set[tuple[str, int]] = set()
        self._moved: dict[Place, int] = {}
        self._picked: dict[str, int] = {}
        self._promises: dict[str, str] = {}
        self._epochs: dict[str, int] = {}
        self._newest_number = 0

    # At the stations.

    def good_tone(self, station_id: str, book: StationBook, seq: int) -> None:
        """A worker heard that everything up to `seq` is safe."""
        self._note(station_id, book)
        self._acked[station_id] = seq

    def found_in_book(self, station_id: str, book: StationBook) -> None:
        """What a process that has just started finds: a fact may have been kept of which nobody heard a tone."""
        self.look(station_id, book)
        self._note(station_id, book)

    def _note(self, station_id: str, book: StationBook) -> None:
        recorded = self.recorded[station_id]
        recorded += book.owed(len(recorded) + 1, book.last_seq - len(recorded))

    def look(self, station_id: str, book: StationBook) -> None:
        hold.i1_no_scan_is_lost(
            station_id,
            self._acked[station_id],
            in_book=book.last_seq,
            held_by_book=book.held_through_seq,
            at_store=self._store.held_through(station_id),
        )

    def answered(self, station_id: str, judged: FactsJudged) -> None:
        first = self._outcomes[station_id]
        for outcome in judged.outcomes:
            if outcome.verdict is Verdict.FORKED:
                raise Broken("I3", f"{station_id}#{outcome.seq} is a fork")
            if outcome.verdict is not Verdict.GAP:
                hold.i6_an_outcome_never_changes(station_id, first[outcome.seq - 1], outcome)

    def applied(self, station_id: str, before: Cursor, book: StationBook) -> None:
        after = book.cursor()
        hold.i10_cursors_only_advance(station_id, before, after)
        if self._store.is_at_head(after):
            full = self._store.full_read(station_id)
            hold.i10_snapshot_and_deltas_are_a_full_read(station_id, book.shelf(), full)

    # At the store.

    def committed(self) -> None:
        """A group is on the store's disk."""
        written = self._store.written
        places: set[Place] = set()
        tasks: set[str] = set()
        for station_id, seq, fits in written.happened:
            hold.i2_each_fact_has_its_effect_once(self._happened, (station_id, seq))
            self._follow(station_id, self.recorded[station_id][seq - 1], fits, places, tasks)
        for held in written.held:
            outcomes = self._outcomes[held.station_id]
            hold.i3_facts_come_in_order(held, self.recorded[held.station_id], len(outcomes))
            hold.i5_nothing_physical_is_refused(held, self._store.is_work(held))
            outcomes.append(held.outcome)
        for place in places:
            hold.i4_stock_is_the_sum_of_movements(place, self._store.stock_each(place), self._moved[place])
        for task_id in tasks:
            if (row := self._store.row(PickTask, task_id)) is not None:
                hold.i4_a_line_is_the_sum_of_its_facts(task_id, row.picked_each, self._picked[task_id])
        for picklist_id, said in written.promised.items():
            hold.i9_one_lease_is_good(self._promises, self._epochs, picklist_id, said)
        for given in written.ranges:
            hold.i2_no_number_is_given_twice(self._newest_number, given)
            self._newest_number = given[1]

    def _follow(self, station_id: str, text: str, fits: bool, places: set[Place], tasks: set[str]) -> None:
        told = self._store.read(station_id, text)
        assert isinstance(told, Told)
        fact = told.fact
        for place, each in moves_of(fact, station_id, self._store.product_of):
            self._moved[place] = self._moved.get(place, 0) + each
            places.add(place)
        if isinstance(fact, TaskFact) and (each := picked_each(fact)):
            self._picked[fact.task_id] = self._picked.get(fact.task_id, 0) + (each if fits else 0)
            tasks.add(fact.task_id)

    # When all is quiet.

    def quiet(self, station_id: str, book: StationBook) -> None:
        """Everything that was recorded is held and has happened, and everybody sees the same."""
        recorded = self.recorded[station_id]
        self.look(station_id, book)
        if len(self._outcomes[station_id]) != len(recorded):
            raise Broken("I1", f"{station_id}: {len(recorded)} recorded, {len(self._outcomes[station_id])} held")
        full = self._store.full_read(station_id)
        hold.i10_snapshot_and_deltas_are_a_full_read(station_id, book.shelf(), full)
        hold.i7_all_agree(station_id, book.views(), self._store.rows_of(station_id))

    def counted(self) -> Counter[str]:
        """Facts by what the store said of them."""
        said = (outcome for outcomes in self._outcomes.values() for outcome in outcomes)
        counted = Counter(str(outcome.exception or outcome.verdict) for outcome in said)
        counted["read later"] = counted[Verdict.QUARANTINED] - self._store.aside
        return counted

    def all_quiet(self) -> None:
        """The whole of the books, from the beginning."""
        recorded = sum(len(texts) for texts in self.recorded.values())
        if recorded != len(self._happened) + self._store.aside:
            raise Broken("I2", f"{recorded} recorded, {len(self._happened)} happened, {self._store.aside} set aside")
        for place, moved in self._moved.items():
            hold.i4_stock_is_the_sum_of_movements(place, self._store.stock_each(place), moved)
