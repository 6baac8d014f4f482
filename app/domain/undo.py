"""What undo takes back on a walk: the newest act that still stands, and what it leads back to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.domain.facts import FACT_TYPES
from app.domain.picking import (
    LocationConfirmed,
    PickShorted,
    PickSkipped,
    PickState,
    PickTask,
    PickUndone,
    TaskFact,
    UnitPicked,
    UnitPlaced,
)
from app.domain.rows import from_image
from app.domain.totes import ToteFilled, ToteReopened

History = Sequence[tuple[int, str, Mapping[str, Any]]]
"""(seq, wire kind, body), newest first, as `Ledger.last_facts` gives it."""

_KINDS = frozenset(kind.kind for kind in (LocationConfirmed, UnitPicked, UnitPlaced, PickShorted, PickSkipped))


def undone(
    history: History, tasks: Mapping[str, PickTask], full_load_ids: Collection[str] = ()
) -> tuple[PickUndone | ToteReopened, ...]:
    """The facts that take back the newest act on `tasks` that is not taken back yet; none when there is none.

    A place that was confirmed along with another act is taken back together with that act.

    Args:
        history: the station's newest facts; acts that are older than it cannot be undone here.
        tasks: the open list's tasks by id.
        full_load_ids: totes that were said to be full and whose slot has no other one: such a word is an act too.
    """
    live = _standing(history, tasks, full_load_ids)
    if not live:
        return ()
    (seq, newest), *older = live
    acts = [(seq, newest)]
    if isinstance(newest, LocationConfirmed) and newest.along:
        # Both were one deed. What was done along with it may be gone, when the store cancelled its order.
        acts += [(before, act) for before, act in older[:1] if before == seq - 1]
    return tuple(_negation(seq, act, live) for seq, act in acts)


def _standing(
    history: History, tasks: Mapping[str, PickTask], full_load_ids: Collection[str]
) -> list[tuple[int, TaskFact | ToteFilled]]:
    """Acts on these tasks and totes that nobody took back, newest first."""
    negated: set[int] = set()
    acts: list[tuple[int, TaskFact | ToteFilled]] = []
    for seq, kind, body in history:
        load_id = str(body.get("tote_load_id"))
        if kind == ToteFilled.kind and load_id in full_load_ids:
            acts.append((seq, ToteFilled(tote_load_id=load_id)))
        if body.get("task_id") not in tasks:
            continue
        if kind == PickUndone.kind:
            negated.add(int(body["negates_seq"]))
        elif kind in _KINDS and seq not in negated:
            act = from_image(FACT_TYPES[kind], body)
            assert isinstance(act, TaskFact)
            acts.append((seq, act))
    return acts


def _negation(
    seq: int, act: TaskFact | ToteFilled, live: Sequence[tuple[int, TaskFact | ToteFilled]]
) -> PickUndone | ToteReopened:
    if isinstance(act, ToteFilled):
        return ToteReopened(tote_load_id=act.tote_load_id)
    older = (other for at, other in live if at < seq)
    before = next((one for one in older if isinstance(one, TaskFact) and one.task_id == act.task_id), None)
    restores: PickState | None = None
    if before is None:
        restores = PickState.OPEN
    elif isinstance(before, PickSkipped):
        restores = PickState.POSTPONED
    elif isinstance(act, PickSkipped):
        restores = PickState.AT_LOCATION
    undo = PickUndone(task_id=act.task_id, negates_seq=seq, negates_kind=act.kind)
    match act:
        case UnitPicked():
            return replace(undo, quantity_each=act.quantity_each, lot=act.lot, serial=act.serial)
        case UnitPlaced():
            load_id, line_id = act.tote_load_id, act.line_id
            return replace(undo, quantity_each=act.quantity_each, tote_load_id=load_id, line_id=line_id, lot=act.lot)
        case PickShorted():
            return replace(undo, quantity_each=act.missing_each, restores=restores)
        case PickSkipped():
            return replace(undo, quantity_each=act.times, restores=restores)
    return replace(undo, restores=restores)
