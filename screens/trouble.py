"""What a station shows when its book cannot be opened or it is not known to the store yet: one sentence, no scans."""

from __future__ import annotations

from collections.abc import Callable

import flet as ft

from app.domain.codes import CodeKind, Command, printed
from app.domain.scan import Scan
from app.errors import FloorError
from app.workflows.answers import Role
from screens.look import Look
from screens.parts.empty_state import empty_state
from screens.screen import Action, Outcome, Screen
from screens.wording import sentence

OK = printed(CodeKind.COMMAND, Command.OK)


class TroubleScreen(Screen):
    """Stays until the station is started again, or somebody sets the damaged book aside; each other scan is answered
    with the same sentence, and nothing is taken.

    Args:
        set_aside: makes room for a new book, where that is the way out.
    """

    def __init__(self, trouble: FloorError, *, set_aside: Callable[[], None] | None = None) -> None:
        self._trouble = trouble
        self._set_aside = set_aside

    @property
    def rests(self) -> bool:
        return True

    @property
    def title(self) -> str:
        return "Floorhand"

    def on_open(self) -> None:
        # Nothing that was good before it is good now.
        self.seat.notice = None

    def actions(self) -> tuple[Action, ...]:
        if self._set_aside is None:
            return ()
        icon = ft.Icons.DRIVE_FILE_MOVE
        return (Action(key="trouble.set_aside", icon=icon, on_tap=self._set_aside, role=Role.CAUTION),)

    def build(self, look: Look) -> ft.Control:
        said = look.words.text(sentence(self._trouble))
        hint = look.say("trouble.way_out") if self._set_aside else ""
        return empty_state(look, ft.Icons.REPORT_PROBLEM, said, hint=hint, role=Role.WRONG)

    def on_scan(self, scan: Scan) -> Outcome:
        if self._set_aside is not None and scan.text.strip() == OK:
            return self._set_aside()
        raise self._trouble
