"""Give a picklist to somebody else: who, then why. By tap, or by scanning a badge and the code of an answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import flet as ft

from app.domain.board import ListProgress, Person
from app.domain.codes import CodeKind, Command, identify
from app.domain.scan import Scan
from app.domain.workers import Role as WorkerRole
from app.domain.workers import Worker
from app.errors import StoreUnreachable
from app.workflows.answers import Answer, Prompt, Sentence, Step, StepState
from app.workflows.supervise import Supervise
from screens.look import Look
from screens.parts.choice_button import choice_button
from screens.parts.meter import meter
from screens.parts.people_row import ICONS
from screens.parts.section import section
from screens.screen import Outcome, Screen
from screens.theme import GAP, HEADING
from screens.visit import Visit

# What answer 1 to 4 stands for; the reason goes to the store by this name, so that it is the same in every language.
REASONS: tuple[tuple[str, ft.IconData], ...] = (
    ("break", ft.Icons.FREE_BREAKFAST),
    ("station_down", ft.Icons.BATTERY_ALERT),
    ("cutoff", ft.Icons.LOCAL_SHIPPING),
    ("needed_elsewhere", ft.Icons.SWAP_CALLS),
)
NOBODY = ""


class ReassignScreen(Screen):
    """Two questions; nothing is asked of the store before both are answered. BACK goes one question back."""

    def __init__(self, visit: Visit, supervise: Supervise, picklist_id: str, *, back: Callable[[], Screen]) -> None:
        self._visit = visit
        self._supervise = supervise
        self._picklist_id = picklist_id
        self._back = back
        self._to: str | None = None
        self._asking = False

    @property
    def title(self) -> Sentence | str:
        return Sentence("supervisor.reassign_title", {"picklist": self._picklist_id})

    def back(self) -> Screen | None:
        return self._back()

    def prompt(self, look: Look) -> Prompt | None:
        who = StepState.NOW if self._to is None else StepState.DONE
        why = StepState.LATER if self._to is None else StepState.NOW
        return Prompt(
            sentence=Sentence("supervisor.ask_person" if self._to is None else "supervisor.ask_reason"),
            steps=(Step("supervisor.step_person", who), Step("supervisor.step_reason", why)),
            expects=frozenset({"badge"} if self._to is None else {"command"}),
        )

    def build(self, look: Look) -> ft.Control:
        controls: list[ft.Control] = []
        one = self._list()
        if one is not None:
            controls.append(self._about(look, one))
        choices = self._people(look) if self._to is None else self._reasons(look)
        a_row = 2 if look.wide else 1
        for at in range(0, len(choices), a_row):
            cells: list[ft.Control] = [ft.Container(choice, expand=True) for choice in choices[at : at + a_row]]
            cells += [ft.Container(expand=True)] * (a_row - len(cells))
            controls.append(ft.Row(spacing=GAP, controls=cells))
        return ft.Column(
            expand=True,
            spacing=GAP,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            controls=controls,
        )

    def on_scan(self, scan: Scan) -> Outcome:
        code = identify(scan)
        if code.kind is CodeKind.BADGE:
            worker = next((one for one in self._visit.station.ledger.all(Worker) if one.badge == code.value), None)
            return self._choose(worker.worker_id) if worker else Answer.wrong("sign_in.unknown_badge")
        if code.command is Command.BACK:
            return self._step_back()
        if code.command is not None and code.command.answer:
            return self._because(REASONS[code.command.answer - 1][0])
        return Answer.wrong("supervisor.badge_first" if self._to is None else "supervisor.reason_first")

    # -- what people do -----------------------------------------------------------------------------------------------

    def _choose(self, worker_id: str) -> Answer:
        """To whom; the list's own walker and who does not pick are refused here, the store would refuse them too."""
        worker = self._visit.station.ledger.get(Worker, worker_id) if worker_id else None
        one = self._list()
        if worker is not None and WorkerRole.PICKER not in worker.roles:
            return Answer.wrong("supervisor.no_picker", name=worker.name)
        if worker is not None and one is not None and one.worker_id == worker_id:
            return Answer.wrong("supervisor.theirs_already", name=worker.name)
        self._to = worker_id
        return Answer.good("supervisor.chosen", name=self._name(worker_id))

    def _because(self, reason: str) -> Outcome:
        if self._to is None:
            return Answer.wrong("supervisor.badge_first")
        return None if self._asking else self._ask(reason)

    async def _ask(self, reason: str) -> Answer:
        self._asking = True
        try:
            answer = await self._supervise.reassign(self._picklist_id, self._to or None, reason=reason)
        except StoreUnreachable:
            return Answer.caution("supervisor.no_word")
        finally:
            self._asking = False
        if self.seat.screen is self:
            self.seat.show(self._back())
        return answer

    def _step_back(self) -> Answer | None:
        if self._to is not None:
            self._to = None
        else:
            self.seat.show(self._back())
        return None

    # -- what is drawn ------------------------------------------------------------------------------------------------

    def _list(self) -> ListProgress | None:
        board = self._supervise.board
        return next((one for one in board.picklists if one.picklist_id == self._picklist_id), None) if board else None

    def _name(self, worker_id: str | None) -> str:
        """A worker's name; the words for whoever comes next when it is nobody's."""
        worker = self._visit.station.ledger.get(Worker, worker_id) if worker_id else None
        return worker.name if worker else self.seat.look.say("supervisor.whoever")

    def _about(self, look: Look, one: ListProgress) -> ft.Control:
        time = look.words.time(one.ship_by_utc.astimezone(self._visit.station.zone))
        walks = self._name(one.worker_id) if one.worker_id else look.say("supervisor.list_released")
        controls: list[ft.Control] = [
            meter(look, one.tasks_done, one.tasks_total, digits=2),
            look.body(look.say("supervisor.list_now", name=walks, time=time), lines=2),
        ]
        if self._to is not None:
            controls.append(
                ft.Row(
                    spacing=10,
                    controls=[
                        ft.Icon(ft.Icons.ARROW_FORWARD, size=HEADING, color=look.theme.quiet),
                        ft.Container(look.body(self._name(self._to), size=HEADING, bold=True, lines=1), expand=True),
                    ],
                )
            )
        return section(look, ft.Icons.LIST_ALT, self._picklist_id, controls)

    def _people(self, look: Look) -> list[ft.Control]:
        board, one = self._supervise.board, self._list()
        walker = one.worker_id if one else None
        found = [
            person
            for person in (board.people if board else ())
            if WorkerRole.PICKER in person.roles and person.worker_id != walker
        ]
        found.sort(key=lambda person: (person.doing in (None, "away"), person.doing != "idle", person.name))
        nobody = self._choice(look, NOBODY, ft.Icons.GROUPS, look.say("supervisor.whoever"), "")
        return [nobody, *(self._person(look, person) for person in found)]

    def _person(self, look: Look, person: Person) -> ft.Control:
        doing = person.doing or "away"
        said = " · ".join(part for part in (look.say(f"supervisor.doing_{doing}"), person.picklist_id) if part)
        return self._choice(look, person.worker_id, ICONS.get(doing, ft.Icons.PERSON_OUTLINE), person.name, said)

    def _choice(self, look: Look, worker_id: str, icon: ft.IconData, text: str, detail: str) -> ft.Control:
        key = f"to-{worker_id or 'anybody'}"
        act = partial(self.seat.tap, key, partial(self._choose, worker_id))
        return choice_button(look, key=key, icon=icon, text=text, detail=detail, on_click=act)

    def _reasons(self, look: Look) -> list[ft.Control]:
        return [
            choice_button(
                look,
                key=f"because-{name}",
                icon=icon,
                text=look.say(f"supervisor.why_{name}"),
                on_click=partial(self.seat.tap, f"because-{name}", partial(self._because, name)),
                trailing=look.code(str(number), size=HEADING, color=look.theme.quiet),
            )
            for number, (name, icon) in enumerate(REASONS, 1)
        ]
