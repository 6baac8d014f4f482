"""The model store's book: facts in their chains with stored outcomes, stock, leases, asks, and what was set aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from app.domain.discrepancies import ADDRESSEES, Discrepancy, DiscrepancyKind, DiscrepancyState
from app.domain.facts import Fact, Subject
from app.domain.picking import PickTask
from app.domain.picklists import Picklist, PicklistState
from app.domain.rows import ROW_TYPES, Row
from store.judge import Head, Said, Told, out_of_line, read
from sync.protocol import GENESIS_HASH, Cursor, FactsJudged, Outcome, Pulled, Verdict
from sync.rebase import MISFITS
from tests.model.book import WAREHOUSE
from tests.model.disk import Disk
from tests.model.movements import Place, moves_of, product_of
from tests.model.store_feed import StoreFeed
from tests.model.written import Held, Written

R = TypeVar("R", bound=Row)
PAGE = 4
RANGE_EACH = 4
LISTS_A_STATION = 3
LEASE_LIFE = timedelta(seconds=600)
BEGUN = (PicklistState.IN_PROGRESS, PicklistState.PAUSED)
OPEN_LISTS = (PicklistState.RELEASED, PicklistState.LEASED, *BEGUN)


class StoreBook:
    """All changes happen in a group of the writer: `begin`, works, `disk.commit`.

    Attributes:
        written: what the running group, or the last one, changed.
    """

    feed_type = StoreFeed

    def __init__(self, station_ids: list[str], *, versions: int) -> None:
        self.disk = Disk()
        self.feed = self.feed_type(self.disk, station_ids)
        self.written = Written()
        self.stock: dict[tuple[str, str], int] = {}
        self.asks: dict[tuple[str, str, str], dict[str, Any]] = {}
        self._facts: dict[str, list[Held]] = {station_id: [] for station_id in station_ids}
        self._heads = {station_id: Head(seq=0, hash=GENESIS_HASH) for station_id in station_ids}
        self._aside: dict[tuple[str, int], str] = {}
        self._meta: dict[str, Any] = {"serial": 1, "versions": versions, "lists": 0}

    @property
    def versions(self) -> int:
        """The newest version of facts that the program knows."""
        return int(self._meta["versions"])

    def begin(self) -> None:
        self.written = Written()

    # Facts up.

    def held_through(self, station_id: str) -> int:
        return self._heads[station_id].seq

    def hear(self, station_id: str, texts: Sequence[str], now_utc: datetime) -> FactsJudged:
        """As `store.hearing.hear`: stored outcomes again, the next link of the chain now, a gap or a fork ends it."""
        outcomes = []
        for text in texts:
            said = Said.of(text)
            outcome = self._outcome(station_id, said, now_utc)
            outcomes.append(outcome)
            if outcome.verdict in (Verdict.GAP, Verdict.FORKED):
                break
        return FactsJudged(outcomes=tuple(outcomes), held_through_seq=self.held_through(station_id))

    def _outcome(self, station_id: str, said: Said, now_utc: datetime) -> Outcome:
        seq = said.seq or 0
        head = self._heads[station_id]
        if seq <= head.seq:
            return self._given(station_id, said, now_utc)
        return out_of_line(head, seq, said) or self._add(station_id, said.text, now_utc)

    def _given(self, station_id: str, said: Said, _now_utc: datetime) -> Outcome:
        held = self._facts[station_id][(said.seq or 0) - 1]
        return held.outcome if held.text == said.text else Outcome(seq=said.seq or 0, verdict=Verdict.FORKED)

    def _add(self, station_id: str, text: str, now_utc: datetime) -> Outcome:
        head = self._heads[station_id]
        told = self.read(station_id, text)
        seq, kind = head.seq + 1, None
        if isinstance(told, str):
            outcome = Outcome(seq=seq, verdict=Verdict.QUARANTINED, reason=told)
            self.disk.put(self._aside, (station_id, seq), text)
            kind = DiscrepancyKind.QUARANTINED_FACT
        else:
            kind = self._happen(told)
            verdict = Verdict.ACCEPTED if kind is None else Verdict.ACCEPTED_WITH_EXCEPTION
            outcome = Outcome(seq=seq, verdict=verdict, exception=None if kind is None else str(kind))
        if kind is not None:
            self._raise_work(kind, station_id, seq, now_utc)
        self.disk.put(self._heads, station_id, head.after(text))
        held = Held(station_id, seq, text, outcome)
        self.disk.append(self._facts[station_id], held)
        self.written.held.append(held)
        return outcome

    def read(self, station_id: str, text: str) -> Told | str:
        if self.versions > 1:
            # What an older program cannot read, a newer one reads as the version that it knows.
            text = text.replace('"version":2', '"version":1', 1)
        return read(Said.of(text), warehouse_id=WAREHOUSE, station_id=station_id)

    def _happen(self, told: Told) -> DiscrepancyKind | None:
        """Rows move as their tables say, units move whatever they say; what did not fit."""
        fact, misfit = told.fact, None
        stale = self.is_stale(told.envelope.lease)
        for subject in fact.subjects():
            row = self.feed.rows.get(subject)
            if stale and isinstance(row, Picklist):
                misfit = DiscrepancyKind.LEASE_LOST
                continue
            try:
                after = row.after(fact) if row is not None else ROW_TYPES[subject[0]].born_of(fact)
            except MISFITS:
                after = None
            if after is not None:
                self._keep(after)
            else:
                misfit = misfit or self._why(fact, stale=stale)
        for key, each in moves_of(fact, told.envelope.station_id):
            self.disk.put(self.stock, key, self.stock.get(key, 0) + each)
        self.written.happened.append((told.envelope.station_id, told.envelope.seq, misfit is None))
        return misfit

    def _why(self, fact: Fact, *, stale: bool) -> DiscrepancyKind:
        task = self.feed.get(PickTask, getattr(fact, "task_id", ""))
        if task is not None and task.state == "cancelled":
            return DiscrepancyKind.ORDER_CANCELLED
        return DiscrepancyKind.DOUBLE_PICK if stale else DiscrepancyKind.ILLEGAL_STEP

    def _raise_work(self, kind: DiscrepancyKind, station_id: str, seq: int, now_utc: datetime) -> None:
        addressee, remedy = ADDRESSEES[kind]
        about = ("station", station_id)
        self.feed.put(
            Discrepancy(
                discrepancy_id=f"D-{station_id}-{seq}",
                kind=kind,
                about=about,
                raised_at_utc=now_utc,
                addressee=addressee,
                remedy=remedy,
                station_id=station_id,
                seq=seq,
            )
        )

    def upgrade(self, now_utc: datetime) -> None:
        """A newer program: facts that were set aside because nobody could read them have their effect now, once."""
        self.disk.put(self._meta, "versions", 2)
        for (station_id, seq), text in tuple(self._aside.items()):
            told = self.read(station_id, text)
            if isinstance(told, str):
                continue
            kind = self._happen(told)
            self.disk.drop(self._aside, (station_id, seq))
            work = self.feed.get(Discrepancy, f"D-{station_id}-{seq}")
            if work is not None:
                state = DiscrepancyState.SETTLED if kind is None else DiscrepancyState.OPEN
                self.feed.put(replace(work, kind=kind or work.kind, state=state))

    # Rows down.

    def news(self, station_id: str, cursor: Cursor) -> bool:
        return self.feed.news(station_id, cursor)

    def pull(self, station_id: str, cursor: Cursor) -> Pulled:
        return self.feed.pull(station_id, cursor, PAGE, self.held_through(station_id))

    # Leases and asks.

    def is_stale(self, lease: str | None) -> bool:
        subject, _, epoch = (lease or "").partition("#")
        picklist = self.feed.get(Picklist, subject.partition("/")[2])
        return picklist is not None and epoch != str(picklist.epoch)

    def promise(self, picklist: Picklist, station_id: str | None, now_utc: datetime) -> None:
        """Give a list to a station, or back to everybody; the fence moves on."""
        begun = picklist.state in BEGUN
        taken = PicklistState.PAUSED if begun else PicklistState.LEASED
        self._keep(
            replace(
                picklist,
                state=PicklistState.RELEASED if station_id is None and not begun else taken,
                station_id=station_id,
                epoch=self._next_epoch(picklist),
                lease_until_utc=None if station_id is None else now_utc + LEASE_LIFE,
            )
        )

    def _next_epoch(self, picklist: Picklist) -> int:
        return picklist.epoch + 1

    def answer(self, station_id: str, name: str, key: str, now_utc: datetime) -> dict[str, Any]:
        """An ask; one that was answered gets the same answer again."""
        known = self.asks.get((station_id, name, key))
        if known is None:
            known = self._get_work(station_id, now_utc) if name == "get_work" else self._give_range(station_id)
            self.disk.put(self.asks, (station_id, name, key), known)
        return known

    def _get_work(self, station_id: str, now_utc: datetime) -> dict[str, Any]:
        """The list to walk now and two ahead; what is over is promised anew."""
        lists = [one for one in self.feed.all(Picklist) if one.state in OPEN_LISTS]
        mine = [one for one in lists if one.station_id == station_id]
        over = [one for one in mine if one.lease_until_utc is None or one.lease_until_utc <= now_utc]
        free = [one for one in lists if one.station_id is None][: max(0, LISTS_A_STATION - len(mine))]
        for one in (*over, *free):
            self.promise(one, station_id, now_utc)
        return {"current": next((one.picklist_id for one in (*mine, *free)), None)}

    def _give_range(self, station_id: str) -> dict[str, Any]:
        first = self._meta["serial"]
        last = first + RANGE_EACH - 1
        self.disk.put(self._meta, "serial", last + 1)
        self.written.ranges.append((first, last, station_id))
        return {"company_prefix": "4012345", "extension_digit": "3", "first_serial": first, "last_serial": last}

    def _keep(self, row: Any) -> None:
        self.feed.put(row)
        if isinstance(row, Picklist):
            self.written.promised[row.picklist_id] = (row.lease, row.epoch, row.station_id)

    def next_list(self) -> int:
        self.disk.put(self._meta, "lists", self._meta["lists"] + 1)
        return int(self._meta["lists"])

    # What the witness looks at.

    def row(self, row_type: type[R], row_id: str) -> R | None:
        return self.feed.get(row_type, row_id)

    def is_work(self, held: Held) -> bool:
        work_id = f"D-{held.station_id}-{held.seq}"
        return self.feed.get(Discrepancy, work_id) is not None or work_id in self.written.done

    def product_of(self, task_id: str) -> str:
        return product_of(task_id)

    def stock_each(self, place: Place) -> int:
        return self.stock.get(place, 0)

    def is_at_head(self, cursor: Cursor) -> bool:
        return cursor == Cursor(epoch=self.feed.epoch, change_seq=self.feed.change_seq)

    def full_read(self, station_id: str) -> Mapping[Subject, Any]:
        return self.feed.full_read(station_id)

    def rows_of(self, station_id: str) -> Mapping[Subject, Row]:
        return {subject: self.feed.rows[subject] for subject in self.feed.full_read(station_id)}

    @property
    def aside(self) -> int:
        return len(self._aside)
