"""Give a picklist to somebody else: who, why, OK. By tap, or by badge, numbers and OK of the command card."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import flet as ft

from app.domain.board import ListProgress, Person
from app.domain.codes import CodeKind, Command, identify
from app.domain.scan import Scan
from app.domain.workers import Worker
from app.workflows.answers import Answer, Prompt, Role, Sentence, Step, StepState
from app.workflows.reassign import NOBODY, REASONS, Reassign, Stage
from app.workflows.supervise import Supervise
from screens.look import Look
from screens.parts.choice_button import choice_button
from screens.parts.meter import meter
from screens.parts.number_cap import number_cap
from screens.parts.people_row import ICONS
from screens.parts.pill import loosely
from screens.parts.section import in_the_middle, section
from screens.screen import Action, Outcome, Screen
from screens.theme import GAP, HEADING, NAME
from screens.visit import Visit

WHY_ICONS: dict[str, ft.IconData] = {
    "break": ft.Icons.FREE_BREAKFAST,
    "station_down": ft.Icons.BATTERY_ALERT,
    "cutoff": ft.Icons.LOCAL_SHIPPING,
    "needed_elsewhere": ft.Icons.SWAP_CALLS,
}
_STAGES = (Stage.PERSON, Stage.REASON, Stage.OK)


class ReassignScreen(Screen):
    """Two questions and OK; BACK takes one answer back, and then leads to where this was begun."""

    def __init__(self, visit: Visit, supervise: Supervise, picklist_id: str, *, back: Callable[[], Screen]) -> None:
        self._visit = visit
        self._supervise = supervise
        self._reassign = Reassign(supervise, view=visit.station.ledger, picklist_id=picklist_id)
        self._back = back

    @property
    def title(self) -> Sentence | str:
        return Sentence("supervisor.reassign_title", {"picklist": self._reassign.picklist_id})

    def back(self) -> Screen | None:
        return self._back()

    def prompt(self, look: Look) -> Prompt | None:
        at = _STAGES.index(self._reassign.stage)
        states = [
            StepState.DONE if place < at else StepState.NOW if place == at else StepState.LATER
            for place in range(len(_STAGES))
        ]
        steps = [Step(f"supervisor.step_{stage}", state) for stage, state in zip(_STAGES, states, strict=True)]
        return Prompt(
            sentence=self._asked(),
            steps=tuple(steps),
            expects=frozenset({"badge", "command"}),
        )

    def actions(self) -> tuple[Action, ...]:
        if self._reassign.stage is not Stage.OK:
            return ()
        enabled = not self._reassign.asking
        return (Action(key="supervisor.give_on", icon=ft.Icons.CHECK, on_tap=self._ok, role=Role.GO, enabled=enabled),)

    def build(self, look: Look) -> ft.Control:
        controls: list[ft.Control] = []
        one = self._reassign.picklist
        if one is not None:
            controls.append(self._about(look, one))
        choices = self._people(look) if self._reassign.stage is Stage.PERSON else self._reasons(look)
        a_row = 2 if look.wide else 1
        for at in range(0, len(choices), a_row):
            cells: list[ft.Control] = [ft.Container(choice, expand=True) for choice in choices[at : at + a_row]]
            cells += [ft.Container(expand=True)] * (a_row - len(cells))
            controls.append(ft.Row(spacing=GAP, controls=cells))
        column = ft.Column(
            expand=True,
            spacing=GAP,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            controls=controls,
        )
        return in_the_middle(look, column)

    def on_scan(self, scan: Scan) -> Outcome:
        code = identify(scan)
        if code.command is Command.SIGN_OUT:
            return self._visit.door.sign_out()
        if code.command is Command.BACK:
            taken_back = self._reassign.back()
            if isinstance(taken_back, Answer):
                return taken_back
            if not taken_back:
                self.seat.show(self._back())
            return None
        worker = None
        if code.kind is CodeKind.BADGE:
            worker = next((one for one in self._visit.station.ledger.all(Worker) if one.badge == code.value), None)
        outcome = self._reassign.scan(code, worker)
        return self._then_leave(outcome) if isinstance(outcome, Awaitable) else outcome

    # -- what people do -----------------------------------------------------------------------------------------------

    def _ok(self) -> Outcome:
        return self._then_leave(self._reassign.ok())

    async def _then_leave(self, asking: Awaitable[Answer | None]) -> Answer | None:
        answer = await asking
        if self._reassign.done and self.seat.screen is self:
            self.seat.show(self._back())
        return answer

    # -- what is drawn ------------------------------------------------------------------------------------------------

    def _asked(self) -> Sentence:
        reassign = self._reassign
        if reassign.stage is Stage.REASON:
            return Sentence("supervisor.ask_reason")
        if reassign.stage is Stage.OK and reassign.to_worker_id == NOBODY:
            return Sentence("supervisor.ask_ok_any")
        if reassign.stage is Stage.OK:
            return Sentence("supervisor.ask_ok", {"name": self._name(reassign.to_worker_id)})
        if not reassign.typed:
            return Sentence("supervisor.ask_person")
        if reassign.pointed_at is None:
            return Sentence("supervisor.no_row", {"number": reassign.typed})
        return Sentence("supervisor.typed", {"number": reassign.typed, "what": self._name(reassign.pointed_at)})

    def _name(self, worker_id: str | None) -> str:
        """A worker's name; the words for whoever comes next when it is nobody's."""
        worker = self._visit.station.ledger.get(Worker, worker_id) if worker_id else None
        return worker.name if worker else self.seat.look.say("supervisor.whoever")

    def _about(self, look: Look, one: ListProgress) -> ft.Control:
        time = look.words.time(one.ship_by_utc.astimezone(self._visit.station.zone))
        walks = self._name(one.worker_id) if one.worker_id else look.say("supervisor.list_released")
        to = self._name(self._reassign.to_worker_id) if self._reassign.to_worker_id is not None else ""
        # On a handset the four reasons have to stand below it.
        size = HEADING if look.wide else NAME
        now = look.say("supervisor.list_now", name=walks, time=time)
        handed = [
            ft.Icon(ft.Icons.ARROW_FORWARD, size=size, color=look.theme.quiet),
            ft.Container(look.body(to, size=size, bold=True, lines=1), expand=True),
        ]
        controls: list[ft.Control] = [meter(look, one.tasks_done, one.tasks_total, digits=2)]
        if look.wide or not to:
            controls.append(look.body(now, lines=2))
        if to:
            from_whom = [] if look.wide else [loosely(look.body(walks, lines=1))]
            controls.append(ft.Row(spacing=10, controls=[*from_whom, *handed]))
        return section(look, ft.Icons.LIST_ALT, self._reassign.picklist_id, controls, spacing=8)

    def _people(self, look: Look) -> list[ft.Control]:
        nobody = self._person(look, 0, NOBODY, ft.Icons.GROUPS, look.say("supervisor.whoever"), "")
        return [nobody, *(self._of(look, number, one) for number, one in enumerate(self._reassign.people, start=1))]

    def _of(self, look: Look, number: int, person: Person) -> ft.Control:
        doing = person.doing or "away"
        said = look.say(f"supervisor.doing_{doing}")
        return self._person(
            look, number, person.worker_id, ICONS.get(doing, ft.Icons.PERSON_OUTLINE), person.name, said
        )

    def _person(self, look: Look, number: int, worker_id: str, icon: ft.IconData, text: str, detail: str) -> ft.Control:
        key = f"to-{worker_id or 'anybody'}"
        return choice_button(
            look,
            key=key,
            icon=icon,
            text=text,
            detail=detail,
            role=Role.INFO if self._reassign.pointed_at == worker_id else None,
            on_click=partial(self.seat.tap, key, partial(self._reassign.give_to, worker_id)),
            trailing=self._number(look, number, chosen=self._reassign.pointed_at == worker_id),
        )

    def _reasons(self, look: Look) -> list[ft.Control]:
        return [
            choice_button(
                look,
                key=f"because-{name}",
                icon=WHY_ICONS[name],
                text=look.say(f"supervisor.why_{name}"),
                role=Role.INFO if self._reassign.reason == name else None,
                on_click=partial(self.seat.tap, f"because-{name}", partial(self._reassign.because, number)),
                trailing=self._number(look, number, chosen=self._reassign.reason == name),
            )
            for number, name in enumerate(REASONS, start=1)
        ]

    @staticmethod
    def _number(look: Look, number: int, *, chosen: bool) -> ft.Control:
        tick = [ft.Icon(ft.Icons.CHECK_CIRCLE, size=28, color=look.role(Role.INFO).ink)] if chosen else []
        return ft.Row(tight=True, spacing=10, controls=[*tick, number_cap(look, number, pressed=chosen)])
