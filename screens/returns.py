"""The returns bench: the parcel on the left, one question at a time on the right."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import flet as ft

from app.domain.codes import Command, identify
from app.domain.printing import ON_ITS_WAY, PrintState, as_told
from app.domain.scan import Scan
from app.workflows.answers import Prompt, Role, Sentence
from app.workflows.receive_return import ReceiveReturn
from app.workflows.returns_step import ReturnStep, ReturnView
from screens.bench import ONE_COLUMN_BELOW_DP, BenchScreen, column_dp, invitation, two_sides
from screens.look import Look
from screens.parts.answer_list import answer_list
from screens.parts.disposition_card import disposition_card
from screens.parts.empty_state import empty_state
from screens.parts.pack_panels import fault_of
from screens.parts.parcel_panel import announced_panel, units_panel
from screens.parts.picture_plate import picture_plate
from screens.parts.printer_lamp import printer_lamp
from screens.screen import Action, Outcome, Screen
from screens.station_setup import set_up
from screens.theme import HEADING, NAME
from screens.visit import Visit

PICTURE_DP = 150
_NOT_OUT_YET = ON_ITS_WAY | {PrintState.UNCERTAIN}


class ReturnsScreen(BenchScreen[ReceiveReturn, ReturnView]):
    """One seat at a returns bench."""

    place = "returns"
    workflow = ReceiveReturn

    @property
    def title(self) -> Sentence | str:
        view = self._view()
        if view.parcel is None:
            return Sentence("returns.title")
        return (
            Sentence("returns.parcel", {"reference": view.called}) if view.called else Sentence("returns.unannounced")
        )

    def progress(self) -> tuple[int, int] | None:
        view = self._view()
        announced = sum(card.announced_each for card in view.announced)
        return (announced - view.missing_each, announced) if announced else None

    def prompt(self, look: Look) -> Prompt | None:
        view, lamp = self._view(), self._lamp()
        prompt = self._work.prompt(view)
        if view.step is not ReturnStep.PUT_AWAY:
            return prompt
        if view.choices:
            return replace(prompt, sentence=Sentence("pack.ask.uncertain"), care=Sentence("pack.did_it_come_out"))
        state = view.job.state if view.job is not None else None
        if state is PrintState.FAILED:
            return replace(prompt, care=Sentence("pack.cannot_be_drawn"))
        if state in ON_ITS_WAY and lamp.needs_hand:
            return replace(prompt, sentence=Sentence(f"pack.printer.{lamp}"), care=Sentence("pack.job.queued"))
        return prompt

    def actions(self) -> tuple[Action, ...]:
        view = self._view()
        undo = Action(key="returns.undo", icon=ft.Icons.UNDO, on_tap=self._act(self._work.undo))
        aside = Action(key="returns.back", icon=ft.Icons.MOVE_TO_INBOX, on_tap=self._act(self._work.back))
        if view.step is ReturnStep.PARCEL:
            return (
                Action(key="sign_in.sign_out", icon=ft.Icons.LOGOUT, on_tap=self._visit.door.sign_out),
                set_up(self._visit),
                Action(key="returns.blind", icon=ft.Icons.HELP_CENTER, on_tap=self._act(self._work.begin_blind)),
            )
        if view.step is ReturnStep.CHOOSE:
            return (undo,)
        if view.step is ReturnStep.ITEM:
            finish = self._act(self._work.finish)
            # Green only when there is nothing more to scan, as far as anybody knows.
            role = Role.GO if view.items and not view.missing_each else None
            return (undo, aside, Action(key="returns.finish", icon=ft.Icons.FLAG, on_tap=finish, role=role))
        if view.step is ReturnStep.PUT_AWAY and view.job is not None and view.job.state not in _NOT_OUT_YET:
            reprint = Action(key="returns.reprint", icon=ft.Icons.PRINT, on_tap=self._act(self._work.reprint))
            return (undo, aside, reprint)
        return (undo, aside)

    def on_scan(self, scan: Scan) -> Outcome:
        elsewhere = self._visit.door.scanned(scan)
        if elsewhere is not None:
            return elsewhere
        if self._work.step() is ReturnStep.PARCEL and identify(scan).command is Command.BACK:
            return self.seat.go_back()
        return self._act(partial(self._work.scan, scan))()

    def build(self, look: Look) -> ft.Control:
        view = self._view()
        if view.parcel is None:
            return self._finding(look, view)
        parcel = [announced_panel(look, view), units_panel(look, view)]
        return two_sides(look, parcel, self._question(look, view), right_share=6)

    # -- faces --------------------------------------------------------------------------------------------------------

    def _finding(self, look: Look, view: ReturnView) -> ft.Control:
        """No parcel yet: find one, or choose between those that may be meant."""
        if not view.choices:
            icon = ft.Icons.ASSIGNMENT_RETURN
            return invitation(look, icon, look.say("returns.find"), hint=look.say("returns.find_hint"))
        asked = look.body(look.say("returns.ask.choose"), size=HEADING, bold=True)
        return ft.Container(
            expand=True,
            alignment=ft.Alignment.CENTER,
            content=ft.Column(
                tight=True,
                width=min(640, column_dp(look)),
                spacing=16,
                scroll=ft.ScrollMode.AUTO,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                controls=[asked, answer_list(look, view.choices, self._answer)],
            ),
        )

    def _question(self, look: Look, view: ReturnView) -> list[ft.Control]:
        """The one thing that is asked now."""
        if view.hand is not None and view.step is ReturnStep.QUESTION:
            asked = look.body(look.words.text(self._work.prompt(view).sentence), size=HEADING, bold=True, lines=2)
            answers = answer_list(look, view.choices, self._answer)
            if look.width < ONE_COLUMN_BELOW_DP:
                return [asked, answers, self._hand(look, view, PICTURE_DP // 2)]
            return [self._hand(look, view, PICTURE_DP), asked, answers]
        if view.hand is not None and view.hand.disposition is not None and view.step is ReturnStep.PUT_AWAY:
            decided = disposition_card(
                look, view.hand.disposition, view.shelf, plate=view.hand.licence_plate or "", width=column_dp(look)
            )
            if not view.choices:
                return [self._hand(look, view, PICTURE_DP // 2), decided, self._printing(look, view)]
            asked = look.body(look.say("pack.ask.uncertain"), size=HEADING, bold=True, lines=2)
            answers = answer_list(look, view.choices, self._answer, height=64)
            lamp = printer_lamp(look, self._lamp())
            return [asked, answers, lamp, self._hand(look, view, PICTURE_DP // 2), decided]
        if view.choices:
            asked = look.body(look.words.text(self._work.prompt(view).sentence), size=HEADING, bold=True, lines=2)
            return [asked, answer_list(look, view.choices, self._answer)]
        invites = empty_state(
            look, ft.Icons.QR_CODE_SCANNER, look.words.text(self._work.prompt(view).sentence), hint=_money(look, view)
        )
        return [ft.Container(invites, height=360)]

    def _hand(self, look: Look, view: ReturnView, side: int) -> ft.Control:
        """The unit in the hand."""
        item = view.hand
        name = view.product.name if view.product is not None else ""
        lot = [look.quiet(look.say("pack.lot", lots=item.lot))] if item is not None and item.lot else []
        graded = [look.quiet(look.say(f"returns.grade.{item.grade}"))] if item is not None and item.grade else []
        return ft.Row(
            spacing=20,
            controls=[
                ft.Container(
                    picture_plate(look, view.product, side - 16),
                    bgcolor=look.theme.card.ground,
                    border_radius=12,
                    border=ft.Border.all(look.theme.outline, look.theme.line),
                    padding=8,
                ),
                ft.Column(
                    expand=True,
                    spacing=2,
                    controls=[look.body(name, size=HEADING if side > 100 else NAME, bold=True, lines=2), *graded, *lot],
                ),
            ],
        )

    def _printing(self, look: Look, view: ReturnView) -> ft.Control:
        """What has become of the licence plate; that it waits for a hand at the printer the strip says."""
        lamp, job = self._lamp(), view.job
        state: list[ft.Control] = []
        if job is not None and not (lamp.needs_hand and job.state is PrintState.QUEUED):
            state = [look.body(look.say(f"pack.job.{as_told(job.state, lamp)}"), bold=True)]
        if job is not None and (fault := fault_of(job)):
            state.append(look.body(look.say(f"pack.fault.{fault}")))
        return ft.Column(spacing=6, controls=[*state, printer_lamp(look, lamp)])

    # -- taps ---------------------------------------------------------------------------------------------------------

    def _answer(self, number: int) -> None:
        # Not by what is asked: the second tap of a double click would answer the next question too.
        self.seat.tap(f"answer-{number}", self._act(partial(self._work.answer, number)))


def _money(look: Look, view: ReturnView) -> str:
    return look.say("returns.money_now", money=look.say(f"returns.money.{view.money}")) if view.items else ""


def open_returns(visit: Visit, _place: str) -> Screen:
    """The returns bench, at the parcel where this seat was."""
    return ReturnsScreen(visit)
