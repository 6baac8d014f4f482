"""What is true after a campaign, judged from outside: by the store's tables, the stations' books, the pickers' notes.

Everything is computed anew from the texts of the facts; nothing of the store's or the station's own code is asked.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, select

from store.tables import facts, row_scopes, rows, stations
from tests.campaign import goods
from tests.campaign.goods import Fact
from tests.campaign.picker import Acknowledged
from tests.store.w1 import W1

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A station's side of it: its file, and what its picker was told."""

    name: str
    folder: Path
    notes: Sequence[Acknowledged]


@dataclass(slots=True)
class Verdict:
    """Args:
    exceptions: facts that were taken although they fit no open work.
    lost: acknowledged facts that the store does not hold as they were.
    doubled: facts that are held, or have moved units, more than once.
    wrong: everything else that is not as it should be, in words.
    """

    facts: int = 0
    acknowledged: int = 0
    exceptions: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.wrong)


def judge(store: Connection, books: Sequence[Book]) -> Verdict:
    verdict = Verdict()
    held: dict[str, list[Fact]] = {}
    for book in books:
        station_id, head, kept = _own_side(book)
        texts = _chain(store, station_id, head, kept, verdict)
        held[station_id] = [json.loads(text) for text in texts]
        _acknowledged_is_held(book, held[station_id], verdict)
        _agrees_with_the_store(store, book, station_id, verdict)
    verdict.facts = sum(map(len, held.values()))
    moved = goods.moves(held)
    verdict.doubled += goods.moved_again(store, moved)
    verdict.wrong += [
        *goods.moved_otherwise(store, moved),
        *goods.stock_that_differs(store, moved),
        *goods.lines_that_differ(store, held),
    ]
    _exceptions_have_tasks(store, verdict)
    return verdict


def _table(store: Connection, table: Table, *where: Any) -> Sequence[Any]:
    return store.execute(select(table).where(table.c.warehouse_id == W1, *where)).all()


def _own_side(book: Book) -> tuple[str, str, dict[int, str]]:
    """Who the station is, the hash its chain ends in, and the texts that its book still keeps."""
    with sqlite3.connect(f"file:{book.folder / 'book.db'}?mode=ro", uri=True) as file:
        (enrolled,) = file.execute("SELECT value FROM meta WHERE key = 'enrolled'").fetchone()
        kept = file.execute("SELECT seq, text, hash FROM facts ORDER BY seq").fetchall()
    file.close()
    return json.loads(enrolled)["station_id"], kept[-1][2], {seq: text for seq, text, _ in kept}


def _chain(store: Connection, station_id: str, head: str, kept: Mapping[int, str], verdict: Verdict) -> list[str]:
    """The station's texts at the store, in order; both sides must have the very same chain, and nothing beside it."""
    found = store.execute(
        select(facts.c.seq, facts.c.text, facts.c.hash, facts.c.change_seq)
        .where(facts.c.warehouse_id == W1, facts.c.station_id == station_id)
        .order_by(facts.c.seq)
    ).all()
    if [fact.seq for fact in found] != list(range(1, len(found) + 1)):
        verdict.wrong.append(f"{station_id}: a gap in its numbers")
    if [fact.change_seq for fact in found] != sorted(fact.change_seq for fact in found):
        verdict.wrong.append(f"{station_id}: not in its order")
    ends = GENESIS
    for fact in found:
        before, ends = ends, hashlib.sha256(bytes.fromhex(ends) + fact.text.encode()).hexdigest()
        if ends != fact.hash or json.loads(fact.text)["prev_hash"] != before:
            verdict.wrong.append(f"{station_id}: fact {fact.seq} hangs on no other")
    if ends != head or len(found) != max(kept):
        verdict.wrong.append(
            f"{station_id}: {len(found)} facts are held, its book ends at {max(kept)} with another hash"
        )
    texts = {fact.seq: fact.text for fact in found}
    verdict.wrong += [f"{station_id}: another text {seq}" for seq, text in kept.items() if texts.get(seq) != text]
    known = store.execute(
        select(stations.c.held_through_seq, stations.c.last_hash).where(stations.c.station_id == station_id)
    ).one()
    if (known.held_through_seq, known.last_hash) != (len(found), ends):
        verdict.wrong.append(f"{station_id}: the store thinks that it ends elsewhere")
    return [fact.text for fact in found]


