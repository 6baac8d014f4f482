"""The whole shift on one page, from a handset's width to a wall's: cut-offs on top, below them up to three columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import partial

import flet as ft

from app.domain.board import Board, ListProgress, OpenException, StationStanding
from app.domain.workers import Role
from screens.look import Look
from screens.parts.age import said_since
from screens.parts.cutoff_card import cutoff_card
from screens.parts.exception_row import LONG_S, exception_row
from screens.parts.list_row import list_row
from screens.parts.pace_chart import pace_chart
from screens.parts.people_row import WIDE_FROM_DP, people_head, people_row
from screens.parts.section import SECTION_PAD, nothing, ruled, section
from screens.parts.station_row import SILENT_S, station_row
from screens.parts.zone_meter import zone_meter
from screens.theme import GAP

SIDE_DP, LEFT_DP = 400, 420
THREE_COLUMNS_FROM_DP = 1500
CARD_DP = 280
REASSIGNABLE = frozenset({"released", "leased", "in_progress", "paused"})
_ORDER = ("in_progress", "paused", "leased", "released")


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What is drawn.

    Args:
        board: the store's picture; people read it in `zone`.
        now_utc: the store's clock, going on from the board's own moment while the store is away.
        about: what an exception concerns, in the names that this station knows.
        on_reassign, on_settle: the supervisor's acts on a picklist's and on an exception's id.
    """

    board: Board
    now_utc: datetime
    zone: tzinfo
    about: Callable[[OpenException], str]
    on_reassign: Callable[[str], None]
    on_settle: Callable[[str], None]


def floor_picture(look: Look, floor: Floor) -> ft.Control:
    """The picture. Wide, each column scrolls on its own; on a handset all of it does."""
    room = look.width - 2 * GAP
    if not look.wide:
        return _column(
            [
                *_cards(look, floor, room),
                _exceptions(look, floor),
                _lists(look, floor, room),
                _people(look, floor, room),
                _zones(look, floor),
                _pace(look, floor, room),
                _stations(look, floor),
            ]
        )
    side = _column([_exceptions(look, floor), _stations(look, floor)], width=SIDE_DP)
    if look.width >= THREE_COLUMNS_FROM_DP:
        left = _column([_zones(look, floor), _pace(look, floor, LEFT_DP)], width=LEFT_DP)
        middle = room - LEFT_DP - SIDE_DP - 2 * GAP
        columns = [left, _column([_lists(look, floor, middle), _people(look, floor, middle)]), side]
    else:
        middle = room - SIDE_DP - GAP
        half = (middle - GAP) / 2
        both = ft.Row(
            spacing=GAP,
            vertical_alignment=ft.CrossAxisAlignment.START,
            controls=[
                ft.Container(_zones(look, floor), expand=True),
                ft.Container(_pace(look, floor, half), expand=True),
            ],
        )
        columns = [_column([both, _lists(look, floor, middle), _people(look, floor, middle)]), side]
    across = ft.Row(expand=True, spacing=GAP, vertical_alignment=ft.CrossAxisAlignment.STRETCH, controls=columns)
    return ft.Column(expand=True, spacing=GAP, controls=[*_cards(look, floor, room), across])


def _column(controls: Sequence[ft.Control], *, width: float | None = None) -> ft.Control:
    return ft.Column(
        width=width,
        expand=width is None,
        spacing=GAP,
        scroll=ft.ScrollMode.AUTO,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=list(controls),
    )


