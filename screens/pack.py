"""The packing bench: units on the left, carton, weight and label on the right; what to scan stands across the top."""

from __future__ import annotations

from functools import partial

import flet as ft

from app.domain.codes import CodeKind, identify
from app.domain.packing import PackException
from app.domain.scan import Scan
from app.errors import LabelUnprintable
from app.workflows.answers import Answer, Prompt, Role, Sentence
from app.workflows.pack import Pack
from app.workflows.pack_picture import packed_of
from app.workflows.pack_step import PackStep, PackView
from screens.bench import BenchScreen, two_sides
from screens.look import Look
from screens.parts.answer_list import answer_list
from screens.parts.banner import banner
from screens.parts.empty_state import empty_state
from screens.parts.pack_panels import carton_panel, label_panel, weight_panel
from screens.parts.printer_lamp import printer_lamp
from screens.parts.quantity_pad import DELETE, OK, Kind, Pad, quantity_pad
from screens.parts.unit_card import unit_card
from screens.screen import Action, Outcome, Screen
from screens.station_setup import set_up
from screens.theme import GAP, HEADING
from screens.visit import Visit

_PADS = frozenset({PackStep.WEIGHT, PackStep.RECHECK})
_LABELS = frozenset({PackStep.ADDRESS, PackStep.LABEL, PackStep.UNCERTAIN, PackStep.SCAN_BACK, PackStep.REPRINT})
_SUPERVISED = frozenset({PackStep.SUPERVISOR, PackStep.PARKED})
PREVIEW_DP = 420


