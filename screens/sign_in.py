"""The door as it is seen: a badge to scan, then a keypad for the PIN."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import flet as ft

from app.domain.scan import Scan
from app.workflows.answers import Answer, Prompt, Role, Sentence
from app.workflows.sign_in import PIN_DIGITS_MAX, SignIn, Stage
from screens.look import Look
from screens.parts.banner import banner
from screens.parts.quantity_pad import COMMANDS, DELETE, Kind, Pad, quantity_pad
from screens.screen import Action, Outcome, Screen
from screens.station import Station
from screens.theme import HEADING, NAME


class SignInScreen(Screen):
    """Badge and PIN of one seat; `on_in` shows what comes behind the door.

    Digits that a keyboard types are the PIN only at its Enter: until then they may be a scanner's.
    """

    def __init__(self, sign_in: SignIn, station: Station, on_in: Callable[[], None]) -> None:
        self._sign_in = sign_in
        self._station = station
        self._on_in = on_in
        self._answer: Outcome = None
        self._pad = Pad(on_ok=self._entered, kind=Kind.PIN, longest=PIN_DIGITS_MAX)

    @property
    def hides_keys(self) -> bool:
        return self._sign_in.stage is Stage.PIN

    @property
    def rests(self) -> bool:
        return self._sign_in.stage is Stage.BADGE

    @property
    def title(self) -> Sentence | str:
        worker = self._sign_in.worker
        return worker.name if worker and self._sign_in.stage is Stage.PIN else self._station.settings.name

    def prompt(self, look: Look) -> Prompt | None:
        return self._sign_in.prompt()

    def actions(self) -> tuple[Action, ...]:
        if self._sign_in.stage is not Stage.PIN:
            return ()
        return (Action(key="sign_in.not_me", icon=ft.Icons.PERSON_OFF, on_tap=self._not_me),)

    def build(self, look: Look) -> ft.Control:
        if self._sign_in.stage is not Stage.PIN:
            return self._badge_asked(look)
        pad = quantity_pad(look, self._pad, self._press)
        return ft.Container(pad, expand=True, alignment=ft.Alignment.CENTER)

    def on_scan(self, scan: Scan) -> Outcome:
        text = scan.text.strip()
        key = COMMANDS.get(text.upper())
        if self._sign_in.stage is Stage.PIN and key is not None:
            return self._not_me() if key == DELETE and not self._pad.digits else self._key(key)
        if self._sign_in.stage is Stage.PIN and text.isascii() and text.isdigit():
            self._pad.digits = ""
        return self._judged(self._sign_in.take(scan))

    def _badge_asked(self, look: Look) -> ft.Control:
        accent = look.theme.accent
        keeping = self._station.keeping()
        caution = keeping.caution if keeping is not None else None
        badge = ft.Container(
            expand=True,
            alignment=ft.Alignment.CENTER,
            content=ft.Column(
                tight=True,
                spacing=20,
                horizontal_alignment=ft.CrossAxisAlignment.CENTER,
                controls=[
                    ft.Container(
                        width=148,
                        height=148,
                        border_radius=74,
                        bgcolor=accent.ground,
                        alignment=ft.Alignment.CENTER,
                        content=ft.Icon(ft.Icons.BADGE, size=84, color=accent.ink),
                    ),
                    look.body("Floorhand", size=HEADING + 8, bold=True),
                    look.quiet(self._station.warehouse_name, size=NAME, lines=1),
                ],
            ),
        )
        if caution is None:
            return badge
        return ft.Column(expand=True, controls=[banner(look, Role.CAUTION, look.words.text(caution)), badge])

    def _press(self, key: str) -> None:
        self.seat.tap(f"pad-{key}-{len(self._pad.digits)}", lambda: self._key(key))

    def _key(self, key: str) -> Outcome:
        """One key of the pad; on OK the answer to the whole PIN."""
        self._answer = None
        self._pad.press(key)
        return self._answer

    def _entered(self, digits: str) -> None:
        self._answer = self._judged(self._sign_in.pin(digits))

    def _not_me(self) -> Answer:
        self._pad.digits = ""
        return self._taken(self._sign_in.back())

    async def _judged(self, judging: Awaitable[Answer]) -> Answer:
        return self._taken(await judging)

    def _taken(self, answer: Answer) -> Answer:
        # Two entries may be judged one after the other: what the first has opened is not opened again.
        if self._sign_in.stage is Stage.IN and self.seat.screen is self:
            self._on_in()
        return answer