def _acknowledged_is_held(book: Book, held: Sequence[Fact], verdict: Verdict) -> None:
    for note in book.notes:
        if note.through_seq < note.after_seq:
            verdict.lost.append(f"{book.name}: {note.through_seq} came after {note.after_seq} had been acknowledged")
            continue
        verdict.acknowledged += note.through_seq - note.after_seq
        if note.through_seq > len(held):
            verdict.lost.append(f"{book.name}: facts {len(held) + 1} to {note.through_seq}")
        there = held[note.after_seq : note.through_seq]
        said = [fact for fact in there if fact["kind"] == note.kind and note.body.items() <= fact["body"].items()]
        if note.kind and not said:
            verdict.lost.append(f"{book.name}: {note}, and held is {[fact['kind'] for fact in there]}")


def _agrees_with_the_store(store: Connection, book: Book, station_id: str, verdict: Verdict) -> None:
    """After a last pull the station's rows are the store's, each of its scopes' and no other."""
    with sqlite3.connect(f"file:{book.folder / 'book.db'}?mode=ro", uri=True) as file:
        here = {
            (kind, row_id): _as_both_know_it(json.loads(image))
            for kind, row_id, image in file.execute(
                "SELECT row_kind, row_id, coalesce(view, held) FROM rows WHERE coalesce(view, held) IS NOT NULL"
            )
        }
    file.close()
    scopes = store.scalars(select(stations.c.scopes).where(stations.c.station_id == station_id)).one()
    columns = (rows.c.row_kind, rows.c.row_id)
    at_store = store.execute(
        select(*columns, rows.c.image)
        .join(
            row_scopes,
            (row_scopes.c.warehouse_id == rows.c.warehouse_id)
            & (row_scopes.c.row_kind == rows.c.row_kind)
            & (row_scopes.c.row_id == rows.c.row_id),
        )
        .where(rows.c.warehouse_id == W1, rows.c.deleted.is_(False))
        .where(row_scopes.c.present.is_(True), row_scopes.c.scope.in_(scopes))
    )
    there = {(row.row_kind, row.row_id): _as_both_know_it(row.image) for row in at_store}
    for name in sorted(here.keys() | there.keys()):
        if here.get(name) != there.get(name):
            verdict.wrong.append(f"{book.name}: {name} is {here.get(name)} here, {there.get(name)} at the store")


def _as_both_know_it(image: dict[str, Any]) -> dict[str, Any]:
    """Without what a station's book seals by a secret of its device."""
    return {name: value for name, value in image.items() if name != "pin_hash"}


def _exceptions_have_tasks(store: Connection, verdict: Verdict) -> None:
    """Whatever was taken although it fits no open work is work for somebody now."""
    work = [row.image for row in _table(store, rows, rows.c.row_kind == "discrepancy")]
    about = {(one["kind"], one["about"][1]) for one in work if one["state"] == "open"}
    verdict.exceptions = sum(1 for fact in _table(store, facts) if fact.outcome.get("exception"))
    for fact in _table(store, facts, facts.c.kind == "pick.unit_picked"):
        exception = fact.outcome.get("exception")
        task_id = json.loads(fact.text)["body"]["task_id"]
        if exception and not {name for kind, name in about if kind == exception and name == task_id}:
            verdict.wrong.append(f"{fact.station_id} {fact.seq}: {exception} of {task_id} is nobody's task")
    verdict.wrong += [
        f"{fact.station_id} {fact.seq}: {fact.outcome}"
        for fact in _table(store, facts)
        if fact.outcome["verdict"] not in ("accepted", "accepted_with_exception")
    ]
