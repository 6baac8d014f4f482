"""The supervisor's screen: the shift as the store sees it, by itself; giving a list on, settling an exception."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import flet as ft

from app.domain.board import Board, ListProgress, OpenException
from app.domain.codes import CodeKind, Command, identify
from app.domain.products import Product
from app.domain.scan import Scan
from app.domain.workers import Worker
from app.errors import FloorError
from app.ports import Link
from app.workflows.answers import Answer, Prompt, Role, Sentence, Step, StepState
from app.workflows.supervise import Supervise
from screens.look import Look
from screens.parts.age import said_age, said_since
from screens.parts.banner import banner
from screens.parts.board_scroll import CARDS, BoardScroll
from screens.parts.empty_state import empty_state
from screens.parts.exception_row import said_kind
from screens.parts.floor_picture import Floor, floor_picture
from screens.parts.pill import loosely
from screens.reassign import ReassignScreen
from screens.screen import Outcome, Screen
from screens.station_setup import StationSetupScreen
from screens.theme import GAP, SMALL, TOUCH
from screens.visit import Visit
from screens.wording import sentence

log = logging.getLogger("floorhand.supervisor")

PLACE = "supervise"
POLL_S = 0.5
# How often it is asked whether what stands here has grown old meanwhile: a store that hangs gives no board to draw.
TICK_S = 1.0
# A good answer goes from the strip by itself: nothing is scanned here that would clear it.
PRAISE_S = 6


class SupervisorScreen(Screen):
    """Looks at the board twice a second while it is open; an answer that is slow is waited for, never asked twice.

    Args:
        supervise: kept from screen to screen, so that coming back from an act shows the picture at once.
        every_s: from one question for the board to the next; may be changed while it is open.
    """

    def __init__(self, visit: Visit, supervise: Supervise | None = None, *, every_s: float = POLL_S) -> None:
        station = visit.station
        self._visit = visit
        self._supervise = supervise or Supervise(
            ledger=station.ledger, store=station.store, clock=station.clock, worker_id=visit.worker.worker_id
        )
        self.every_s = every_s
        self._scroll = BoardScroll()
        self._polling: asyncio.Task[None] | None = None
        self._ticking: asyncio.TimerHandle | None = None
        self._trouble: FloorError | None = None
        self._asked = False
        self._drawn: object = None

    @property
    def title(self) -> Sentence | str:
        live = self._supervise.board is not None and not self._supervise.stale
        return Sentence("supervisor.title_live" if live else "supervisor.title")

    def back(self) -> Screen | None:
        door = self._visit.door
        return door.home() if len(door.offered(self._visit.worker)) > 1 else None

    def prompt(self, look: Look) -> Prompt | None:
        if self._supervise.board is None:
            return None
        steps = (
            Step("supervisor.step_list", StepState.NOW),
            Step("supervisor.step_person", StepState.LATER),
            Step("supervisor.step_reason", StepState.LATER),
        )
        return Prompt(sentence=self._wanted(), steps=steps, expects=frozenset({"command", "badge"}))

    def on_open(self) -> None:
        self._visit.door.at(PLACE)
        self._supervise.rows.typed = ""
        loop = asyncio.get_running_loop()
        self._polling = loop.create_task(self._poll(), name="board")
        self._ticking = loop.call_later(TICK_S, self._tick)

    def on_close(self) -> None:
        if self._polling is not None:
            self._polling.cancel()
            self._polling = None
        if self._ticking is not None:
            self._ticking.cancel()
            self._ticking = None

    def on_scan(self, scan: Scan) -> Outcome:
        """One scan, the rules in order.

        A badge of somebody who may work at this station, and SIGN OUT: as everywhere. ANSWER 1 to 4 show a section,
        SKIP its next page. BACK with no digit typed leads home. All else chooses a row: a picklist is given on, an
        exception is settled.
        """
        code, ledger = identify(scan), self._visit.station.ledger
        command, still = code.command, self.seat.look.still
        worker = None
        if code.kind is CodeKind.BADGE:
            worker = next((one for one in ledger.all(Worker) if one.badge == code.value), None)
        if worker is None or self._visit.door.offered(worker):
            said = self._visit.door.scanned(scan)
            if said is not None or command is Command.SIGN_OUT:
                return said
        if command is not None and command.answer is not None:
            return self._scroll.to(CARDS[command.answer - 1], still=still)
        if command is Command.SKIP:
            return self._scroll.turn(height=self.seat.look.height, still=still)
        if command is Command.BACK and not self._supervise.rows.typed:
            return self._go_home()
        return self._act_on(self._supervise.rows.choose(code, worker))

    def build(self, look: Look) -> ft.Control:
        board = self._supervise.board
        # Taken here, where it is drawn: a redraw that was lost is asked for again with the next board.
        self._drawn = self._gist()
        if board is None:
            return ft.Column(expand=True, controls=[ft.Container(self._waiting(look), expand=True), self._foot(look)])
        late = [banner(look, Role.CAUTION, self._said_age(look, board))] if self._supervise.stale else []
        return ft.Column(
            expand=True,
            spacing=8,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            controls=[*late, ft.Container(floor_picture(look, self._floor(board)), expand=True)],
        )

    # -- the picture that comes by itself -----------------------------------------------------------------------------

    async def _poll(self) -> None:
        clock = self.seat.clock
        while True:
            asked_ms = clock.monotonic_ms()
            try:
                await self._supervise.refresh()
                self._trouble = None
            except FloorError as trouble:
                self._trouble = trouble
            except Exception:
                # A picture that stops without a word is worse than one that is late: the next one is asked for.
                log.exception("board_failed seat=%s", self.seat.seat_id)
            self._asked = True
            self._draw_what_changed()
            # The rest of the time between two boards; a store that is slow has as long a rest as its answer took.
            took_s = (clock.monotonic_ms() - asked_ms) / 1000
            await asyncio.sleep(min(self.every_s, max(took_s, self.every_s - took_s)))

    def _tick(self) -> None:
        self._draw_what_changed()
        self._ticking = asyncio.get_running_loop().call_later(TICK_S, self._tick)

    def _draw_what_changed(self) -> None:
        self._clear_praise()
        if self._gist() != self._drawn:
            self.seat.redraw()

    def _gist(self) -> object:
        """What would be seen: equal for two boards that look alike."""
        look, board, now_utc = self.seat.look, self._supervise.board, self._now_utc()
        if board is None:
            return self._trouble and str(self._trouble), self._asked
        ages = [one.raised_at_utc for one in board.exceptions]
        ages += [one.last_fact_at_utc for one in board.people if one.last_fact_at_utc]
        ages += [one.last_seen_utc for one in board.stations if one.last_seen_utc]
        timeless = replace(
            board,
            as_of_utc=datetime.min.replace(tzinfo=UTC),
            stations=tuple(replace(one, last_seen_utc=None) for one in board.stations),
        )
        said = [said_since(look, at_utc, now_utc) for at_utc in ages]
        return timeless, said, self._supervise.stale and self._said_age(look, board)

    def _clear_praise(self) -> None:
        seat = self.seat
        idle_ms = seat.clock.monotonic_ms() - seat.last_touch_ms
        if seat.notice is not None and seat.notice.role is Role.GO and idle_ms > PRAISE_S * 1000:
            seat.say(None)

    def _now_utc(self) -> datetime:
        """The store's clock: ages are right though this station's clock is wrong, and go on while the store is away."""
        board, age_s = self._supervise.board, self._supervise.age_s
        if board is None or age_s is None:
            return self._visit.station.clock.now_utc()
        return board.as_of_utc + timedelta(seconds=age_s)

    def _said_age(self, look: Look, board: Board | None) -> str:
        if board is None:
            return ""
        time = look.words.time(board.as_of_utc.astimezone(self._visit.station.zone))
        return look.say("supervisor.as_of", time=time, age=said_age(look, self._supervise.age_s or 0, exact=True))

    def _floor(self, board: Board) -> Floor:
        return Floor(
            board=board,
            now_utc=self._now_utc(),
            zone=self._visit.station.zone,
            rows=self._supervise.rows,
            scroll=self._scroll,
            about=self._about,
            on_reassign=self._reassign,
            on_settle=self._settle,
            foot=self._foot(self.seat.look),
        )

    # -- what people do -----------------------------------------------------------------------------------------------

    def _wanted(self) -> Sentence:
        """What to scan now; with digits typed, what stands under them."""
        rows = self._supervise.rows
        if not rows.typed:
            return Sentence("supervisor.ask_row")
        if rows.chosen is None:
            return Sentence("supervisor.begun" if rows.begun else "supervisor.no_row", {"number": rows.typed})
        return Sentence("supervisor.typed", {"number": rows.typed, "what": self._named(rows.chosen)})

    def _named(self, row: ListProgress | OpenException) -> str:
        look, board = self.seat.look, self._supervise.board
        if isinstance(row, OpenException):
            return said_kind(look, row.kind)
        person = board.person(row.worker_id) if board and row.worker_id else None
        whose = person.name if person else look.say(f"supervisor.list_{row.state}")
        return look.say("supervisor.list_of", name=whose, zone=row.zone)

    def _act_on(self, row: ListProgress | OpenException | Answer | None) -> Outcome:
        if isinstance(row, ListProgress):
            self._give_on(row.picklist_id)
            return None
        if isinstance(row, OpenException):
            return self._looked_into(row.discrepancy_id)
        return row

    def _go_home(self) -> Answer | None:
        home = self.back()
        if home is not None:
            self.seat.show(home)
        return None

    def _give_on(self, picklist_id: str) -> None:
        back = partial(SupervisorScreen, self._visit, self._supervise, every_s=self.every_s)
        self.seat.show(ReassignScreen(self._visit, self._supervise, picklist_id, back=back))

    def _reassign(self, picklist_id: str) -> None:
        self.seat.tap(f"reassign-{picklist_id}", lambda: self._give_on(picklist_id))

    def _settle(self, discrepancy_id: str) -> None:
        self.seat.tap(f"settle-{discrepancy_id}", partial(self._looked_into, discrepancy_id))

    def _looked_into(self, discrepancy_id: str) -> Answer:
        """Settled, and told in the words that stand on its row."""
        answer = self._supervise.settle(discrepancy_id, how="reviewed")
        if answer.role is not Role.GO:
            return answer
        return Answer.good(answer.sentence.key, what=said_kind(self.seat.look, str(answer.sentence.facts["what"])))

    def _set_up(self) -> None:
        back = partial(SupervisorScreen, self._visit, self._supervise, every_s=self.every_s)
        self.seat.tap("set-up", lambda: self.seat.show(StationSetupScreen(self._visit, back=back)))

    # -- what is drawn ------------------------------------------------------------------------------------------------

    def _foot(self, look: Look) -> ft.Control:
        """The way to the station's set-up and out: not for every minute, so that they stand at the end."""
        return ft.Column(
            spacing=8,
            controls=[
                look.quiet(self._visit.station.warehouse_name, lines=1),
                ft.Row(
                    spacing=GAP,
                    controls=[
                        _quiet_button(look, "sign-out", ft.Icons.LOGOUT, "sign_in.sign_out", self._sign_out),
                        _quiet_button(look, "set-up", ft.Icons.TUNE, "supervisor.set_up", self._set_up),
                    ],
                ),
            ],
        )

    def _sign_out(self) -> None:
        self.seat.tap("sign-out", self._visit.door.sign_out)

    def _waiting(self, look: Look) -> ft.Control:
        if self._trouble is not None:
            return empty_state(look, ft.Icons.BLOCK, look.words.text(sentence(self._trouble)))
        if self._asked and self._visit.station.store.state().link is not Link.ONLINE:
            hint = look.say("supervisor.comes_back")
            return empty_state(look, ft.Icons.CLOUD_OFF, look.say("empty.offline"), hint=hint)
        return empty_state(look, ft.Icons.HOURGLASS_EMPTY, look.say("empty.loading"), busy=True)

    def _about(self, one: OpenException) -> str:
        """Place, quantity and product, tote, order, or whose facts they are: what of it is known, in this order."""
        look, facts = self.seat.look, one.facts
        product = self._visit.station.ledger.get(Product, facts.get("product_id", ""))
        each = facts.get("quantity_each") or facts.get("missing_each") or ""
        parts = (
            facts.get("location_id", ""),
            f"{each} × {product.name}" if each and product else product.name if product else "",
            look.say("supervisor.tote", tote=facts["tote_id"]) if facts.get("tote_id") else "",
            facts.get("picklist_id", ""),
            self._facts_set_aside(look, facts),
        )
        return " · ".join(part for part in parts if part)

    def _facts_set_aside(self, look: Look, facts: Mapping[str, str]) -> str:
        """The station, the first fact's number, how many they are and the store's own reason: what whoever looks after
        the store asks for.
        """
        if "seq" not in facts:
            return ""
        station_id, board = facts.get("station_id", ""), self._supervise.board
        names = {one.station_id: one.name for one in board.stations} if board else {}
        name = names.get(station_id, station_id)
        count, reason = int(facts.get("count", "1")), facts.get("reason", "")
        return look.say("supervisor.fact", station=name, number=facts["seq"], count=count, reason=reason)


def _quiet_button(look: Look, key: str, icon: ft.IconData, words: str, act: Callable[[], None]) -> ft.Control:
    inside = [
        ft.Icon(icon, size=22, color=look.theme.quiet),
        loosely(look.body(look.say(words), size=SMALL, lines=1)),
    ]
    return ft.Button(
        key=key,
        expand=True,
        height=48 if look.wide else TOUCH,
        on_click=act,
        style=ft.ButtonStyle(
            bgcolor=look.theme.card.ground,
            color=look.theme.card.ink,
            elevation=0,
            padding=ft.Padding.symmetric(horizontal=14),
            shape=ft.RoundedRectangleBorder(radius=10),
            side=ft.BorderSide(look.theme.outline, look.theme.line),
        ),
        content=ft.Row(spacing=8, alignment=ft.MainAxisAlignment.CENTER, controls=inside),
    )


def open_supervising(visit: Visit, place: str) -> Screen:
    """The picture of the shift; `place` says no more."""
    return SupervisorScreen(visit)
