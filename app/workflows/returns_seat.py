"""A returns bench's seat: the parcel on it, the unit in the hand, and the question that is open."""

from __future__ import annotations

from datetime import tzinfo

from app.domain.deeds import deed_of
from app.domain.facts import Fact
from app.domain.grading import SHELVES, Question
from app.domain.locations import Location, LocationKind
from app.domain.orders import Order
from app.domain.printing import PrintJob
from app.domain.returns import (
    Disposition,
    ItemState,
    Return,
    ReturnItem,
)
from app.errors import IllegalTransition
from app.ports import Clock, Ledger, PrintJobs
from app.workflows.returns_finding import Candidate, open_return
from app.workflows.returns_grading import Grading
from app.workflows.returns_hand import hand_of
from app.workflows.returns_plate import LicencePlates
from app.workflows.returns_step import ReturnStep, step_of


class ReturnsSeat:
    """One seat at a returns bench. What stands in rows, and what was answered about a unit, comes back after a restart;
    other open questions are asked anew.

    Args:
        seat_id: remembers which parcel this seat is at.
        zone: the warehouse's time zone: a lot expires at its midnight.
        printer_id: the station's name for the printer of licence plates; empty for none.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        jobs: PrintJobs,
        clock: Clock,
        worker_id: str,
        seat_id: str,
        zone: tzinfo,
        printer_id: str,
    ) -> None:
        self._ledger = ledger
        self._clock = clock
        self._worker_id = worker_id
        self._zone = zone
        self._plates = LicencePlates(jobs=jobs, clock=clock, worker_id=worker_id, printer_id=printer_id)
        self._place = f"returns/{seat_id}"
        self._candidates: tuple[Candidate, ...] = ()
        self._grading = Grading(ledger, seat_id)
        self._page = 0
        self._in_hand: str | None = None
        self._closing = False
        # A warehouse has thousands of places and they stay where they are: looked for once.
        self._shelves: dict[Disposition, Location | None] = {}

    # -- how it stands ------------------------------------------------------------------------------------------------

    @property
    def parcel(self) -> Return | None:
        """The return on the bench."""
        return_id = self._ledger.recall(self._place)
        return open_return(self._ledger, return_id) if return_id else None

    @property
    def hand(self) -> ReturnItem | None:
        """The unit that a question or a put-away is about; see `returns_hand.hand_of`."""
        parcel = self.parcel
        return hand_of(parcel, self._in_hand) if parcel is not None else None

    def step(self) -> ReturnStep:
        if self._candidates:
            return ReturnStep.CHOOSE
        return ReturnStep.MISSING if self._closing else step_of(self.parcel, self.hand)

    def question(self) -> Question | None:
        """What is asked about the unit in the hand; None when nothing is."""
        hand = self.hand
        if hand is None or hand.state is not ItemState.IDENTIFIED:
            return None
        return self._grading.question(hand)

    @property
    def _is_answering(self) -> bool:
        """Whether something was answered about the unit in the hand, and more is asked."""
        hand = self.hand
        return hand is not None and bool(self._grading.answers(hand.item_id))

    def shelf_for(self, disposition: Disposition) -> Location | None:
        """Where a unit is proposed to go: the returns shelf before a bin; None where there is no such place."""
        if disposition not in self._shelves:
            kinds = SHELVES[disposition]
            places = [place for place in self._ledger.all(Location) if place.kind in kinds]
            nearest = min(places, key=lambda place: (place.kind is LocationKind.BIN, place.location_id), default=None)
            self._shelves[disposition] = nearest
        return self._shelves[disposition]

    def _called(self, parcel: Return) -> str:
        """How people at the bench call it; empty when nobody announced it and nothing explains it."""
        order = self._ledger.get(Order, parcel.order_id) if parcel.order_id else None
        return parcel.rma or (order.external_reference if order is not None else parcel.order_id or "")

    # -- what acts rest on --------------------------------------------------------------------------------------------

    def _choose_from(self, found: tuple[Candidate, ...]) -> None:
        """Ask which of these parcels is meant; none ends the question."""
        self._candidates, self._page = found, 0

    def _standing(self) -> Return:
        parcel = self.parcel
        if parcel is None:
            raise IllegalTransition("returns", "no parcel is open")
        return parcel

    def _stand_at(self, return_id: str | None) -> None:
        self._grading.begin()
        self._in_hand, self._closing = None, False
        self._ledger.remember(self._place, return_id or "")

    def _record(self, *facts: Fact, print_jobs: tuple[PrintJob, ...] = ()) -> None:
        deed = deed_of(self._ledger.get, *facts, print_jobs=print_jobs)
        self._ledger.record(deed, worker_id=self._worker_id)