class PackScreen(BenchScreen[PackView]):
    """One seat at a packing station."""

    place = "pack"

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._pad = Pad(on_ok=lambda _digits: None, kind=Kind.WEIGHT)
        self._previews: dict[str, bytes] = {}

    @property
    def title(self) -> Sentence | str:
        view = self._view()
        if view.order is None or view.carton is None:
            return Sentence("pack.packing")
        return Sentence("pack.title", {"order": view.order.external_reference, "number": view.carton.number})

    def _sit_down(self) -> None:
        station, worker = self._visit.station, self._visit.worker
        self._pack = Pack(
            ledger=station.ledger,
            jobs=station.jobs,
            clock=station.clock,
            worker_id=worker.worker_id,
            seat_id=self.seat.seat_id,
            zone=station.zone,
            printer_id=station.printer_id,
        )

    def _look_up(self) -> PackView:
        return self._pack.view()

    def _tend(self) -> Answer | None:
        return self._pack.tend()

    def progress(self) -> tuple[int, int] | None:
        view = self._view()
        return packed_of(view) if view.lines else None

    def prompt(self, look: Look) -> Prompt | None:
        return self._pack.prompt(self._view())

    def actions(self) -> tuple[Action, ...]:
        view = self._view()
        undo = Action(key="pack.undo", icon=ft.Icons.UNDO, on_tap=self._act(self._pack.undo))
        aside = Action(key="pack.back", icon=ft.Icons.MOVE_TO_INBOX, on_tap=self._act(self._pack.back))
        if view.step is PackStep.TOTE:
            sign_out = Action(key="sign_in.sign_out", icon=ft.Icons.LOGOUT, on_tap=self._visit.door.sign_out)
            return (sign_out, set_up(self._visit))
        if view.step is PackStep.UNIT:
            return (undo, *(self._exit(one) for one in PackException), self._full(view))
        if view.step in _PADS or view.step is PackStep.CARTON:
            return (undo, aside)
        if view.step in (PackStep.LABEL, PackStep.UNCERTAIN, PackStep.SCAN_BACK):
            return (aside, Action(key="pack.reprint", icon=ft.Icons.PRINT, on_tap=self._act(self._pack.ask_reprint)))
        if view.step in (PackStep.PARKED, PackStep.NUMBER, PackStep.ADDRESS, PackStep.CANCELLED):
            return (aside,)
        return (undo,)

    def on_scan(self, scan: Scan) -> Outcome:
        approves = self._pack.step() in _SUPERVISED and identify(scan).kind is CodeKind.BADGE
        elsewhere = None if approves else self._visit.door.scanned(scan)
        return elsewhere if elsewhere is not None else self._act(partial(self._pack.scan, scan))()

    def build(self, look: Look) -> ft.Control:
        view = self._view()
        if view.order is None:
            return self._waiting(look, view)
        cards = (unit_card(look, card) for card in view.lines)
        return two_sides([*self._notes(look, view), *cards], self._right(look, view))

    # -- faces --------------------------------------------------------------------------------------------------------

    def _waiting(self, look: Look, view: PackView) -> ft.Control:
        """Nothing is open: what to begin with, and whose labels are still owed."""
        invites = empty_state(
            look, ft.Icons.SHOPPING_BASKET, look.say("pack.no_order_here"), hint=look.say("pack.no_order_hint")
        )
        answers = [ft.Container(answer_list(look, view.choices, self._choose), width=560)] if view.choices else []
        owed = [look.body(look.say("pack.owed", count=len(view.owed)), bold=True)] if view.owed else []
        below = ft.Container(
            width=560,
            content=ft.Column(
                tight=True,
                spacing=GAP,
                horizontal_alignment=ft.CrossAxisAlignment.CENTER,
                controls=[*answers, *owed, printer_lamp(look, self._lamp())],
            ),
        )
        return ft.Column(
            expand=True,
            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
            controls=[ft.Container(invites, expand=True), below],
        )

    def _notes(self, look: Look, view: PackView) -> list[ft.Control]:
        """What is so for as long as this order is open."""
        notes: list[ft.Control] = []
        if view.carton is not None and view.carton.blind:
            notes.append(banner(look, Role.CAUTION, look.say("pack.blind")))
        if view.beside:
            notes.append(banner(look, Role.CAUTION, look.say("pack.beside", stations=", ".join(view.beside))))
        if view.order is not None and view.order.gift_note:
            notes.append(banner(look, Role.INFO, look.say("pack.gift_note", note=view.order.gift_note)))
        return notes

    def _right(self, look: Look, view: PackView) -> list[ft.Control]:
        if view.choices and view.step is not PackStep.UNCERTAIN:
            question = look.words.text(self._pack.prompt(view).sentence)
            return [look.body(question, size=HEADING, bold=True), answer_list(look, view.choices, self._choose)]
        if view.step in _LABELS:
            answers = [answer_list(look, view.choices, self._choose, height=64)] if view.choices else []
            height = PREVIEW_DP - 160 if answers else PREVIEW_DP
            return [*answers, label_panel(look, view, self._preview(view), self._lamp(), height=height)]
        column = look.width / 2 - 2 * GAP
        if view.step in _PADS:
            self._pad.digits = view.typed
            beside = ft.Column(
                expand=True,
                spacing=GAP,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                controls=[weight_panel(look, view, column - 360 - 34), carton_panel(look, view)],
            )
            pad = quantity_pad(look, self._pad, self._press)
            return [ft.Row(spacing=GAP, vertical_alignment=ft.CrossAxisAlignment.START, controls=[beside, pad])]
        return [
            carton_panel(look, view),
            weight_panel(look, view, column - 34),
            label_panel(look, view, None, self._lamp(), height=PREVIEW_DP),
        ]

    def _preview(self, view: PackView) -> bytes | None:
        """The label's bitmap; drawn once a label, because a redraw comes with each scan."""
        if view.job is None:
            return None
        if view.job.job_id not in self._previews:
            try:
                drawn = self._visit.station.drawer.preview_png(view.job.intent)
            except LabelUnprintable:
                drawn = b""
            self._previews = {view.job.job_id: drawn}
        return self._previews[view.job.job_id]

    # -- taps ---------------------------------------------------------------------------------------------------------

    def _exit(self, exception: PackException) -> Action:
        icons = {
            PackException.EXTRA: ft.Icons.EXPOSURE_PLUS_1,
            PackException.MISSING: ft.Icons.SEARCH_OFF,
            PackException.DAMAGED: ft.Icons.BROKEN_IMAGE,
        }
        act = self._act(partial(self._pack.leave_out, exception))
        return Action(key=f"pack.{exception}", icon=icons[exception], on_tap=act)

    def _full(self, view: PackView) -> Action:
        begun = view.carton is not None and bool(view.carton.units)
        return Action(key="pack.full", icon=ft.Icons.ARCHIVE, on_tap=self._act(self._pack.finish), enabled=begun)

    def _choose(self, number: int) -> None:
        self.seat.tap(f"answer-{number}-{self._pack.step()}", self._act(partial(self._pack.choose, number)))

    def _press(self, key: str) -> None:
        self.seat.tap(f"pad-{key}-{len(self._pack.typed)}", self._act(partial(self._key, key)))

    def _key(self, key: str) -> Answer | None:
        if key == OK:
            return self._pack.ok()
        if key == DELETE:
            if self._pack.typed:
                self._pack.back()
            return None
        self._pack.type_digit(int(key))
        return None


def open_packing(visit: Visit, _place: str) -> Screen:
    """The packing bench, at the carton where this seat was."""
    return PackScreen(visit)
