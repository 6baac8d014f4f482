"""One stop of a walk, at arm's length: the place, the thing, how many, the tote."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from functools import partial

import flet as ft

from app.domain.codes import Command, identify
from app.domain.picking import PickTask, ShortReason
from app.domain.products import Product
from app.domain.scan import Scan
from app.domain.walk import Stage, Walk
from app.errors import LeaseEnded
from app.workflows.answers import Answer, Prompt, Role, Sentence
from app.workflows.pick import DIGITS_MAX, Pick
from screens.look import Look
from screens.parts.choice_button import choice_button
from screens.parts.empty_state import empty_state
from screens.parts.quantity_pad import DELETE, OK, Pad, quantity_pad
from screens.parts.stop_view import all_done, stop_view
from screens.screen import Action, Outcome, Screen
from screens.visit import Visit

REASONS: tuple[tuple[ShortReason, ft.IconData], ...] = (
    (ShortReason.NONE, ft.Icons.CHECK_BOX_OUTLINE_BLANK),
    (ShortReason.FEWER, ft.Icons.EXPOSURE_MINUS_1),
    (ShortReason.DAMAGED, ft.Icons.BROKEN_IMAGE),
    (ShortReason.WRONG_ITEM, ft.Icons.CHANGE_CIRCLE),
    (ShortReason.OUT_OF_REACH, ft.Icons.HEIGHT),
    (ShortReason.EXPIRED, ft.Icons.EVENT_BUSY),
)


class Mode(StrEnum):
    """What stands between bar and strip."""

    WALK = "walk"
    REASONS = "reasons"
    KEYS = "keys"


class PickScreen(Screen):
    """Walks one list. `after` makes the screen that comes when it is over, or has gone away."""

    def __init__(self, visit: Visit, pick: Pick, after: Callable[[], Screen]) -> None:
        self._visit = visit
        self._pick = pick
        self._after = after
        self._mode = Mode.WALK
        self._pad = Pad(on_ok=lambda _digits: None, longest=DIGITS_MAX)

    @property
    def title(self) -> Sentence | str:
        return self._pick.picklist_id

    def on_open(self) -> None:
        self._visit.door.at(f"pick/{self._pick.picklist_id}")

    def back(self) -> Screen | None:
        return self._after()

    def progress(self) -> tuple[int, int] | None:
        walk = self._walk()
        return (walk.settled_count, len(walk.tasks)) if walk else None

    def prompt(self, look: Look) -> Prompt | None:
        if self._walk() is None:
            return Prompt(sentence=Sentence("work.scan_get"), expects=frozenset({"command"}))
        if self._mode is Mode.REASONS:
            return Prompt(sentence=Sentence("pick.why_short"), expects=frozenset({"command"}))
        return self._pick.prompt()

    def actions(self) -> tuple[Action, ...]:
        walk = self._walk()
        if walk is None:
            return (Action(key="work.get", icon=ft.Icons.DOWNLOAD, on_tap=self._leave, role=Role.GO),)
        if self._mode is not Mode.WALK:
            return (Action(key="pick.back", icon=ft.Icons.ARROW_BACK, on_tap=partial(self._turn, Mode.WALK)),)
        undo = Action(key="pick.undo", icon=ft.Icons.UNDO, on_tap=self._pick.undo)
        if walk.here is None:
            return (undo, Action(key="pick.finish", icon=ft.Icons.FLAG, on_tap=self._finish, role=Role.GO))
        more = len(walk.left) > 1 and not walk.here.in_hand_each
        return (
            Action(key="pick.short", icon=ft.Icons.REMOVE_CIRCLE, on_tap=partial(self._turn, Mode.REASONS)),
            Action(key="pick.skip", icon=ft.Icons.SKIP_NEXT, on_tap=self._pick.skip, enabled=more),
            undo,
            Action(key="pick.keys", icon=ft.Icons.DIALPAD, on_tap=partial(self._turn, Mode.KEYS)),
        )

    def build(self, look: Look) -> ft.Control:
        walk = self._walk()
        if walk is None:
            return empty_state(look, ft.Icons.SWAP_HORIZ, look.say("work.taken_back"))
        task = walk.here
        if task is None:
            return all_done(look, walk)
        if self._mode is Mode.REASONS:
            return self._reasons(look)
        if self._mode is Mode.KEYS:
            return self._keys(look, walk, task)
        return stop_view(look, walk, task, self._visit.station.ledger.get(Product, task.product_id))

    def on_scan(self, scan: Scan) -> Outcome:
        elsewhere = self._visit.door.scanned(scan)
        if elsewhere is not None:
            return elsewhere
        if self._walk() is None or self._wants_more_work(scan):
            return self._go_on(scan)
        command = identify(scan).command
        if command is Command.FINISH:
            return self._finish()
        if self._mode is Mode.KEYS and command is Command.BACK and not self._pick.typed:
            self._turn(Mode.WALK)
            return None
        answer = self._pick.scan(scan)
        if command is None or command.digit is None:
            self._mode = Mode.WALK
        return answer

    def _wants_more_work(self, scan: Scan) -> bool:
        """GET WORK at the end of a walk also finishes it."""
        walk = self._walk()
        return identify(scan).command is Command.GET_WORK and walk is not None and walk.here is None

    def _go_on(self, scan: Scan) -> Outcome:
        if self._walk() is not None:
            self._pick.finish()
        screen = self._after()
        self.seat.show(screen)
        return screen.on_scan(scan)

    def _finish(self) -> Answer:
        answer = self._pick.finish()
        if answer.role is Role.GO:
            self.seat.show(self._after())
        return answer

    def _leave(self) -> None:
        self.seat.show(self._after())

    def _turn(self, mode: Mode) -> None:
        self._mode = mode
        self._pad.digits = ""
        self._pick.clear()

    def _walk(self) -> Walk | None:
        """The list as it stands; None once it is no longer this station's."""
        try:
            return self._pick.walk()
        except LeaseEnded:
            return None

    # -- the other faces ----------------------------------------------------------------------------------------------

    def _reasons(self, look: Look) -> ft.Control:
        return ft.Column(
            expand=True,
            spacing=8,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            controls=[
                choice_button(
                    look,
                    key=f"short-{reason}",
                    icon=icon,
                    text=look.say(f"pick.short_{reason}"),
                    on_click=partial(self.seat.tap, f"short-{reason}", partial(self._short, reason)),
                )
                for reason, icon in REASONS
            ],
        )

    def _short(self, reason: ShortReason) -> Answer:
        self._mode = Mode.WALK
        return self._pick.short(reason)

    def _keys(self, look: Look, walk: Walk, task: PickTask) -> ft.Control:
        self._pad.digits = self._pick.typed
        of = task.quantity_each - task.missing_each if walk.stage is Stage.ITEM else 0
        return ft.Container(
            expand=True, alignment=ft.Alignment.CENTER, content=quantity_pad(look, self._pad, self._press, of=of)
        )

    def _press(self, key: str) -> None:
        self.seat.tap(f"pad-{key}-{len(self._pick.typed)}", partial(self._key, key))

    def _key(self, key: str) -> Answer | None:
        if key == OK:
            answer = self._pick.ok()
            self._mode = Mode.WALK if answer.role is Role.GO else self._mode
            return answer
        if key == DELETE:
            self._pick.delete_digit()
            return None
        self._pick.digit(int(key))
        return None
