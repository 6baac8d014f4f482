"""The packing bench: units on the left, carton, weight and label on the right; what to scan stands across the top."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import flet as ft

from app.domain.codes import CodeKind, Command, identify
from app.domain.packing import PackException
from app.domain.printing import PrintState
from app.domain.scan import Scan
from app.errors import LabelFault, LabelUnprintable
from app.workflows.answers import Answer, Prompt, Role, Sentence
from app.workflows.pack import Pack
from app.workflows.pack_picture import packed_of
from app.workflows.pack_step import AT_LABEL, GOES_BACK, PackStep, PackView
from screens.bench import ONE_COLUMN_BELOW_DP, BenchScreen, column_dp, invitation, two_sides
from screens.look import Look
from screens.parts.answer_list import answer_list
from screens.parts.banner import banner
from screens.parts.pack_panels import LABEL_RATIO, carton_panel, label_panel, weight_panel
from screens.parts.panel import SIDES_DP
from screens.parts.printer_lamp import printer_lamp
from screens.parts.quantity_pad import DELETE, KEY_DP, OK, Kind, Pad, quantity_pad
from screens.parts.unit_card import unit_card
from screens.screen import Action, Outcome, Screen
from screens.station_setup import set_up
from screens.theme import GAP, HEADING
from screens.visit import Visit

_PADS = frozenset({PackStep.WEIGHT, PackStep.RECHECK})
_LABELS = frozenset({PackStep.ADDRESS, PackStep.LABEL, PackStep.UNCERTAIN, PackStep.SCAN_BACK, PackStep.REPRINT})
_SUPERVISED = frozenset({PackStep.SUPERVISOR, PackStep.PARKED})
_ASIDE = frozenset({PackStep.PARKED, PackStep.NUMBER, PackStep.ADDRESS}) | GOES_BACK
PREVIEW_DP = 420


class PackScreen(BenchScreen[Pack, PackView]):
    """One seat at a packing station."""

    place = "pack"
    workflow = Pack

    def __init__(self, visit: Visit) -> None:
        super().__init__(visit)
        self._pad = Pad(on_ok=lambda _digits: None, kind=Kind.WEIGHT)
        self._previews: dict[str, bytes | LabelFault] = {}

    @property
    def title(self) -> Sentence | str:
        view = self._view()
        if view.order is None or view.carton is None:
            return Sentence("pack.packing")
        key = "pack.title" if self.seat.look.wide else "pack.title_short"
        return Sentence(key, {"order": view.order.external_reference, "number": view.carton.number})

    def _tend(self) -> Answer | None:
        return self._work.tend()

    def progress(self) -> tuple[int, int] | None:
        view = self._view()
        return packed_of(view) if view.lines else None

    def prompt(self, look: Look) -> Prompt | None:
        view, lamp = self._view(), self._lamp()
        prompt = self._work.prompt(view)
        if view.step is PackStep.LABEL and view.job is not None and view.job.state is PrintState.FAILED:
            return replace(prompt, sentence=Sentence("pack.cannot_be_drawn"), care=Sentence("pack.job.failed"))
        if view.step is PackStep.LABEL and lamp.needs_hand and view.carton is not None:
            care = Sentence("pack.waits_for_printer", {"number": view.carton.number})
            return replace(prompt, sentence=Sentence(f"pack.printer.{lamp}"), care=care)
        return prompt

    def actions(self) -> tuple[Action, ...]:
        view = self._view()
        undo = Action(key="pack.undo", icon=ft.Icons.UNDO, on_tap=self._act(self._work.undo))
        aside = Action(key="pack.back", icon=ft.Icons.MOVE_TO_INBOX, on_tap=self._act(self._work.back))
        if view.step is PackStep.TOTE:
            sign_out = Action(key="sign_in.sign_out", icon=ft.Icons.LOGOUT, on_tap=self._visit.door.sign_out)
            return (sign_out, set_up(self._visit))
        if view.step is PackStep.UNIT:
            begun = view.carton is not None and bool(view.carton.units)
            full = Action(key="pack.full", icon=ft.Icons.ARCHIVE, on_tap=self._act(self._work.finish))
            return (undo, *(self._exit(one) for one in PackException), full if begun else aside)
        if view.step in _PADS or view.step is PackStep.CARTON:
            return (undo, self._exit(PackException.EXTRA), aside)
        if view.step in AT_LABEL:
            return (aside, *self._print_again(view))
        if view.step in _ASIDE:
            return (aside,)
        return (undo,)

    def on_scan(self, scan: Scan) -> Outcome:
        approves = self._work.step() in _SUPERVISED and identify(scan).kind is CodeKind.BADGE
        elsewhere = None if approves else self._visit.door.scanned(scan)
        if elsewhere is not None:
            return elsewhere
        if self._work.is_idle and identify(scan).command is Command.BACK:
            return self.seat.go_back()
        return self._act(partial(self._work.scan, scan))()

    def build(self, look: Look) -> ft.Control:
        view = self._view()
        if view.order is None:
            return self._waiting(look, view)
        cards = (unit_card(look, card) for card in view.lines)
        units_first = view.step in (PackStep.UNIT, PackStep.EXTRA, PackStep.DAMAGED)
        return two_sides(look, [*self._notes(look, view), *cards], self._right(look, view), left_first=units_first)

    # -- faces --------------------------------------------------------------------------------------------------------

    def _waiting(self, look: Look, view: PackView) -> ft.Control:
        """Nothing is open: what to begin with, what stands open, and whose labels are still owed."""
        nothing_asked = view.step is PackStep.TOTE
        text = look.say("pack.no_order_here") if nothing_asked else look.words.text(self._work.prompt(view).sentence)
        hints = {PackStep.TOTE: "pack.no_order_hint", PackStep.SLIP: "pack.slip_hint"}
        hint = look.say(hints[view.step]) if view.step in hints else ""
        icon = ft.Icons.SHOPPING_BASKET if nothing_asked else ft.Icons.RECEIPT_LONG
        below: list[ft.Control] = []
        if view.choices:
            go_on = [look.body(look.say("pack.or_go_on"), bold=True)] if nothing_asked else []
            below += [*go_on, answer_list(look, view.choices, self._choose)]
        if view.owed:
            below.append(look.body(look.say("pack.owed", count=len(view.owed)), bold=True))
        lamp = printer_lamp(look, self._lamp())
        below.append(lamp if self._lamp().needs_hand else ft.Row([lamp], alignment=ft.MainAxisAlignment.CENTER))
        return invitation(look, icon, text, hint=hint, below=below)

    def _notes(self, look: Look, view: PackView) -> list[ft.Control]:
        """What is so for as long as this order is open."""
        notes: list[ft.Control] = []
        if view.blind:
            notes.append(banner(look, Role.CAUTION, look.say("pack.blind")))
        if view.beside:
            notes.append(banner(look, Role.CAUTION, look.say("pack.beside", stations=", ".join(view.beside))))
        if len(view.totes) > 1:
            notes.append(banner(look, Role.INFO, look.say("pack.totes", totes=", ".join(view.totes))))
        if view.order is not None and view.order.gift_note:
            notes.append(banner(look, Role.INFO, look.say("pack.gift_note", note=view.order.gift_note)))
        return notes

    def _right(self, look: Look, view: PackView) -> list[ft.Control]:
        column = column_dp(look)
        if view.choices and view.step is not PackStep.UNCERTAIN:
            question = look.words.text(self._work.prompt(view).sentence)
            answers = [look.body(question, size=HEADING, bold=True), answer_list(look, view.choices, self._choose)]
            is_of_weight = view.step is PackStep.REASON and view.weighed_g is not None
            return [*answers, *([weight_panel(look, view, column - SIDES_DP)] if is_of_weight else [])]
        if view.step in _LABELS:
            answers = [answer_list(look, view.choices, self._choose, height=64)] if view.choices else []
            height = min(PREVIEW_DP - 160 if answers else PREVIEW_DP, LABEL_RATIO * (column - 44))
            return [*answers, label_panel(look, view, self._preview(view), self._lamp(), height=height, width=column)]
        if view.step in _PADS:
            self._pad.digits = view.typed
            pad = quantity_pad(look, self._pad, self._press)
            if look.width < ONE_COLUMN_BELOW_DP:
                return [weight_panel(look, view, column - SIDES_DP), pad, carton_panel(look, view)]
            beside = ft.Column(
                expand=True,
                spacing=GAP,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                controls=[weight_panel(look, view, column - 3 * (KEY_DP + GAP) - SIDES_DP), carton_panel(look, view)],
            )
            return [ft.Row(spacing=GAP, vertical_alignment=ft.CrossAxisAlignment.START, controls=[beside, pad])]
        return [
            carton_panel(look, view),
            weight_panel(look, view, column - SIDES_DP),
            label_panel(look, view, None, self._lamp(), height=PREVIEW_DP, width=column),
        ]

    def _preview(self, view: PackView) -> bytes | LabelFault | None:
        """The label's bitmap, or why there is none; drawn once a label, because a redraw comes with each scan."""
        drawer = self._visit.station.drawer
        if view.job is None or drawer is None:
            return None
        if view.job.job_id not in self._previews:
            try:
                drawn: bytes | LabelFault = drawer.preview_png(view.job.intent)
            except LabelUnprintable as why:
                drawn = why.fault
            self._previews = {view.job.job_id: drawn}
        return self._previews[view.job.job_id]

    # -- taps ---------------------------------------------------------------------------------------------------------

    def _exit(self, exception: PackException) -> Action:
        icons = {
            PackException.EXTRA: ft.Icons.EXPOSURE_PLUS_1,
            PackException.MISSING: ft.Icons.SEARCH_OFF,
            PackException.DAMAGED: ft.Icons.BROKEN_IMAGE,
        }
        act = self._act(partial(self._work.leave_out, exception))
        return Action(key=f"pack.{exception}", icon=icons[exception], on_tap=act)

    def _print_again(self, view: PackView) -> tuple[Action, ...]:
        """Nothing, while the label is on its way, or while it is asked whether it came out."""
        keys = {PackStep.SCAN_BACK: "pack.reprint"}
        if view.job is not None and view.job.state is PrintState.FAILED:
            keys = {PackStep.LABEL: "pack.try_again"}
        act = self._act(self._work.ask_reprint)
        return (Action(key=keys[view.step], icon=ft.Icons.PRINT, on_tap=act),) if view.step in keys else ()

    def _choose(self, number: int) -> None:
        # Not by what is asked: the second tap of a double click would answer the next question too.
        self.seat.tap(f"answer-{number}", self._act(partial(self._work.choose, number)))

    def _press(self, key: str) -> None:
        self.seat.tap(f"pad-{key}-{len(self._work.typed)}", self._act(partial(self._key, key)))

    def _key(self, key: str) -> Answer | None:
        if key == OK:
            return self._work.ok()
        if key == DELETE:
            if self._work.typed:
                self._work.back()
            return None
        self._work.type_digit(int(key))
        return None


def open_packing(visit: Visit, _place: str) -> Screen:
    """The packing bench, at the carton where this seat was."""
    return PackScreen(visit)
