"""What a station shows when its book cannot be opened or it is not known to the store yet: one sentence, no scans."""

from __future__ import annotations

import flet as ft

from app.domain.scan import Scan
from app.errors import FloorError
from app.workflows.answers import Role
from screens.look import Look
from screens.parts.empty_state import empty_state
from screens.screen import Outcome, Screen
from screens.wording import sentence


class TroubleScreen(Screen):
    """Stays until the station is started again; each scan is answered with the same sentence, and nothing is taken."""

    def __init__(self, trouble: FloorError) -> None:
        self._trouble = trouble

    @property
    def title(self) -> str:
        return "Floorhand"

    def on_open(self) -> None:
        # Nothing that was good before it is good now.
        self.seat.notice = None

    def build(self, look: Look) -> ft.Control:
        said = look.words.text(sentence(self._trouble))
        return empty_state(look, ft.Icons.REPORT_PROBLEM, said, role=Role.WRONG)

    def on_scan(self, scan: Scan) -> Outcome:
        raise self._trouble
