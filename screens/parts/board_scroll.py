"""Moves the board by scanning alone: an answer card leads to a section, SKIP turns its column over, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from functools import partial

import flet as ft

from screens.theme import GAP

# So much of a page is turned over at once: the row at the edge is seen on both pages.
TURN = 0.8
SCROLL_MS = 150


class Part(StrEnum):
    """A piece of a column."""

    EXCEPTIONS = "exceptions"
    LISTS = "lists"
    PEOPLE = "people"
    STATIONS = "stations"
    ZONES = "zones"
    PACE = "pace"
    CUTOFFS = "cutoffs"
    FOOT = "foot"


# The section that each answer card leads to.
CARDS = (Part.EXCEPTIONS, Part.LISTS, Part.PEOPLE, Part.STATIONS)


class BoardScroll:
    """Where each column stands. Lives in the screen and survives its redraws, each of which draws the columns anew."""

    def __init__(self) -> None:
        self.part = Part.LISTS
        self._columns: dict[Part, ft.Column] = {}
        self._heads: dict[Part, Part] = {}
        self._seen: dict[Part, tuple[float, float, float]] = {}

    def column(self, parts: Sequence[tuple[Part, ft.Control]], *, width: float | None = None) -> ft.Control:
        """A column of sections that scrolls; as wide as there is room when `width` is None."""
        head = parts[0][0]
        column = ft.Column(
            width=width,
            expand=width is None,
            spacing=GAP,
            scroll=ft.ScrollMode.AUTO,
            scroll_interval=100,
            on_scroll=partial(self._scrolled, head),
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            controls=[ft.Container(section, key=_key(part)) for part, section in parts],
        )
        self._columns |= {part: column for part, _ in parts}
        self._heads |= {part: head for part, _ in parts}
        return column

    async def to(self, part: Part, *, still: bool) -> None:
        """Show a section from its head on; SKIP goes on from there."""
        self.part = part
        if part in self._columns:
            duration = 0 if still else SCROLL_MS
            await self._columns[part].scroll_to(scroll_key=_key(part), duration=duration)

    async def turn(self, *, height: float, still: bool) -> None:
        """One page on in the column of the section that was shown last; after its end from the top again.

        Args:
            height: of the window; how high the column is, is known once it has been scrolled.
        """
        column = self._columns.get(self.part)
        if column is None:
            return
        offset, end, page = self._seen.get(self._heads[self.part], (0.0, 1.0, height / 2))
        duration = 0 if still else SCROLL_MS
        if offset >= end:
            await column.scroll_to(offset=0, duration=duration)
        else:
            await column.scroll_to(delta=page * TURN, duration=duration)

    def _scrolled(self, head: Part, event: ft.OnScrollEvent) -> None:
        self._seen[head] = event.pixels, event.max_scroll_extent - 1, event.viewport_dimension


def _key(part: Part) -> ft.ScrollKey:
    return ft.ScrollKey(part.value)  # type: ignore[call-arg]
