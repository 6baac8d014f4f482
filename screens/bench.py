"""A bench: a screen over one view of its workflow, looked up once a change and drawn when the book or a job moves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import tzinfo
from typing import Any, Generic, Protocol, TypeVar

import flet as ft

from app.domain.printing import PrinterLamp
from app.errors import FloorError
from app.ports import Clock, Ledger, PrintJobs, Tone
from app.workflows.answers import Answer, Prompt
from screens.look import Look
from screens.parts.empty_state import empty_state
from screens.screen import Screen
from screens.theme import GAP
from screens.visit import Visit

# Below this width of the window there is one column: what is asked now, and the rest below it.
ONE_COLUMN_BELOW_DP = 700
# Below this height nothing is centred between top and bottom.
LOW_BELOW_DP = 560
INVITES_DP = 264


class BenchWork(Protocol):
    """One seat's workflow at a bench, as its screen makes and asks it."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        jobs: PrintJobs,
        clock: Clock,
        worker_id: str,
        seat_id: str,
        zone: tzinfo,
        printer_id: str,
    ) -> None: ...

    def view(self) -> Any:
        """Everything that the screen shows."""

    def greet(self) -> Answer | None:
        """What somebody who comes to this seat must know."""


W = TypeVar("W", bound=BenchWork)
V = TypeVar("V")


class BenchScreen(Screen, Generic[W, V]):
    """What the packing bench and the returns bench have in common: a workflow `W`, and its view `V`."""

    place: str
    """Its entry's name, to which this window comes back."""
    workflow: type[W]
    """Made anew each time somebody sits down."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        self._ends: list[Callable[[], None]] = []
        self._due = False
        self._seen: V | None = None
        self._cared = False
        self._greet: Callable[[], Answer | None] = _nothing

    def _tend(self) -> Answer | None:
        """What the workflow does by itself when the book or a job has moved."""
        return None

    def on_open(self) -> None:
        station = self._visit.station
        self._work = self.workflow(
            ledger=station.ledger,
            jobs=station.jobs,
            clock=station.clock,
            worker_id=self._visit.worker.worker_id,
            seat_id=self.seat.seat_id,
            zone=station.zone,
            printer_id=station.printer_id,
        )
        self._visit.door.at(self.place)
        self._ends = [station.ledger.on_change(self._soon), station.jobs.on_job(self._soon)]
        if station.printing is not None:
            self._ends.append(station.printing.on_lamp(self._soon))
        self._greet = self._work.greet
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
            self._seen = self._work.view()
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
            answer = self._act(self._tend)() or self._greet()
        except FloorError as error:
            self.seat.say_error(error)
            return
        # Greeted once, and after the answer to the scan that led here.
        self._greet = _nothing
        if answer is not None:
            self.seat.say(answer)
        else:
            self.seat.redraw()
        self._sound_care(self.prompt(self.seat.look))

    def _sound_care(self, prompt: Prompt | None) -> None:
        """What has to be seen to is heard once, when it begins."""
        cares = prompt is not None and prompt.care is not None
        if cares and not self._cared:
            self.seat.chime.play(Tone.CAUTION)
        self._cared = cares


def _nothing() -> None:
    return None


def column_dp(look: Look) -> float:
    """How wide one column of a bench is, without the padding around it."""
    return (look.width if look.width < ONE_COLUMN_BELOW_DP else look.width / 2) - 2 * GAP


def invitation(
    look: Look, icon: ft.IconData, text: str, *, hint: str = "", below: list[ft.Control] | None = None
) -> ft.Control:
    """What an empty bench asks for, and below it what else there is; in a low window all of it scrolls."""
    invites = empty_state(look, icon, text, hint=hint)
    rest = ft.Container(
        width=min(600, look.width - 2 * GAP),
        content=ft.Column(
            tight=True, spacing=GAP, horizontal_alignment=ft.CrossAxisAlignment.STRETCH, controls=below or []
        ),
    )
    low = look.height < LOW_BELOW_DP
    return ft.Column(
        expand=True,
        spacing=GAP,
        scroll=ft.ScrollMode.AUTO if low else None,
        horizontal_alignment=ft.CrossAxisAlignment.CENTER,
        controls=[ft.Container(invites, height=INVITES_DP) if low else ft.Container(invites, expand=True), rest],
    )


def two_sides(
    look: Look,
    left: list[ft.Control],
    right: list[ft.Control],
    *,
    right_share: int = 5,
    left_first: bool = False,
) -> ft.Control:
    """What there is on the left, what is done now on the right; each side scrolls by itself.

    In a narrow window they are one column, and what is done now is on top unless `left_first`.
    """
    if look.width < ONE_COLUMN_BELOW_DP:
        return _side([*left, *right] if left_first else [*right, *left], 1)
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
