"""The whole shift on one page, from a handset's width to a wall's: cut-offs on top, below them up to four columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import partial

import flet as ft

from app.domain.board import Board, OpenException, Person, StationStanding
from app.workflows.board_rows import BoardRows
from screens.look import Look
from screens.parts.age import said_seen, said_since
from screens.parts.board_scroll import CARDS, BoardScroll, Part
from screens.parts.cutoff_card import cutoff_card
from screens.parts.exception_row import LONG_S, exception_row
from screens.parts.list_row import list_row
from screens.parts.number_cap import answer_cap
from screens.parts.pace_chart import pace_chart
from screens.parts.people_row import WIDE_FROM_DP, people_head, people_row
from screens.parts.section import SECTION_PAD, nothing, ruled, section
from screens.parts.station_row import SILENT_S, station_row
from screens.parts.zone_meter import zone_meter
from screens.theme import GAP

CARD_DP = 280
# From so many dp on: the columns, and what stands in each from top to bottom; 0 dp of width shares what is left.
LAYOUTS: tuple[tuple[float, tuple[tuple[float, tuple[Part, ...]], ...]], ...] = (
    (
        1700,
        (
            (350, (Part.ZONES, Part.PACE, Part.FOOT)),
            (480, (Part.LISTS,)),
            (0, (Part.PEOPLE, Part.STATIONS)),
            (380, (Part.EXCEPTIONS,)),
        ),
    ),
    (
        1200,
        (
            (0, (Part.LISTS,)),
            (0, (Part.PEOPLE, Part.ZONES, Part.PACE)),
            (0, (Part.EXCEPTIONS, Part.STATIONS, Part.FOOT)),
        ),
    ),
    (
        840,
        (
            (0, (Part.LISTS, Part.PEOPLE)),
            (0, (Part.EXCEPTIONS, Part.STATIONS, Part.ZONES, Part.PACE, Part.FOOT)),
        ),
    ),
)
HANDSET = (Part.EXCEPTIONS, Part.LISTS, Part.PEOPLE, Part.STATIONS, Part.ZONES, Part.PACE, Part.FOOT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Floor:
    """What is drawn.

    Args:
        board: the store's picture; people read it in `zone`.
        now_utc: the store's clock, going on from the board's own moment while the store is away.
        rows: the numbers by which rows are chosen, and the one that is being typed.
        scroll: moves the columns.
        about: what an exception concerns, in the names that this station knows.
        on_reassign, on_settle: the supervisor's acts on a picklist's and on an exception's id.
        foot: stands below the last section.
    """

    board: Board
    now_utc: datetime
    zone: tzinfo
    rows: BoardRows
    scroll: BoardScroll
    about: Callable[[OpenException], str]
    on_reassign: Callable[[str], None]
    on_settle: Callable[[str], None]
    foot: ft.Control


def floor_picture(look: Look, floor: Floor) -> ft.Control:
    """The picture. Wide, each column scrolls on its own; on a handset all of it does."""
    room = look.width - 2 * GAP
    if not look.wide:
        parts = [(part, _drawn(look, floor, part, room)) for part in HANDSET]
        return floor.scroll.column([(Part.CUTOFFS, _cards(look, floor, room)), *parts])
    columns = next(columns for from_dp, columns in LAYOUTS if look.width >= from_dp)
    shared = sum(not width for width, _ in columns)
    share = (room - sum(width for width, _ in columns) - GAP * (len(columns) - 1)) / shared
    drawn = [
        floor.scroll.column([(part, _drawn(look, floor, part, width or share)) for part in parts], width=width or None)
        for width, parts in columns
    ]
    across = ft.Row(expand=True, spacing=GAP, vertical_alignment=ft.CrossAxisAlignment.STRETCH, controls=drawn)
    return ft.Column(expand=True, spacing=GAP, controls=[_cards(look, floor, room), across])


def _drawn(look: Look, floor: Floor, part: Part, room: float) -> ft.Control:
    return _DRAWN[part](look, floor, room - 2 * SECTION_PAD)


def _cap(look: Look, floor: Floor, part: Part) -> ft.Control:
    return answer_cap(look, CARDS.index(part) + 1, pressed=look.wide and floor.scroll.part is part)


def _cards(look: Look, floor: Floor, room: float) -> ft.Control:
    cutoffs = floor.board.cutoffs
    if not cutoffs:
        return section(look, ft.Icons.LOCAL_SHIPPING, look.say("supervisor.no_cutoffs"), [])
    # Midnight and not this minute: the cards are drawn anew once a day for it.
    today = floor.now_utc.astimezone(floor.zone).date()
    a_row = max(1, min(len(cutoffs), int(room // CARD_DP)))
    cards = [ft.Container(cutoff_card(look, one, floor.zone, today), expand=True) for one in cutoffs]
    # The last row is filled up, so that a card is as wide as the one above it.
    cards += [ft.Container(expand=True) for _ in range(-len(cards) % a_row)]
    rows = [ft.Row(spacing=GAP, controls=list(cards[at : at + a_row])) for at in range(0, len(cards), a_row)]
    return ft.Column(spacing=GAP, controls=list(rows))


def _zones(look: Look, floor: Floor, room: float) -> ft.Control:
    rows: list[ft.Control] = [zone_meter(look, zone) for zone in floor.board.zones]
    if not rows:
        rows = [nothing(look, ft.Icons.GRID_VIEW, look.say("supervisor.no_zones"))]
    return section(look, ft.Icons.GRID_VIEW, look.say("supervisor.zones"), rows)


def _pace(look: Look, floor: Floor, room: float) -> ft.Control:
    pace = floor.board.pace
    drawn = (
        pace_chart(look, pace, floor.zone, room)
        if any(hour.lines for hour in pace)
        else nothing(look, ft.Icons.BAR_CHART, look.say("supervisor.no_lines"))
    )
    return section(look, ft.Icons.BAR_CHART, look.say("supervisor.pace"), [drawn])


def _exceptions(look: Look, floor: Floor, room: float) -> ft.Control:
    chosen = floor.rows.chosen
    rows = [
        exception_row(
            look,
            one,
            floor.rows.number(one.discrepancy_id),
            one == chosen,
            floor.about(one),
            said_since(look, one.raised_at_utc, floor.now_utc),
            floor.now_utc - one.raised_at_utc > timedelta(seconds=LONG_S),
            partial(floor.on_settle, one.discrepancy_id) if one.for_the_supervisor else None,
        )
        for one in floor.board.waiting
    ]
    count = str(len(rows)) if rows else ""
    if not rows:
        rows = [nothing(look, ft.Icons.CHECK_CIRCLE, look.say("supervisor.no_exceptions"))]
    cap = _cap(look, floor, Part.EXCEPTIONS)
    return section(look, ft.Icons.FLAG, look.say("supervisor.exceptions"), ruled(look, rows), count=count, cap=cap)


def _lists(look: Look, floor: Floor, room: float) -> ft.Control:
    names = {person.worker_id: person.name for person in floor.board.people}
    chosen = floor.rows.chosen
    rows = [
        list_row(
            look,
            one,
            floor.rows.number(one.picklist_id),
            one == chosen,
            names.get(one.worker_id or "", ""),
            look.words.time(one.ship_by_utc.astimezone(floor.zone)),
            room,
            partial(floor.on_reassign, one.picklist_id) if one.can_be_given_on else None,
        )
        for one in floor.board.lists
    ]
    count = str(len(rows)) if rows else ""
    if not rows:
        rows = [nothing(look, ft.Icons.LIST_ALT, look.say("supervisor.no_lists"))]
    title, cap = look.say("supervisor.lists"), _cap(look, floor, Part.LISTS)
    return section(look, ft.Icons.LIST_ALT, title, ruled(look, rows), count=count, spacing=8, cap=cap)


def _people(look: Look, floor: Floor, room: float) -> ft.Control:
    stations = {station.station_id: station.name for station in floor.board.stations}
    found = sorted(floor.board.people, key=lambda one: (one.doing in (None, "away"), one.name))
    rows = [
        people_row(
            look,
            one,
            _does(look, floor, one, stations.get(one.station_id or "", "")),
            said_since(look, one.last_fact_at_utc, floor.now_utc),
            room,
        )
        for one in found
    ]
    if not rows:
        rows = [nothing(look, ft.Icons.GROUPS, look.say("supervisor.no_people"))]
    elif room >= WIDE_FROM_DP:
        rows = [people_head(look), *rows]
    here = sum(one.doing not in (None, "away") for one in found)
    count = f"{here} / {len(found)}" if found else ""
    title, cap = look.say("supervisor.people"), _cap(look, floor, Part.PEOPLE)
    return section(look, ft.Icons.GROUPS, title, ruled(look, rows), count=count, spacing=8, cap=cap)


def _does(look: Look, floor: Floor, one: Person, where: str) -> str:
    """What somebody does, on which list, where; a list is named as on its row."""
    number = floor.rows.number(one.picklist_id) if one.picklist_id else None
    on_list = look.say("supervisor.list_number", number=number) if number else ""
    return " · ".join(part for part in (look.say(f"supervisor.doing_{one.doing or 'away'}"), on_list, where) if part)


def _stations(look: Look, floor: Floor, room: float) -> ft.Control:
    rows = [_station(look, floor, one) for one in floor.board.stations]
    if not rows:
        rows = [nothing(look, ft.Icons.DEVICES, look.say("supervisor.no_stations"))]
    title, cap = look.say("supervisor.stations"), _cap(look, floor, Part.STATIONS)
    return section(look, ft.Icons.DEVICES, title, ruled(look, rows), spacing=8, cap=cap)


def _station(look: Look, floor: Floor, one: StationStanding) -> ft.Control:
    silent = one.last_seen_utc is None or floor.now_utc - one.last_seen_utc > timedelta(seconds=SILENT_S)
    since = look.words.time(one.owed_since_utc.astimezone(floor.zone)) if one.owed_since_utc else "–"
    seen = said_seen(look, one.last_seen_utc, floor.now_utc)
    if one.revoked_at_utc is not None:
        silent, seen = True, look.say("supervisor.revoked")
    return station_row(look, one.name, one.kind, seen, silent, one.owed_count, since)


_DRAWN: dict[Part, Callable[[Look, Floor, float], ft.Control]] = {
    Part.EXCEPTIONS: _exceptions,
    Part.LISTS: _lists,
    Part.PEOPLE: _people,
    Part.STATIONS: _stations,
    Part.ZONES: _zones,
    Part.PACE: _pace,
    Part.FOOT: lambda _look, floor, _room: floor.foot,
}
