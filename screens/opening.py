"""Opens a window of the station: a seat of its own, kept in step with the book and the courier while it is open."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from app.domain.scan import Scan
from app.ports import Clock, Link
from screens.event_types import remember_event_types
from screens.look import Look
from screens.parts.chime import PageChime
from screens.screen import Screen
from screens.seat import KeyAssembler, Lamp, Seat
from screens.shell import open_shell
from screens.station import Station
from screens.window import Window
from screens.wording import Wording


class OpenSeats:
    """The windows that are open now; a device that belongs to no window asks here whose scan it is."""

    def __init__(self) -> None:
        self._seats: list[Seat] = []

    def add(self, seat: Seat) -> None:
        self._seats = [one for one in self._seats if one.screen is not None and one.seat_id != seat.seat_id] + [seat]

    def take(self, scan: Scan) -> None:
        """Hand a scan to the window that was used last; without an open window there is nobody to answer it."""
        open_now = [one for one in self._seats if one.screen is not None]
        if open_now:
            max(open_now, key=lambda one: one.last_touch_ms).take(scan)


def open_window(
    page: ft.Page,
    window: Window,
    *,
    station: Station,
    wedge: KeyAssembler,
    first_screen: Callable[[Seat], Screen],
) -> Seat:
    """Draw a page that has just connected, at the place where its seat was before."""

    def lamp() -> Lamp:
        state = station.store.state()
        return Lamp(link=state.link, owed=station.ledger.owed_count(), since=station.said_time(state.since_utc))

    seat = _seat(
        page, window, words=station.words[station.settings.language], wedge=wedge, clock=station.clock, lamp=lamp
    )
    _follow(seat, station)
    seat.show(first_screen(seat))
    return seat


def open_trouble(
    page: ft.Page, window: Window, *, words: Wording, wedge: KeyAssembler, clock: Clock, screen: Screen
) -> None:
    """Draw a page of a station that cannot work."""
    lamp = Lamp(link=Link.OFFLINE, owed=0, since=words.time(clock.now_utc().astimezone()))
    _seat(page, window, words=words, wedge=wedge, clock=clock, lamp=lambda: lamp).show(screen)


def _seat(
    page: ft.Page,
    window: Window,
    *,
    words: Wording,
    wedge: KeyAssembler,
    clock: Clock,
    lamp: Callable[[], Lamp],
) -> Seat:
    remember_event_types()
    seat = Seat(
        page=page,
        seat_id=window.seat_id,
        look=Look(words=words),
        wedge=wedge,
        chime=PageChime(page),
        clock=clock,
        lamp=lamp,
    )
    open_shell(seat)
    window.on_keys_dropped(seat.keys_dropped)
    window.text_typed = seat.text_typed
    window.at_rest = lambda: seat.at_rest
    return seat


def _follow(seat: Seat, station: Station) -> None:
    """Redraw the seat when the book, the link or a printer's lamp changes; several changes of one moment count once."""
    loop = seat.page.loop
    due = False

    def soon() -> None:
        nonlocal due
        if not due:
            due = True
            loop.call_soon(now)

    def now() -> None:
        nonlocal due
        due = False
        if seat.screen is None:
            for end in ends:
                end()
            return
        seat.redraw()

    ends = [station.ledger.on_change(soon), station.store.on_state(soon)]
    if station.printing is not None:
        ends.append(station.printing.on_lamp(soon))
