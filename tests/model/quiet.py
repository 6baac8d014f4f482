"""After the storm: the network heals, clocks are set, nobody does anything new; in bounded time all must agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.model import invariants as hold
from tests.model.station import Station

if TYPE_CHECKING:
    from tests.model.walk import Walk

QUIET_S = 120.0
"""After healing everything is settled within this: the longest pause of a session, and a poll, several times over."""
TURN_S = 0.05


def quiet(walk: Walk) -> float:
    """How many seconds it took until everything was settled, with no new write.

    Raises:
        Broken: something is still owed after `QUIET_S`, or somebody sees otherwise than the store.
    """
    _heal(walk)
    healed_s = walk.time.now_s
    while not _settled(walk):
        if walk.time.now_s - healed_s > QUIET_S:
            owing = [station.station_id for station in walk.stations if not _is_settled(walk, station)]
            hold.i8_the_queue_drains(owing or ["the network"], QUIET_S)
        _settle(walk)
    for station in walk.stations:
        walk.witness.quiet(station.station_id, station.book)
    walk.witness.all_quiet()
    walk.network.met.update(walk.witness.counted())
    return walk.time.now_s - healed_s


def _heal(walk: Walk) -> None:
    walk.cut.clear()
    walk.store.book.disk.fate = None
    walk.store.clock.off_s = 0.0
    walk.store.starts()
    for station in walk.stations:
        station.book.disk.fate = None
        station.jump(0.0)
        station.stops_working()
        if station.app_version < walk.weather.app_min:
            station.upgrade()
    walk.weather.clears()
    for work in walk.office.at_last():
        walk.store.submit(work)


def _settle(walk: Walk) -> None:
    """Everything that is on its way arrives, late requests of the storm too; then time passes until there is more."""
    pause_s = min(station.tick() for station in walk.stations)
    busy = bool(walk.network.flying or walk.store.queue)
    while walk.network.flying or walk.store.queue:
        walk.arrive()
        walk.store.write()
    walk.time.now_s += TURN_S if busy else max(TURN_S, min(pause_s, 5.0))
    walk.store.answer_polls()


def _settled(walk: Walk) -> bool:
    return not (walk.network.flying or walk.store.queue) and all(_is_settled(walk, one) for one in walk.stations)


def _is_settled(walk: Walk, station: Station) -> bool:
    book = station.book
    included = book.included_through_seq == book.last_seq == book.held_through_seq
    return included and not book.fetching and not walk.store.book.news(station.station_id, book.cursor())
