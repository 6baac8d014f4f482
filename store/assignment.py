"""Who walks which picklist: leases, given on request, ended by a supervisor and never by silence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus

from app.domain.orders import Order, OrderState
from app.domain.picklists import Picklist, PicklistState
from app.domain.workers import Role, Worker
from store.desk import Desk
from store.stranded import FLOOR, given_on
from store.turned_away import TurnedAway

LEASE_LIFE = timedelta(hours=10)
AHEAD_EACH = 2

_A_COLLEAGUES = 3
_BEGUN = frozenset({PicklistState.IN_PROGRESS, PicklistState.PAUSED})
_ASSIGNABLE = frozenset({PicklistState.RELEASED, PicklistState.LEASED, *_BEGUN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Args:
    current: the list to walk now; None when there is none.
    picklist_ids: that one and those ahead, all leased to the station.
    elsewhere: lists that this worker has begun at another station, to be had by taking them over.
    """

    current: str | None
    picklist_ids: tuple[str, ...]
    elsewhere: tuple[str, ...]


def get_work(desk: Desk, station_id: str, worker_id: str, *, take_over: bool) -> Work:
    """Lease a worker's next lists to their station: the current one and two ahead.

    The rules in order: mine in progress, mine not started, unassigned; within each by priority, then by cut-off. A list
    that another station has is left to it; one that the same worker began there is had with `take_over` alone. What
    this station holds for a colleague is left to them while there is anything else: they may be walking it already,
    and the station still owes the fact that says so. What a colleague has begun and paused there is not given at all:
    the station holds it, and asks whoever wants to go on with it.

    Raises:
        TurnedAway: 409, the worker may not pick.
    """
    _worker_with(desk, worker_id, Role.PICKER)
    open_lists = [one for one in desk.book.in_scope(Picklist, FLOOR) if one.state in _ASSIGNABLE]
    elsewhere = [
        one
        for one in open_lists
        if one.worker_id == worker_id and one.station_id not in (None, station_id) and one.state in _BEGUN
    ]
    ranked: list[tuple[int, int, datetime, str, Picklist]] = []
    for one in open_lists:
        rank = _rank(one, station_id, worker_id)
        if rank is None and take_over and one in elsewhere:
            rank = 0
        if rank is not None:
            ranked.append((rank, -one.priority, one.ship_by_utc, one.picklist_id, one))
    ranked.sort(key=lambda place: place[:4])
    best = [place for place in ranked if place[0] != _A_COLLEAGUES] or ranked
    chosen = [one for *_, one in best[: 1 + AHEAD_EACH]]
    for one in chosen:
        _lease(desk, one, station_id, worker_id)
    ids = tuple(one.picklist_id for one in chosen)
    left = tuple(one.picklist_id for one in elsewhere if one.picklist_id not in ids)
    return Work(current=ids[0] if ids else None, picklist_ids=ids, elsewhere=left)


def reassign(desk: Desk, picklist_id: str, *, by_worker_id: str, to_worker_id: str | None, reason: str) -> None:
    """Break a list's lease and give the list to somebody, or back to everybody. What is picked of it stays picked.

    Facts that the old station still owes are taken all the same; its lease's epoch tells them apart.

    Raises:
        TurnedAway: 409, the asker is no supervisor, the other no picker, or the list is not open any more.
    """
    _worker_with(desk, by_worker_id, Role.SUPERVISOR)
    if to_worker_id is not None:
        _worker_with(desk, to_worker_id, Role.PICKER)
    picklist = desk.book.get(Picklist, picklist_id)
    if picklist is None or picklist.state not in _ASSIGNABLE:
        raise TurnedAway(HTTPStatus.CONFLICT, f"the picklist {picklist_id} is not open")
    given_on(desk, picklist)
    desk.book.put(
        replace(
            picklist,
            state=PicklistState.RELEASED,
            station_id=None,
            worker_id=to_worker_id,
            epoch=picklist.epoch + 1,
            lease_until_utc=None,
        )
    )
    for slot in picklist.slots:
        desk.note(
            slot.order_id,
            "picklist.reassigned",
            picklist_id=picklist_id,
            by_worker_id=by_worker_id,
            from_station_id=picklist.station_id,
            to_worker_id=to_worker_id,
            why=reason,
        )


def as_reply(work: Work) -> Mapping[str, object]:
    return {
        "current": work.current,
        "picklist_ids": list(work.picklist_ids),
        "elsewhere": list(work.elsewhere),
    }


def _rank(one: Picklist, station_id: str, worker_id: str) -> int | None:
    mine, here = one.worker_id == worker_id, one.station_id == station_id
    if one.station_id is not None and not here:
        return None
    if mine:
        return 0 if one.state in _BEGUN else 1
    if one.state in _BEGUN:
        return None
    if here:
        return _A_COLLEAGUES
    return 2 if one.worker_id is None else None


def _lease(desk: Desk, one: Picklist, station_id: str, worker_id: str) -> None:
    if (one.station_id, one.worker_id) == (station_id, worker_id):
        return
    if one.station_id is not None:
        given_on(desk, one)
    # A list that was begun goes on as a paused one; its next walker resumes it.
    state = PicklistState.PAUSED if one.state in _BEGUN else PicklistState.LEASED
    desk.book.put(
        replace(
            one,
            state=state,
            station_id=station_id,
            worker_id=worker_id,
            epoch=one.epoch + 1,
            lease_until_utc=desk.now_utc + LEASE_LIFE,
        )
    )
    for slot in one.slots:
        order = desk.book.get(Order, slot.order_id)
        if order is not None and order.state is OrderState.ALLOCATED:
            desk.book.put(replace(order, state=OrderState.PICKING))
            desk.note(slot.order_id, "order.picking", picklist_id=one.picklist_id, worker_id=worker_id)


def _worker_with(desk: Desk, worker_id: str, role: Role) -> Worker:
    worker = desk.book.get(Worker, worker_id)
    if worker is None:
        raise TurnedAway(HTTPStatus.CONFLICT, f"nobody here is called {worker_id}")
    if not worker.roles & {role, Role.SUPERVISOR}:
        raise TurnedAway(HTTPStatus.CONFLICT, f"{worker_id} has not the role {role}")
    return worker