def _cards(look: Look, floor: Floor, room: float) -> list[ft.Control]:
    cutoffs = floor.board.cutoffs
    if not cutoffs:
        return [section(look, ft.Icons.LOCAL_SHIPPING, look.say("supervisor.no_cutoffs"), [])]
    today = floor.now_utc.astimezone(floor.zone)
    a_row = max(1, min(len(cutoffs), int(room // CARD_DP)))
    cards = [ft.Container(cutoff_card(look, one, floor.zone, today), expand=True) for one in cutoffs]
    # The last row is filled up, so that a card is as wide as the one above it.
    cards += [ft.Container(expand=True) for _ in range(-len(cards) % a_row)]
    return [ft.Row(spacing=GAP, controls=list(cards[at : at + a_row])) for at in range(0, len(cards), a_row)]


def _zones(look: Look, floor: Floor) -> ft.Control:
    zones = floor.board.zones
    rows: list[ft.Control] = [zone_meter(look, zone) for zone in zones]
    if not rows:
        rows = [nothing(look, ft.Icons.GRID_VIEW, look.say("supervisor.no_zones"))]
    return section(look, ft.Icons.GRID_VIEW, look.say("supervisor.zones"), rows)


def _pace(look: Look, floor: Floor, room: float) -> ft.Control:
    pace = floor.board.pace
    drawn = (
        pace_chart(look, pace, floor.zone, room - 2 * SECTION_PAD)
        if any(hour.lines for hour in pace)
        else nothing(look, ft.Icons.BAR_CHART, look.say("supervisor.no_lines"))
    )
    return section(look, ft.Icons.BAR_CHART, look.say("supervisor.pace"), [drawn])


def _exceptions(look: Look, floor: Floor) -> ft.Control:
    found = sorted(floor.board.exceptions, key=lambda one: one.raised_at_utc)
    rows = [
        exception_row(
            look,
            one,
            floor.about(one),
            said_since(look, one.raised_at_utc, floor.now_utc),
            floor.now_utc - one.raised_at_utc > timedelta(seconds=LONG_S),
            partial(floor.on_settle, one.discrepancy_id) if one.addressee == Role.SUPERVISOR else None,
        )
        for one in found
    ]
    if not rows:
        rows = [nothing(look, ft.Icons.CHECK_CIRCLE, look.say("supervisor.no_exceptions"))]
    count = str(len(found)) if found else ""
    return section(look, ft.Icons.FLAG, look.say("supervisor.exceptions"), ruled(look, rows), count=count)


def _lists(look: Look, floor: Floor, room: float) -> ft.Control:
    names = {person.worker_id: person.name for person in floor.board.people}
    inside = room - 2 * SECTION_PAD
    found = sorted(floor.board.picklists, key=_place)
    rows = [
        list_row(
            look,
            one,
            names.get(one.worker_id or "", ""),
            look.words.time(one.ship_by_utc.astimezone(floor.zone)),
            inside,
            partial(floor.on_reassign, one.picklist_id) if one.state in REASSIGNABLE else None,
        )
        for one in found
    ]
    if not rows:
        rows = [nothing(look, ft.Icons.LIST_ALT, look.say("supervisor.no_lists"))]
    count = str(len(found)) if found else ""
    return section(look, ft.Icons.LIST_ALT, look.say("supervisor.lists"), ruled(look, rows), count=count, spacing=8)


def _place(one: ListProgress) -> tuple[int, datetime, str]:
    """Lists that somebody walks first, then by cut-off; what is picked already last."""
    rank = _ORDER.index(one.state) if one.state in _ORDER else len(_ORDER)
    return rank, one.ship_by_utc, one.picklist_id


def _people(look: Look, floor: Floor, room: float) -> ft.Control:
    names = {station.station_id: station.name for station in floor.board.stations}
    inside = room - 2 * SECTION_PAD
    found = sorted(floor.board.people, key=lambda one: (one.doing in (None, "away"), one.name))
    rows = [
        people_row(
            look,
            one,
            names.get(one.station_id or "", ""),
            said_since(look, one.last_fact_at_utc, floor.now_utc),
            inside,
        )
        for one in found
    ]
    if not rows:
        rows = [nothing(look, ft.Icons.GROUPS, look.say("supervisor.no_people"))]
    elif inside >= WIDE_FROM_DP:
        rows = [people_head(look), *rows]
    here = sum(one.doing not in (None, "away") for one in found)
    count = f"{here} / {len(found)}" if found else ""
    return section(look, ft.Icons.GROUPS, look.say("supervisor.people"), ruled(look, rows), count=count, spacing=8)


def _stations(look: Look, floor: Floor) -> ft.Control:
    rows = [_station(look, floor, one) for one in floor.board.stations]
    if not rows:
        rows = [nothing(look, ft.Icons.DEVICES, look.say("supervisor.no_stations"))]
    return section(look, ft.Icons.DEVICES, look.say("supervisor.stations"), ruled(look, rows))


def _station(look: Look, floor: Floor, one: StationStanding) -> ft.Control:
    silent = one.last_seen_utc is None or floor.now_utc - one.last_seen_utc > timedelta(seconds=SILENT_S)
    since = look.words.time(one.owed_since_utc.astimezone(floor.zone)) if one.owed_since_utc else "–"
    seen = said_since(look, one.last_seen_utc, floor.now_utc)
    return station_row(look, one.name, one.kind, seen, silent, one.owed_count, since)
