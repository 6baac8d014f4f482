"""One stop of a walk, at arm's length: the place, the thing, how many, the tote."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from functools import partial

import flet as ft

from app.domain.codes import CodeKind, Command, identify, printed
from app.domain.picking import PickTask, ShortReason
from app.domain.products import Product
from app.domain.scan import Scan
from app.domain.walk import Stage, Walk
from app.errors import LeaseEnded, LedgerTrouble
from app.workflows.answers import Answer, Prompt, Role, Sentence
from app.workflows.pick import DIGITS_MAX, Pick
from app.workflows.pick_exits import may_be_said
from screens.look import Look
from screens.parts.camera_view import CameraScanner, camera_view
from screens.parts.choice_button import choice_tile
from screens.parts.empty_state import empty_state
from screens.parts.quantity_pad import DELETE, OK, Kind, Pad, quantity_pad
from screens.parts.stop_view import all_done, seen_by_camera, stop_view
from screens.screen import Action, Outcome, Screen
from screens.theme import GAP, TOUCH
from screens.visit import Visit

log = logging.getLogger("floorhand.pick")

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
    CAMERA = "camera"


CAMERA_DP, CAMERA_LOW_DP = 264, 160


class PickScreen(Screen):
    """Walks one list. `after` makes the screen that comes when it is over, or has gone away."""

    def __init__(self, visit: Visit, pick: Pick, after: Callable[[], Screen]) -> None:
        self._visit = visit
        self._pick = pick
        self._after = after
        self._mode = Mode.WALK
        self._pad = Pad(on_ok=lambda _digits: None, longest=DIGITS_MAX)
        self._camera: CameraScanner | None = None

    @property
    def title(self) -> Sentence | str:
        return self._pick.picklist_id

    def on_open(self) -> None:
        self._visit.door.at(f"pick/{self._pick.picklist_id}")

    def on_close(self) -> None:
        self._close_camera()

    def back(self) -> Screen | None:
        return self._after()

    def on_back(self) -> None:
        """Left for now: whoever asks for work at this station may go on with it."""
        try:
            self._pick.pause()
        except LeaseEnded:
            return
        except LedgerTrouble as trouble:
            # The next scan says so; nobody is kept in a walk by a book that cannot be written.
            log.warning("walk_not_paused picklist=%s reason=%s", self._pick.picklist_id, trouble)

    def progress(self) -> tuple[int, int] | None:
        walk = self._walk()
        return (walk.settled_count, len(walk.tasks)) if walk else None

    def prompt(self, look: Look) -> Prompt | None:
        if self._walk() is None:
            return Prompt(sentence=Sentence("work.scan_get"), expects=frozenset({"command"}))
        if self._mode is Mode.REASONS:
            asked = "pick.why_short" if self._may_say_all() else "pick.why_short_from_afar"
            return Prompt(sentence=Sentence(asked), expects=frozenset({"command"}))
        prompt = self._pick.prompt()
        if self._mode is Mode.KEYS and prompt.steps:
            return replace(
                prompt, sentence=Sentence("pick.type_digits" if "bin" in prompt.expects else "pick.type_count")
            )
        return prompt

    def actions(self) -> tuple[Action, ...]:
        walk = self._walk()
        if walk is None:
            return (Action(key="work.get", icon=ft.Icons.DOWNLOAD, on_tap=self._leave, role=Role.GO),)
        if self._mode is not Mode.WALK:
            return (Action(key="pick.back", icon=ft.Icons.ARROW_BACK, on_tap=partial(self._turn, Mode.WALK)),)
        undo = Action(key="pick.undo", icon=ft.Icons.UNDO, on_tap=self._pick.undo)
        if walk.here is None:
            return (undo, Action(key="pick.finish", icon=ft.Icons.FLAG, on_tap=self._finish, role=Role.GO))
        skip = Action(
            key="pick.skip",
            icon=ft.Icons.SKIP_NEXT,
            on_tap=self._pick.skip,
            enabled=len(walk.left) > 1 and not walk.here.in_hand_each,
        )
        # Nothing is skipped with units in the hand: there the place is free for what can be the matter then.
        full = Action(key="pick.full", icon=ft.Icons.INVENTORY_2, on_tap=self._pick.finish)
        return (
            Action(key="pick.short", icon=ft.Icons.REMOVE_CIRCLE, on_tap=partial(self._turn, Mode.REASONS)),
            full if walk.load_in_hand else skip,
            undo,
            Action(
                key="pick.keys",
                icon=ft.Icons.DIALPAD,
                on_tap=partial(self._turn, Mode.KEYS),
                enabled=walk.stage is not Stage.TOTE,
            ),
        )

    def build(self, look: Look) -> ft.Control:
        walk = self._walk()
        if walk is None:
            return empty_state(look, ft.Icons.SWAP_HORIZ, look.say("work.taken_back"))
        task = walk.here
        if task is None:
            return all_done(look, walk)
        if self._mode is Mode.REASONS:
            return self._reasons(look, task)
        if self._mode is Mode.KEYS:
            return self._keys(look, walk, task)
        product = self._visit.station.ledger.get(Product, task.product_id)
        if self._mode is Mode.CAMERA and self._camera is not None:
            self._camera.looks.expect(self._expected(walk, task, product))
            seen, height = seen_by_camera(look, walk, task, product), CAMERA_LOW_DP if look.low else CAMERA_DP
            return ft.Column(expand=True, spacing=8, controls=[seen, camera_view(look, self._camera, height=height)])
        return stop_view(look, walk, task, product, camera=self._camera_button(look))

    def on_scan(self, scan: Scan) -> Outcome:
        elsewhere = self._visit.door.scanned(scan)
        if elsewhere is not None:
            return elsewhere
        if self._walk() is None or self._wants_more_work(scan):
            return self._go_on(scan)
        command = identify(scan).command
        if command is Command.FINISH:
            return self._finish()
        if command is Command.BACK and not self._pick.half_done:
            if self._mode is Mode.WALK:
                return self.seat.go_back()
            self._turn(Mode.WALK)
            return None
        text = scan.text.strip()
        if self._mode is Mode.KEYS and text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX:
            self._pick.typed = text
            return self._key(OK)
        answer = self._pick.scan(scan)
        if self._mode is not Mode.CAMERA and (command is None or command.digit is None):
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
        if self._walk() is None:
            self.seat.show(self._after())
        return answer

    def _leave(self) -> None:
        self.seat.show(self._after())

    def _turn(self, mode: Mode) -> None:
        """Show another face; what was refused before would stand over what it asks."""
        self._mode = mode
        self.seat.notice = None
        self._close_camera()
        self._pad.digits = ""
        self._pick.clear()

    def _walk(self) -> Walk | None:
        """The list as it stands; None once it is no longer this station's."""
        try:
            return self._pick.walk()
        except LeaseEnded:
            return None

    # -- the other faces ----------------------------------------------------------------------------------------------

    def _reasons(self, look: Look, task: PickTask) -> ft.Control:
        tiles = [
            choice_tile(
                look,
                key=f"short-{reason}",
                icon=icon,
                text=look.say(f"pick.short_{reason}"),
                on_click=partial(self.seat.tap, f"short-{reason}", partial(self._short, reason)),
                enabled=may_be_said(task, reason),
            )
            for reason, icon in REASONS
        ]
        gap = 6 if look.low else GAP
        rows = [ft.Row(spacing=gap, controls=[*pair]) for pair in zip(tiles[::2], tiles[1::2], strict=True)]
        return ft.Column(expand=True, spacing=gap, scroll=ft.ScrollMode.AUTO, controls=[*rows])

    def _may_say_all(self) -> bool:
        walk = self._walk()
        task = walk.here if walk is not None else None
        return task is not None and all(may_be_said(task, reason) for reason, _ in REASONS)

    def _short(self, reason: ShortReason) -> Answer:
        self._mode = Mode.WALK
        return self._pick.short(reason)

    def _keys(self, look: Look, walk: Walk, task: PickTask) -> ft.Control:
        self._pad.digits = self._pick.typed
        self._pad.kind = Kind.IN_ALL if walk.stage is Stage.ITEM else Kind.CHECK_DIGITS
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
        answer = self._pick.digit(int(key))
        return answer if answer.role is Role.WRONG else None

    # -- the camera ---------------------------------------------------------------------------------------------------

    def _camera_button(self, look: Look) -> ft.Control | None:
        """Opens the camera; none where no decoder is installed."""
        if self._visit.station.reader is None:
            return None
        paint = look.theme.key
        side = TOUCH - 24 if look.low else TOUCH
        return ft.Button(
            key="pick.camera",
            width=side,
            height=side,
            on_click=lambda: self.seat.tap("pick.camera", self._open_camera),
            style=ft.ButtonStyle(
                bgcolor=paint.ground,
                color=paint.ink,
                elevation=0,
                padding=0,
                shape=ft.RoundedRectangleBorder(radius=12),
                side=ft.BorderSide(look.theme.outline, look.theme.line),
            ),
            content=ft.Icon(ft.Icons.PHOTO_CAMERA, size=30, color=paint.ink, semantics_label=look.say("pick.camera")),
        )

    def _open_camera(self) -> None:
        station = self._visit.station
        if station.reader is None:
            return
        seat = self.seat
        self._mode = Mode.CAMERA
        self._camera = CameraScanner(seat.page, station.reader, station.clock, on_scan=seat.take, on_state=seat.redraw)
        self._camera.open()

    def _close_camera(self) -> None:
        if self._camera is not None:
            self._camera.close()
            self._camera = None

    def _expected(self, walk: Walk, task: PickTask, product: Product | None) -> str | None:
        """The text that the camera should look for first."""
        if walk.stage is Stage.BIN:
            return printed(CodeKind.LOCATION, task.location_id)
        if walk.stage is Stage.ITEM:
            return product.packs[0].code if product and product.packs else None
        load = walk.load_of(task.order_id)
        return printed(CodeKind.TOTE, load.tote_id) if load else None
