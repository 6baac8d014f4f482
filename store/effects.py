"""What follows from a fact at the store, as a table; and who may have done it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from app.domain.discrepancies import DiscrepancyKind, DiscrepancySettled
from app.domain.facts import Fact, Subject
from app.domain.orders import PartialShipmentAllowed
from app.domain.packing import (
    CartonAbandoned,
    CartonClosed,
    CartonOpened,
    LabelApplied,
    LabelPrinted,
    LabelReprinted,
    PackExceptionFound,
    PackUndone,
    UnitVerified,
)
from app.domain.picking import PickShorted, PickTask, PickUndone, TaskFact, UnitPicked, UnitPlaced
from app.domain.picklists import Picklist, PicklistFact, PicklistFinished, PicklistStarted, PicklistState
from app.domain.returns import (
    MoneyRequested,
    ReturnClosed,
    ReturnItemDisposed,
    ReturnItemIdentified,
    ReturnItemPutAway,
    ReturnReceived,
    ReturnUndone,
)
from app.domain.rows import ROW_TYPES
from app.domain.totes import ToteAssigned, ToteEmptied, ToteLoad
from app.domain.workers import Role, Worker
from app.errors import FloorError, LeaseEnded
from store import effects_pack as pack
from store import effects_pack_exits as exits
from store import effects_pick as pick
from store import effects_remedies as remedies
from store import effects_returns as returns
from store.booking import Booking
from store.orders_on_floor import is_cancelled
from store.past_roles import roles_about
from store.shortfall import is_taken_elsewhere
from store.tables import facts as fact_table
from store.units_to_put_back import follow_packing, follow_pick

EFFECTS: dict[type[Fact], Callable[[Booking, Any], None]] = {
    PicklistStarted: pick.picklist_started,
    PicklistFinished: pick.picklist_finished,
    ToteAssigned: pick.tote_assigned,
    UnitPicked: pick.unit_picked,
    UnitPlaced: pick.unit_placed,
    PickShorted: pick.pick_shorted,
    PickUndone: pick.pick_undone,
    CartonOpened: pack.carton_opened,
    UnitVerified: pack.unit_verified,
    PackUndone: exits.pack_undone,
    CartonClosed: pack.carton_closed,
    CartonAbandoned: pack.carton_abandoned,
    PackExceptionFound: exits.exception_found,
    LabelPrinted: pack.label_step,
    LabelApplied: pack.label_step,
    LabelReprinted: pack.label_step,
    PartialShipmentAllowed: pack.partial_allowed,
    ReturnReceived: returns.return_received,
    ReturnItemIdentified: returns.item_identified,
    ReturnItemDisposed: returns.item_disposed,
    ReturnItemPutAway: returns.item_put_away,
    ReturnUndone: returns.item_undone,
    MoneyRequested: returns.money_requested,
    ReturnClosed: returns.return_closed,
    DiscrepancySettled: remedies.settled,
}

# First part of a fact's wire kind → the role that it takes; a supervisor may everything, and the rest is anybody's.
RIGHTS: dict[str, Role] = {
    "picklist": Role.PICKER,
    "pick": Role.PICKER,
    "carton": Role.PACKER,
    "pack": Role.PACKER,
    "label": Role.PACKER,
    "order": Role.SUPERVISOR,
    "return": Role.RECEIVER,
}
_OF_UNITS = (UnitPicked, UnitPlaced, PickUndone)


def happen(booking: Booking) -> None:
    """Let the fact have happened: its rows move as their tables say, its units move whatever they say, and whatever
    does not fit becomes work for somebody.
    """
    _play(booking)
    effect = EFFECTS.get(type(booking.fact))
    if effect is not None:
        effect(booking, booking.fact)
    if not _say_cancelled(booking) and booking.refused:
        _say_refused(booking)
    _say_not_allowed(booking)


def _play(booking: Booking) -> None:
    fact, book = booking.fact, booking.desk.book
    for subject in fact.subjects():
        row_type = ROW_TYPES[subject[0]]
        before = book.get(row_type, subject[1])
        booking.before[subject] = before
        if isinstance(before, Picklist) and booking.lease_is_stale():
            # Somebody else walks the list now; what this hand did counts, but the list's state is the other's.
            booking.refused[subject] = LeaseEnded()
            continue
        try:
            after = before.after(fact) if before is not None else row_type.born_of(fact)
        except FloorError as refusal:
            booking.refused[subject] = refusal
        except (LookupError, StopIteration):
            # The fact speaks of a line or an item that the row does not have.
            booking.refused[subject] = None
        else:
            if after is None:
                booking.refused[subject] = None
            elif after != before:
                book.put(after)


def _say_cancelled(booking: Booking) -> bool:
    """Units taken or packed for an order that was cancelled meanwhile: put them back."""
    fact = booking.fact
    if isinstance(fact, PicklistFact):
        picklist = booking.now(Picklist, fact.picklist_id)
        if picklist is None or picklist.state is not PicklistState.CANCELLED or not booking.refused:
            return False
        booking.exception = booking.exception or DiscrepancyKind.ORDER_CANCELLED
        return True
    task = booking.now(PickTask, fact.task_id) if isinstance(fact, TaskFact) else None
    order_id = task.order_id if task is not None else getattr(fact, "order_id", None)
    if order_id is None or not is_cancelled(booking, order_id):
        return False
    if task is None:
        follow_packing(booking, order_id)
    if not (isinstance(fact, _OF_UNITS) or booking.refused):
        return False
    if task is not None:
        follow_pick(booking, DiscrepancyKind.ORDER_CANCELLED, task)
    booking.exception = booking.exception or DiscrepancyKind.ORDER_CANCELLED
    return True


def _say_refused(booking: Booking) -> None:
    fact, subject = booking.fact, next(iter(booking.refused))
    if isinstance(fact, ToteEmptied) and booking.now(ToteLoad, fact.tote_load_id) is not None:
        # It is refused only when the load is over: two people saw the same empty tote.
        return
    if isinstance(fact, PackUndone) and booking.exception is DiscrepancyKind.PACK_EXTRA:
        # It is refused because its exit was settled, and what is too much for that is work already.
        return
    task = booking.now(PickTask, fact.task_id) if isinstance(fact, TaskFact) else None
    if task is not None and (
        _worked_elsewhere(booking, (task.row_kind, task.task_id)) or is_taken_elsewhere(booking, task)
    ):
        follow_pick(booking, DiscrepancyKind.DOUBLE_PICK, task)
        return
    of_list = isinstance(fact, PicklistFact | ToteAssigned)
    if booking.lease_is_stale() or (of_list and _worked_elsewhere(booking, subject)):
        booking.does_not_fit(
            DiscrepancyKind.LEASE_LOST,
            subject,
            f"{booking.envelope.lease or subject[1]}-{booking.envelope.station_id}",
            station_id=booking.envelope.station_id,
            picklist_id=getattr(fact, "picklist_id", None),
        )
        return
    booking.does_not_fit(
        DiscrepancyKind.ILLEGAL_STEP,
        subject,
        reason=str(booking.refused[subject] or "not known here"),
        subject=f"{subject[0]}/{subject[1]}",
        product_id=getattr(fact, "product_id", None),
        quantity_each=getattr(fact, "quantity_each", None),
        location_id=task.location_id if task is not None else None,
    )


def _worked_elsewhere(booking: Booking, subject: Subject) -> bool:
    """Whether another station has done something to the row as well."""
    found = booking.desk.connection.scalar(
        select(fact_table.c.seq)
        .where(fact_table.c.warehouse_id == booking.desk.warehouse_id, fact_table.c.subject == "/".join(subject))
        .where(fact_table.c.station_id != booking.envelope.station_id)
        .limit(1)
    )
    return found is not None


def _say_not_allowed(booking: Booking) -> None:
    needed = RIGHTS.get(booking.fact.kind.partition(".")[0])
    if needed is None:
        return
    desk, worker_id = booking.desk, booking.envelope.worker_id
    worker, at_utc = booking.now(Worker, worker_id), booking.happened_at_utc
    if not roles_about(desk.connection, desk.warehouse_id, worker_id, worker, at_utc) & {needed, Role.SUPERVISOR}:
        booking.does_not_fit(
            DiscrepancyKind.NOT_ALLOWED,
            ("worker", worker_id),
            # One conversation with somebody, not one for each scan.
            f"{worker_id}-{needed}",
            needed_role=str(needed),
            station_id=booking.envelope.station_id,
        )
