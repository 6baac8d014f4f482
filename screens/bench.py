"""A bench: a screen over one view of its workflow, looked up once a change and drawn when the book or a job moves."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from typing import Generic, TypeVar

import flet as ft

from app.domain.printing import PrinterLamp
from app.errors import FloorError
from app.workflows.answers import Answer
from screens.screen import Screen
from screens.theme import GAP
from screens.visit import Visit

V = TypeVar("V")


class BenchScreen(Screen, Generic[V]):
    """What the packing bench and the returns bench have in common."""

    place: str
    """Its entry's name, to which this window comes back."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._ends: list[Callable[[], None]] = []
        self._due = False
        self._seen: V | None = None

    @abstractmethod
    def _sit_down(self) -> None:
        """Make the workflow; `self.seat` is set."""

    @abstractmethod
    def _look_up(self) -> V:
        """The workflow's view, out of the rows."""

    def _tend(self) -> Answer | None:
        """What the workflow does by itself when the book or a job has moved."""
        return None

    def on_open(self) -> None:
        self._sit_down()
        self._visit.door.at(self.place)
        station = self._visit.station
        self._ends = [station.ledger.on_change(self._soon), station.jobs.on_job(self._soon)]
        self._soon()

    def on_close(self) -> None:
        for end in self._ends:
            end()
        self._ends = []

    def back(self) -> Screen | None:
        home = self._visit.door.home()
        return None if isinstance(home, type(self)) else home

    def _view(self) -> V:
        """What is shown; looked up once between two acts or changes of the book, since each piece of a redraw asks."""
        if self._seen is None:
            self._seen = self._look_up()
        return self._seen

    def _act(self, act: Callable[[], Answer | None]) -> Callable[[], Answer | None]:
        """An act of the worker; what is shown is looked up anew after it, whatever came of it."""

        def done() -> Answer | None:
            try:
                return act()
            finally:
                self._seen = None

        return done

    def _lamp(self) -> PrinterLamp:
        station = self._visit.station
        if station.printing is None or not station.printer_id:
            return PrinterLamp.MISSING
        return station.printing.lamp(station.printer_id).lamp

    def _soon(self) -> None:
        """The book or a job has changed; several changes of one moment count once."""
        self._seen = None
        if not self._due:
            self._due = True
            asyncio.get_running_loop().call_soon(self._moved)

    def _moved(self) -> None:
        self._due = False
        if self.seat.screen is not self:
            return
        try:
            answer = self._act(self._tend)()
        except FloorError as error:
            self.seat.say_error(error)
            return
        if answer is not None:
            self.seat.say(answer)
        else:
            self.seat.redraw()


def two_sides(left: list[ft.Control], right: list[ft.Control], *, right_share: int = 5) -> ft.Control:
    """What there is on the left, what is done now on the right; each side scrolls by itself."""
    sides: list[ft.Control] = [_side(left, 5), _side(right, right_share)]
    return ft.Row(expand=True, spacing=2 * GAP, vertical_alignment=ft.CrossAxisAlignment.START, controls=sides)


def _side(controls: list[ft.Control], share: int) -> ft.Control:
    return ft.Column(
        expand=share,
        spacing=GAP,
        scroll=ft.ScrollMode.AUTO,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=controls,
    )
