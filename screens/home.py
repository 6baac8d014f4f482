"""Home: what this worker can start at this station."""

from __future__ import annotations

from functools import partial

import flet as ft

from app.domain.codes import Command, identify
from app.domain.scan import Scan
from app.domain.workers import Role as WorkerRole
from app.workflows.answers import Answer, Prompt, Sentence
from screens.look import Look
from screens.parts.choice_button import choice_button
from screens.parts.empty_state import empty_state
from screens.parts.number_cap import number_cap
from screens.parts.section import in_the_middle
from screens.screen import Action, Outcome, Screen
from screens.station_setup import set_up
from screens.theme import GAP
from screens.visit import Entry, Visit

# No choice is farther from its number than this.
CHOICES_DP = 720


class HomeScreen(Screen):
    """A choice of entries, by a tap or by its number, scanned or typed; GET WORK begins picking without one."""

    def __init__(self, visit: Visit, entries: tuple[Entry, ...]) -> None:
        self._visit = visit
        self._entries = entries

    @property
    def rests(self) -> bool:
        return True

    @property
    def title(self) -> Sentence | str:
        return self._visit.station.settings.name

    def on_open(self) -> None:
        self._visit.door.at("")

    def prompt(self, look: Look) -> Prompt | None:
        return Prompt(sentence=Sentence("home.choose"), expects=frozenset({"command"})) if self._entries else None

    def actions(self) -> tuple[Action, ...]:
        return (
            Action(key="sign_in.sign_out", icon=ft.Icons.LOGOUT, on_tap=self._visit.door.sign_out),
            set_up(self._visit),
        )

    def build(self, look: Look) -> ft.Control:
        if not self._entries:
            hint = look.say("home.nothing_hint")
            return empty_state(look, ft.Icons.DO_NOT_DISTURB_ON, look.say("home.nothing"), hint=hint)
        choices = ft.Column(
            expand=True,
            spacing=GAP,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            controls=[
                choice_button(
                    look,
                    key=f"home.{entry.name}",
                    icon=entry.icon,
                    text=look.say(f"home.{entry.name}"),
                    on_click=partial(self.seat.tap, f"home.{entry.name}", partial(self._tapped, entry)),
                    trailing=number_cap(look, number),
                )
                for number, entry in enumerate(self._entries, start=1)
            ],
        )
        return in_the_middle(look, choices, widest_dp=CHOICES_DP)

    def on_scan(self, scan: Scan) -> Outcome:
        answer = self._visit.door.scanned(scan)
        if answer is not None:
            return answer
        code = identify(scan)
        picking = next((entry for entry in self._entries if entry.role is WorkerRole.PICKER), None)
        if code.command is Command.GET_WORK and picking is not None:
            return self._open(picking).on_scan(scan)
        if code.number is not None and 1 <= code.number <= len(self._entries):
            self._open(self._entries[code.number - 1])
            return None
        return Answer.wrong("shell.not_here")

    def _tapped(self, entry: Entry) -> None:
        self._open(entry)

    def _open(self, entry: Entry) -> Screen:
        screen = entry.open(self._visit, "")
        self.seat.show(screen)
        return screen
