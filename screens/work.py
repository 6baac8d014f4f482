"""The picker between two lists: get work, go on with what is here, put right what does not fit."""

from __future__ import annotations

from functools import partial

import flet as ft

from app.domain.codes import Code, Command, identify
from app.domain.discrepancies import Discrepancy
from app.domain.picking import PickTask
from app.domain.picklists import Picklist, PicklistState
from app.domain.products import Product
from app.domain.scan import Scan
from app.domain.workers import Worker
from app.errors import LeaseEnded, LedgerTrouble
from app.ports import Link
from app.workflows.answers import Answer, Prompt, Role, Sentence
from app.workflows.pick import Pick
from app.workflows.remedies import RemedyWork, open_remedies
from app.workflows.work import Work
from screens.look import Look
from screens.parts.choice_button import choice_button
from screens.parts.empty_state import empty_state
from screens.pick import PickScreen
from screens.remedy import RemedyScreen, named_by, place_of
from screens.screen import Action, Outcome, Screen
from screens.station_setup import set_up
from screens.theme import GAP, NAME
from screens.visit import Visit


class WorkScreen(Screen):
    """What this picker may begin now."""

    def __init__(self, visit: Visit) -> None:
        self._visit = visit
        station = visit.station
        self._work = Work(
            ledger=station.ledger, store=station.store, clock=station.clock, worker_id=visit.worker.worker_id
        )
        self._asking = self._asked = False
        self._offline = False
        self._nothing = "work.none"
        self._elsewhere: tuple[str, ...] = ()
        self._left_here: str | None = None

    @property
    def rests(self) -> bool:
        return not self._asking

    @property
    def title(self) -> Sentence | str:
        return Sentence("work.title")

    def on_open(self) -> None:
        self._visit.door.at("pick")

    def prompt(self, look: Look) -> Prompt | None:
        return Prompt(sentence=Sentence("work.scan_get"), expects=frozenset({"command"}))

    def back(self) -> Screen | None:
        home = self._visit.door.home()
        return None if isinstance(home, WorkScreen) else home

    def actions(self) -> tuple[Action, ...]:
        return (
            Action(key="sign_in.sign_out", icon=ft.Icons.LOGOUT, on_tap=self._visit.door.sign_out),
            set_up(self._visit),
            Action(key="work.get", icon=ft.Icons.DOWNLOAD, on_tap=self._get, role=Role.GO, enabled=not self._asking),
        )

    def build(self, look: Look) -> ft.Control:
        if self._asking:
            return empty_state(look, ft.Icons.SEARCH, look.say("work.asking"), busy=True)
        lists, remedies = self._work.leased(), open_remedies(self._visit.station.ledger)
        if not lists and not remedies and not self._elsewhere:
            if not self._asked or (self._offline and self._visit.station.store.state().link is Link.ONLINE):
                return empty_state(look, ft.Icons.QR_CODE_SCANNER, look.say("work.scan_get"))
            return empty_state(look, ft.Icons.INBOX, look.say(self._nothing), hint=look.say("work.none_hint"))
        return ft.Column(
            expand=True,
            spacing=GAP,
            scroll=ft.ScrollMode.AUTO,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            controls=[
                *(self._taking_over(look) if self._elsewhere or self._left_here else ()),
                *(self._list(look, one) for one in lists),
                *(self._remedy(look, number, row) for number, row in enumerate(remedies, start=1)),
            ],
        )

    def on_scan(self, scan: Scan) -> Outcome:
        answer = self._visit.door.scanned(scan)
        if answer is not None:
            return answer
        code = identify(scan)
        if code.command is Command.BACK:
            return self.seat.go_back()
        if code.command is Command.GET_WORK:
            return self._get()
        if code.command is Command.OK and (self._elsewhere or self._left_here):
            return self._take_over()
        return self._begun_by(scan, code)

    def _begun_by(self, scan: Scan, code: Code) -> Outcome:
        """Something to put right is begun by its bin or tote, or by its number; OK begins the first."""
        remedies = open_remedies(self._visit.station.ledger)
        row = named_by(code, remedies)
        if row is not None:
            return self._put_right(row).begun_by(scan)
        number = 1 if code.command is Command.OK else code.number
        if number is None or not 1 <= number <= len(remedies):
            return Answer.wrong("shell.not_here")
        self._begin(remedies[number - 1])
        return None

    async def _get(self, *, take_over: bool = False) -> Answer | None:
        """Ask for work and begin it; a second tap while the store is being asked changes nothing.

        What the worker left unfinished at another station is offered first, once: GET WORK again leaves it there.
        """
        if self._asking:
            return None
        self._asking, self._asked, offered = True, True, self._elsewhere
        self.seat.redraw()
        try:
            found = await self._work.get(take_over=take_over)
        finally:
            self._asking = False
        self._offline, self._elsewhere, self._left_here = found.offline, found.elsewhere, None
        self._nothing = found.nothing
        if self.seat.screen is not self:
            return None
        if found.elsewhere and found.elsewhere != offered:
            return Answer.caution("work.elsewhere", picklist=found.elsewhere[0])
        if found.left_here is not None:
            return self._begin_list(found.left_here)
        if found.picklist_id is None:
            return Answer.caution(found.nothing)
        self._walk(found.picklist_id)
        return Answer.caution("work.offline") if found.offline else None

    def _taking_over(self, look: Look) -> tuple[ft.Control]:
        button = choice_button(
            look,
            key="work.take_over",
            icon=ft.Icons.MOVE_DOWN,
            text=look.say("work.take_over"),
            detail=", ".join(self._elsewhere) or self._left_here or "",
            role=Role.CAUTION,
            on_click=partial(self.seat.tap, "work.take_over", self._take_over),
        )
        return (button,)

    def _take_over(self) -> Outcome:
        """What was offered last: a list of one's own at another station, or one that a colleague left at this one."""
        if self._left_here is None:
            return self._get(take_over=True)
        picklist_id, self._left_here = self._left_here, None
        if picklist_id not in {one.picklist_id for one in self._work.leased()}:
            return Answer.caution("work.none")
        self._walk(picklist_id)
        return None

    def _list(self, look: Look, one: Picklist) -> ft.Control:
        tasks = self._visit.station.ledger.all(PickTask, parent=one.picklist_id)
        theirs = one.worker_id not in (None, self._visit.worker.worker_id)
        whose = self._name(one.worker_id) if theirs else look.say("place.zone", zone=one.zone)
        begun = one.state is not PicklistState.LEASED
        if begun:
            detail = look.say("work.list", whose=whose, done=sum(task.settled for task in tasks), of=len(tasks))
        else:
            detail = look.say("work.new_list", whose=whose, time=self._visit.station.said_time(one.ship_by_utc))
        return choice_button(
            look,
            key=f"list-{one.picklist_id}",
            icon=ft.Icons.PERSON if theirs else ft.Icons.RESTART_ALT if begun else ft.Icons.PLAY_CIRCLE,
            text=one.picklist_id,
            detail=detail,
            on_click=partial(self.seat.tap, one.picklist_id, partial(self._begin_list, one.picklist_id)),
        )

    def _remedy(self, look: Look, number: int, row: Discrepancy) -> ft.Control:
        place, product_id = place_of(row), row.facts.get("product_id", "")
        if place and place == row.facts.get("tote_id"):
            place = look.say("pick.the_tote", tote=place)
        product = self._visit.station.ledger.get(Product, product_id)
        return choice_button(
            look,
            key=f"remedy-{row.discrepancy_id}",
            icon=ft.Icons.BUILD_CIRCLE,
            text=look.say(f"remedy.{row.remedy}"),
            detail=place or (product.name if product else product_id),
            role=Role.CAUTION,
            on_click=partial(self.seat.tap, row.discrepancy_id, partial(self._begin, row)),
            trailing=look.code(str(number), size=NAME, color=look.role(Role.CAUTION).ink),
        )

    def _begin_list(self, picklist_id: str) -> Answer | None:
        """Walk a list; one that a colleague left here is asked about first."""
        ledger = self._visit.station.ledger
        one = ledger.get(Picklist, picklist_id)
        if one is None or not self._work.is_left_here(one):
            self._walk(picklist_id)
            return None
        self._left_here, self._elsewhere = picklist_id, ()
        return Answer.caution("work.left_here", picklist=picklist_id, name=self._name(one.worker_id))

    def _name(self, worker_id: str | None) -> str:
        walker = self._visit.station.ledger.get(Worker, worker_id or "")
        return walker.name if walker else "?"

    def _walk(self, picklist_id: str) -> None:
        pick = pick_of(self._visit, picklist_id)
        pick.open()
        self.seat.show(PickScreen(self._visit, pick, self._again))

    def _put_right(self, row: Discrepancy) -> RemedyScreen:
        station = self._visit.station
        work = RemedyWork(
            ledger=station.ledger,
            clock=station.clock,
            worker_id=self._visit.worker.worker_id,
            discrepancy_id=row.discrepancy_id,
            zone=station.zone,
        )
        screen = RemedyScreen(self._visit, work, self._again)
        self.seat.show(screen)
        return screen

    def _begin(self, row: Discrepancy) -> None:
        self._put_right(row)

    def _again(self) -> WorkScreen:
        return WorkScreen(self._visit)


def pick_of(visit: Visit, picklist_id: str) -> Pick:
    """One list in this worker's hands."""
    station = visit.station
    return Pick(
        ledger=station.ledger,
        clock=station.clock,
        worker_id=visit.worker.worker_id,
        picklist_id=picklist_id,
        zone=station.zone,
    )


def open_picking(visit: Visit, place: str) -> Screen:
    """The list that this window was at when that can be gone on with, else the choice of work."""
    work = WorkScreen(visit)
    if not place:
        return work
    pick = pick_of(visit, place)
    try:
        pick.open()
    except (LeaseEnded, LedgerTrouble):
        return work
    return PickScreen(visit, pick, lambda: WorkScreen(visit))
