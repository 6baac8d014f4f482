"""Who this station is has to be said to the store anew: what happened, and a code to scan or to type."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import flet as ft

from app.domain.codes import CodeKind, Command, printed
from app.domain.scan import Scan
from app.workflows.answers import Answer, Prompt, Role, Sentence
from screens.look import Look
from screens.parts.empty_state import empty_state
from screens.parts.text_entry import text_entry
from screens.screen import Action, Outcome, Screen
from screens.theme import GAP

CODE = re.compile(r"[0-9A-Z]{4,40}")
BACK = printed(CodeKind.COMMAND, Command.BACK)
PREFIX = printed(CodeKind.ENROLMENT, "0").removesuffix("0")


class EnrolmentScreen(Screen):
    """Stays until the store has taken a code; what is kept here is kept, whatever it answers.

    Args:
        enrol: makes this device a station with a code.
        why: one sentence for whoever stands here.
        then: shows what comes next; the station itself does when None.
        back: where somebody goes who has no code.
        code: one that is at hand, and is tried at once.
    """

    def __init__(
        self,
        enrol: Callable[[str], Awaitable[None]],
        *,
        why: Sentence,
        then: Callable[[], Screen] | None = None,
        back: Callable[[], Screen] | None = None,
        code: str = "",
    ) -> None:
        self._enrol = enrol
        self._why = why
        self._then = then
        self._back = back
        self._typed = self._at_hand = code
        self._asking = False

    @property
    def title(self) -> Sentence | str:
        return Sentence("enrolment.title")

    def back(self) -> Screen | None:
        return self._back() if self._back is not None else None

    def on_open(self) -> None:
        # Once: it is used up by then, or somebody sees why it was not.
        code, self._at_hand = self._at_hand, ""
        if code:
            self.seat.do(lambda: self._take(code))

    def on_close(self) -> None:
        self.seat.resume_keys("code")

    def prompt(self, look: Look) -> Prompt | None:
        return Prompt(sentence=Sentence("enrolment.scan_code"), expects=frozenset({CodeKind.ENROLMENT}))

    def actions(self) -> tuple[Action, ...]:
        ready = bool(self._typed.strip()) and not self._asking
        go_on = Action(
            key="enrolment.go_on", icon=ft.Icons.ARROW_FORWARD, on_tap=self._tapped, role=Role.GO, enabled=ready
        )
        return (go_on,)

    def build(self, look: Look) -> ft.Control:
        said = look.words.text(self._why)
        state = empty_state(
            look, ft.Icons.VPN_KEY, said, hint=look.say("enrolment.hint"), crowded=True, busy=self._asking
        )
        entry = text_entry(
            look,
            self.seat,
            name="code",
            label=look.say("enrolment.code"),
            value=self._typed,
            on_change=self._type,
            on_submit=lambda text: self.seat.tap("code", lambda: self._take(text)),
        )
        stretch = ft.CrossAxisAlignment.STRETCH
        return ft.Column(expand=True, spacing=GAP, horizontal_alignment=stretch, controls=[state, entry])

    def on_scan(self, scan: Scan) -> Outcome:
        if scan.text.strip() == BACK:
            return self.seat.go_back()
        return self._take(scan.text)

    def _type(self, text: str) -> None:
        self._typed = text
        self.seat.redraw()

    def _tapped(self) -> Outcome:
        return self._take(self._typed)

    def _take(self, text: str) -> Outcome:
        code = text.strip().upper().removeprefix(PREFIX)
        if self._asking:
            return None
        if not CODE.fullmatch(code):
            return Answer.wrong("enrolment.no_code")
        return self._ask(code)

    async def _ask(self, code: str) -> Answer:
        self._asking = True
        self.seat.redraw()
        try:
            await self._enrol(code)
        finally:
            self._asking = False
            self.seat.redraw()
        if self._then is not None:
            self.seat.show(self._then())
        return Answer.good("enrolment.done")
