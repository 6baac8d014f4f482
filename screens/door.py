"""The door of one seat: who is in, where they are, and when they have to show themselves again."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from app.domain.codes import CodeKind, Command, identify
from app.domain.scan import Scan
from app.domain.workers import Worker
from app.errors import LedgerTrouble
from app.workflows.answers import Answer
from app.workflows.sign_in import Stage
from screens.home import HomeScreen
from screens.look import Look
from screens.screen import Screen
from screens.seat import Seat
from screens.sign_in import SignInScreen
from screens.station import Station
from screens.visit import Entry, Visit
from screens.wardrobe import Wardrobe

log = logging.getLogger("floorhand.door")

LOOK_EVERY_S = 5


class Door:
    """Shows the sign-in until somebody is in, and whatever that worker may start after it.

    Args:
        entries: everything that this program can start; each worker is offered what role and station allow.

    A window that is opened again comes back to where it was. Idle windows ask for the PIN, and a window whose worker
    has sat down elsewhere says so: both by themselves, within `LOOK_EVERY_S`.
    """

    def __init__(self, *, seat: Seat, station: Station, entries: tuple[Entry, ...]) -> None:
        self.seat = seat
        self.station = station
        self.sign_in = station.sign_in_at(seat.seat_id)
        self._entries = entries
        self._undressed = seat.look
        self._end_listening: Callable[[], None] = lambda: None

    def open(self) -> Screen:
        """Begin to watch this seat; returns its first screen: the door, or the place where this window was."""
        self.seat.admits = self.admits
        self._end_listening = self.station.ledger.on_change(self._look)
        self._look_later()
        return self._inside() if self.sign_in.stage is Stage.IN else self._outside()

    def admits(self) -> bool:
        """Whether a scan or a tap here counts now; when it does not, the door is shown and says why."""
        if isinstance(self.seat.screen, SignInScreen):
            return True
        if self.sign_in.stage is Stage.IN:
            self.sign_in.touch()
            return True
        self._close_up()
        return False

    def enter(self) -> None:
        """Somebody is in: show where they were, or home."""
        self.seat.show(self._inside())

    def offered(self, worker: Worker) -> tuple[Entry, ...]:
        """What this worker may start at this station."""
        kind = self.station.settings.kind
        return tuple(entry for entry in self._entries if entry.role in worker.roles and kind in entry.kinds)

    def home(self) -> Screen:
        """The worker's first screen: the only thing that they can start here, or the choice."""
        worker = self.sign_in.worker
        if worker is None:
            return self._outside()
        visit, offered = self._visit(worker), self.offered(worker)
        return offered[0].open(visit, "") if len(offered) == 1 else HomeScreen(visit, offered)

    def at(self, place: str) -> None:
        """This window is here now: a reload comes back to it, unless the book cannot be written just now."""
        try:
            self.sign_in.seats.at(self.seat.seat_id, place)
        except LedgerTrouble as trouble:
            # The next scan says so; a screen that only opens is not kept from opening.
            log.warning("place_not_kept seat=%s place=%s reason=%s", self.seat.seat_id, place, trouble)

    def sign_out(self) -> Answer:
        answer = self.sign_in.sign_out()
        self._show_door()
        return answer

    def scanned(self, scan: Scan) -> Answer | None:
        """A scan that means the same everywhere: another badge, or SIGN OUT. None when it is neither.

        Raises:
            UnreadableCode: it is no code at all.
        """
        code = identify(scan)
        if code.command is Command.SIGN_OUT:
            return self.sign_out()
        if code.kind is not CodeKind.BADGE:
            return None
        answer = self.sign_in.badge(code)
        if self.sign_in.stage is not Stage.IN:
            self._show_door()
        return answer

    def _inside(self) -> Screen:
        """The place of whoever is in, in their language and for their hand."""
        worker = self.sign_in.worker
        if worker is None:
            return self._outside()
        self._dress(worker)
        name, _, rest = self.sign_in.place.partition("/")
        entry = next((entry for entry in self.offered(worker) if entry.name == name), None)
        return entry.open(self._visit(worker), rest) if entry else self.home()

    def _outside(self) -> SignInScreen:
        self.seat.who = ""
        return SignInScreen(self.sign_in, self.station, self.enter)

    def _visit(self, worker: Worker) -> Visit:
        return Visit(station=self.station, worker=worker, door=self)

    def _dress(self, worker: Worker) -> None:
        self.seat.who = worker.name
        self._wear(Wardrobe(self.station.ledger, self.station.words).dressed(self._undressed, worker))

    def _wear(self, look: Look) -> None:
        look = look.sized(self.seat.look.width, self.seat.look.height)
        if look != self.seat.look:
            self.seat.wear(look)

    def _show_door(self) -> None:
        """The door, as the station speaks and looks: whoever reads it next need not be who was here before."""
        self.seat.show(self._outside())
        self._wear(self._undressed)

    def _close_up(self) -> None:
        name = self.seat.who
        self._show_door()
        self.seat.say(Answer.caution("sign_in.taken_over" if self.sign_in.taken_over else "sign_in.idle", name=name))

    def _look(self) -> None:
        """Close up when nobody is in any more; called after each commit and every few seconds."""
        if self.seat.screen is None:
            self._end_listening()
        elif not isinstance(self.seat.screen, SignInScreen) and self.sign_in.stage is not Stage.IN:
            self._close_up()

    def _look_later(self) -> None:
        def look() -> None:
            self._look()
            if self.seat.screen is not None:
                self._look_later()

        asyncio.get_running_loop().call_later(LOOK_EVERY_S, look)
