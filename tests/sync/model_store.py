"""A model of the order store, for tests of the station's side: the wire's rules in a page of Python, nothing durable.

It keeps facts by station and number, moves rows by the same tables as the real one, and answers a pull with what
changed after a cursor, each row as it stands now.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from app.domain.catalogue import ROW_TYPES
from app.domain.facts import Subject
from app.domain.picklists import Picklist
from app.domain.rows import Row, to_image
from app.errors import RuleBroken
from sync.protocol import (
    GENESIS_HASH,
    Cursor,
    Envelope,
    FactsJudged,
    FactsPushed,
    Outcome,
    Pulled,
    RowChange,
    Verdict,
    fact_hash,
    read_envelope,
    read_fact,
)


@dataclass(slots=True)
class HeldFact:
    text: str
    hash: str
    outcome: Outcome


@dataclass(slots=True)
class ModelStore:
    rows: dict[Subject, Row] = field(default_factory=dict)
    changed_at: dict[Subject, int] = field(default_factory=dict)
    facts: dict[str, list[HeldFact]] = field(default_factory=dict)
    change_seq: int = 0
    epoch: str = "e1"

    def put(self, *rows: Row) -> None:
        for row in rows:
            self.change_seq += 1
            self.rows[row.row_kind, row.row_id] = row
            self.changed_at[row.row_kind, row.row_id] = self.change_seq

    def remove(self, subject: Subject) -> None:
        self.change_seq += 1
        self.rows.pop(subject, None)
        self.changed_at[subject] = self.change_seq

    def begin_anew(self) -> None:
        """The feed's numbering begins again: every cursor is worthless."""
        self.epoch = f"e{int(self.epoch[1:]) + 1}"
        self.changed_at = {subject: place for place, subject in enumerate(self.rows, 1)}
        self.change_seq = len(self.rows)

    def push(self, pushed: FactsPushed) -> FactsJudged:
        held = self.facts.setdefault(pushed.station_id, [])
        outcomes: list[Outcome] = []
        for text in pushed.facts:
            envelope = read_envelope(text)
            seq = envelope.seq
            if seq > len(held) + 1:
                outcomes.append(Outcome(seq=seq, verdict=Verdict.GAP, expected_seq=len(held) + 1))
                break
            digest = fact_hash(envelope.prev_hash, text)
            if seq <= len(held):
                if held[seq - 1].hash != digest:
                    outcomes.append(Outcome(seq=seq, verdict=Verdict.FORKED))
                    break
                outcomes.append(held[seq - 1].outcome)
                continue
            if envelope.prev_hash != (held[-1].hash if held else GENESIS_HASH):
                outcomes.append(Outcome(seq=seq, verdict=Verdict.FORKED))
                break
            outcome = self._held_as(envelope) or self._judge(seq, text)
            held.append(HeldFact(text=text, hash=digest, outcome=outcome))
            outcomes.append(outcome)
        return FactsJudged(outcomes=tuple(outcomes), held_through_seq=len(held))

    def replace_station(self, old_id: str, new_id: str) -> None:
        """A device was enrolled anew: its lists are the new id's."""
        for row in [one for one in self.rows.values() if isinstance(one, Picklist) and one.station_id == old_id]:
            self.put(replace(row, station_id=new_id))

    def _held_as(self, said: Envelope) -> Outcome | None:
        """What is told again and held under an older name."""
        for name in said.older_names:
            held = self.facts.get(name.station_id, [])
            if len(held) >= name.seq and read_envelope(held[name.seq - 1].text).body == said.body:
                return Outcome(seq=said.seq, verdict=Verdict.SUPERSEDED, by=str(name))
        return None

    def _judge(self, seq: int, text: str) -> Outcome:
        fact = read_fact(read_envelope(text))
        odd = False
        for subject in fact.subjects():
            row_type = ROW_TYPES[subject[0]]
            row = self.rows.get(subject)
            try:
                after = row.after(fact) if row is not None else row_type.born_of(fact)
            except (RuleBroken, LookupError, StopIteration):
                after, odd = None, True
            if after is not None:
                self.put(after)
        if odd:
            return Outcome(seq=seq, verdict=Verdict.ACCEPTED_WITH_EXCEPTION, exception="illegal_step")
        return Outcome(seq=seq, verdict=Verdict.ACCEPTED)

    def pull(self, station_id: str, cursor: Cursor, limit: int) -> Pulled:
        if cursor.epoch not in ("", self.epoch):
            return Pulled(cursor=Cursor(epoch=self.epoch), must_refetch=True)
        later = sorted((at, subject) for subject, at in self.changed_at.items() if at > cursor.change_seq)
        page = later[:limit]
        more = len(later) > limit
        place = page[-1][0] if more else self.change_seq
        changes = tuple(self._change(at, subject) for at, subject in page)
        included = len(self.facts.get(station_id, []))
        return Pulled(
            cursor=Cursor(epoch=self.epoch, change_seq=place), rows=changes, included_through_seq=included, more=more
        )

    def _change(self, at: int, subject: Subject) -> RowChange:
        row = self.rows.get(subject)
        image = None if row is None else to_image(row)
        parent = None if row is None else row.parent
        return RowChange(row_kind=subject[0], row_id=subject[1], change_seq=at, parent=parent, image=image)
