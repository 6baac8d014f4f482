"""One fact at the store: the rows that it met, the movements and the work that follow from it, what it is answered."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from app.domain.discrepancies import ADDRESSEES, Discrepancy, DiscrepancyKind, DiscrepancyState
from app.domain.facts import Fact, Subject
from app.domain.picklists import Picklist
from app.domain.rows import Row
from app.errors import FloorError
from store.desk import Desk
from store.places import hand_place
from store.stock import Move
from sync.protocol import Envelope, FactName

R = TypeVar("R", bound=Row)


@dataclass(slots=True, kw_only=True)
class Booking:
    """Args:
    before: rows as they stood before the fact.
    refused: subjects whose tables do not list the fact, or which are not there.
    exception: what did not fit, when something did not; the fact is recorded all the same.
    lines, units: what the fact adds to its worker's count.
    negated: see `undoes`; None when the fact is no undo.
    """

    desk: Desk
    envelope: Envelope
    fact: Fact
    negated: FactName | None = None
    before: dict[Subject, Row | None] = field(default_factory=dict)
    refused: dict[Subject, FloorError | None] = field(default_factory=dict)
    exception: DiscrepancyKind | None = None
    lines: int = 0
    units: int = 0

    @property
    def hand(self) -> str:
        """The place that units are at between bin and tote."""
        return hand_place(self.envelope.station_id)

    @property
    def undoes(self) -> FactName:
        """The fact that this undo takes back, by the name that it happened under."""
        assert self.negated is not None, self.fact.kind
        return self.negated

    @property
    def happened_at_utc(self) -> datetime:
        """When the station says that it happened; now, when its clock is ahead: no report is of the future."""
        return min(self.envelope.occurred_at_utc, self.desk.now_utc)

    def was(self, row_type: type[R], row_id: str) -> R | None:
        """A row as it stood before the fact."""
        row = self.before.get((row_type.row_kind, row_id))
        return row if isinstance(row, row_type) else None

    def now(self, row_type: type[R], row_id: str) -> R | None:
        return self.desk.book.get(row_type, row_id)

    def fits(self, row_type: type[Row], row_id: str) -> bool:
        """Whether the row took the fact as its table says."""
        return (row_type.row_kind, row_id) not in self.refused

    def move(self, moved: Move) -> int:
        """Book units that the fact moved; the balance that it leaves behind."""
        envelope = self.envelope
        return self.desk.stock.move(moved, at_utc=self.desk.now_utc, station_id=envelope.station_id, seq=envelope.seq)

    def note(self, order_id: str, what: str, **facts: str | int | None) -> None:
        """Write a step into an order's history."""
        worker = {"worker_id": self.envelope.worker_id, "station_id": self.envelope.station_id}
        self.desk.history.note(order_id, what, self.happened_at_utc, **worker, **facts)

    def lease_is_stale(self) -> bool:
        """Whether the picklist's lease that the fact was done under has been given to somebody else since."""
        subject, _, epoch = (self.envelope.lease or "").partition("#")
        row_kind, _, row_id = subject.partition("/")
        picklist = self.now(Picklist, row_id) if row_kind == Picklist.row_kind else None
        return picklist is not None and epoch != str(picklist.epoch)

    def does_not_fit(self, kind: DiscrepancyKind, about: Subject, key: str = "", **facts: str | int | None) -> None:
        """Answer the fact with an exception, and raise the work that settles it."""
        self.exception = self.exception or kind
        self.raise_work(kind, about, key, **facts)

    def raise_work(self, kind: DiscrepancyKind, about: Subject, key: str = "", **facts: str | int | None) -> None:
        """Make work for whoever the kind is addressed to.

        Args:
            key: facts with the same key and kind belong to one piece of work: their quantities are added, and it ends
                by itself when an undo has brought them to 0. Empty: a piece of work of its own.
            facts: quantity_each may be negative (an undo).
        """
        work_id, found = self.desk.work_under(self.work_id(kind, key))
        if found is None:
            self._new_work(work_id, kind, about, facts)
            return
        told = {name: str(fact) for name, fact in facts.items() if fact not in (None, "") and name != "quantity_each"}
        each = int(found.facts.get("quantity_each", "0")) + int(facts.get("quantity_each") or 0)
        changed = replace(found, facts={**found.facts, **told, "quantity_each": str(each)})
        if each <= 0 and "quantity_each" in facts:
            changed = replace(changed, state=DiscrepancyState.SETTLED, how="undone")
        self.desk.book.put(changed)

    def work_id(self, kind: DiscrepancyKind, key: str = "") -> str:
        """The id of the first work under `key` (see `raise_work`)."""
        return f"D-{kind}-{key or f'{self.envelope.station_id}-{self.envelope.seq}'}"

    def open_work(self, kind: DiscrepancyKind, key: str) -> Discrepancy | None:
        """The work of this kind that is open under `key` (see `raise_work`)."""
        return self.desk.work_under(self.work_id(kind, key))[1]

    def forget_tote(self, kind: DiscrepancyKind, key: str) -> bool:
        """The units of open work under `key` are in the hand again; whether they were said to be in a tote."""
        found = self.open_work(kind, key)
        if found is None or "tote_load_id" not in found.facts:
            return False
        facts = {name: fact for name, fact in found.facts.items() if name not in ("tote_id", "tote_load_id")}
        self.desk.book.put(replace(found, facts=facts))
        return True

    def _new_work(
        self, discrepancy_id: str, kind: DiscrepancyKind, about: Subject, facts: dict[str, str | int | None]
    ) -> None:
        if int(facts.get("quantity_each") or 0) < 0:
            return
        addressee, remedy = ADDRESSEES[kind]
        who = {"worker_id": self.envelope.worker_id, "fact": self.fact.kind}
        self.desk.book.put(
            Discrepancy(
                discrepancy_id=discrepancy_id,
                kind=kind,
                about=about,
                raised_at_utc=self.desk.now_utc,
                addressee=addressee,
                remedy=remedy,
                station_id=self.envelope.station_id,
                seq=self.envelope.seq,
                facts={name: str(fact) for name, fact in {**who, **facts}.items() if fact not in (None, "")},
                number=self.desk.next_number(),
            )
        )
