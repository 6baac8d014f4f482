"""A packing station's seat: the carton that it is at, the question that is open, and what its screen shows of both."""

from __future__ import annotations

from datetime import tzinfo

from app.domain.cartons import FILLING, Carton
from app.domain.deeds import deed_of
from app.domain.facts import Fact
from app.domain.orders import Order
from app.domain.printing import PrintJob
from app.errors import IllegalTransition
from app.ports import Clock, Ledger, PrintJobs
from app.workflows.answer_pages import paged
from app.workflows.answers import Prompt
from app.workflows.pack_asking import Asking, Detail, Exit, step_asked, weight_asked
from app.workflows.pack_choices import Choice, LeftOpen, choices_of, to_page
from app.workflows.pack_closing import Closing
from app.workflows.pack_contents import Contents
from app.workflows.pack_label import LabelDesk
from app.workflows.pack_opening import Shelf
from app.workflows.pack_picture import lines_of, prompt_of, view_of
from app.workflows.pack_step import LineCard, PackStep, PackView, step_of


class PackSeat:
    """One seat at a packing station: where it stands.

    What stands in rows comes back after a restart; an open question (`pack_asking`) is asked anew.

    Args:
        seat_id: remembers which carton this seat is at.
        zone: the warehouse's time zone.
        printer_id: the station's name for its label printer.
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
        self.typed = ""
        self._ledger = ledger
        self._jobs = jobs
        self._clock = clock
        self._worker_id = worker_id
        self._place = f"pack/{seat_id}"
        self._asking: Asking | None = None
        self._page = 0
        self._tending = False
        self._told: PackStep | None = None
        self._said_blind = ""
        self._shelf = Shelf(ledger)
        self._labels = LabelDesk(ledger=ledger, jobs=jobs, worker_id=worker_id, zone=zone, printer_id=printer_id)
        self._contents = Contents(ledger=ledger, shelf=self._shelf, clock=clock, worker_id=worker_id, zone=zone)
        self._closing = Closing(ledger=ledger, labels=self._labels, shelf=self._shelf, clock=clock, worker_id=worker_id)

    # -- how it stands ------------------------------------------------------------------------------------------------

    @property
    def carton(self) -> Carton | None:
        """The carton that this seat is at."""
        carton_id = self._ledger.recall(self._place)
        return self._ledger.get(Carton, carton_id) if carton_id else None

    @property
    def order(self) -> Order | None:
        carton = self.carton
        return self._ledger.get(Order, carton.order_id) if carton is not None else None

    def step(self) -> PackStep:
        """What is asked of the packer now."""
        return step_asked(self._asking) if self._asking is not None else self._step_of_rows()

    @property
    def is_idle(self) -> bool:
        """Whether nothing is begun here, so that there is nothing to go back from but the bench itself."""
        return self.step() is PackStep.TOTE and not self._page

    def view(self) -> PackView:
        """Everything that the screen shows."""
        carton, order, step = self.carton, self.order, self.step()
        if step is PackStep.TOTE:
            carton = order = None
        return view_of(
            self._ledger,
            step=step,
            order=order,
            carton=carton,
            so_far=self._contents.so_far(order, carton) if order is not None and carton is not None else None,
            typed=self.typed,
            weighed_g=weight_asked(self._asking) or (carton.weight_g if carton is not None else None),
            job=self._labels.job(carton) if carton is not None else None,
            choices=tuple(choice.sentence for choice in self._choices()),
            blind=carton is not None and carton.state in FILLING and self._shelf.is_blind(carton),
            beside=self._shelf.stations_at(order.order_id) if order is not None else (),
            totes=self._shelf.totes_of(carton) if carton is not None else (),
            owed=tuple(one.carton_id for one in self._owed()) if step is PackStep.TOTE else (),
        )

    def prompt(self, view: PackView | None = None) -> Prompt:
        """What to scan now; pass the `view` that is being drawn to save making it again."""
        unit = self._asking.unit if isinstance(self._asking, Detail) else None
        return prompt_of(view or self.view(), product=unit.product.name if unit else "")

    # -- what acts rest on --------------------------------------------------------------------------------------------

    def _step_of_rows(self) -> PackStep:
        carton = self.carton
        job: PrintJob | None = self._labels.job(carton) if carton is not None else None
        return step_of(carton, self.order, job)

    def _choices(self) -> tuple[Choice, ...]:
        carton, order = self.carton, self.order
        lines: tuple[LineCard, ...] = ()
        if order is not None and isinstance(self._asking, Exit):
            lines = lines_of(self._ledger, order, carton, None)
        step = self._step_of_rows()
        left_open = self._left_open() if self._asking is None and step is PackStep.TOTE else ()
        return paged(choices_of(self._asking, step, lines, left_open), self._page, to_page)

    def _left_open(self) -> tuple[LeftOpen, ...]:
        """The cartons that stand open at this station, first opened first."""
        found = ((carton, self._ledger.get(Order, carton.order_id)) for carton in self._shelf.standing())
        return tuple(
            LeftOpen(
                carton_id=carton.carton_id,
                number=carton.number,
                order=order.external_reference if order is not None else carton.order_id,
                tote_id=carton.tote_id,
            )
            for carton, order in found
        )

    def _ask(self, asking: Asking | None) -> None:
        """Open a question, or close the one that is open."""
        self._asking, self._page = asking, 0

    def _owed(self) -> list[Carton]:
        return self._shelf.owed(self._labels.at_work())

    def _standing(self) -> Carton:
        carton = self.carton
        if carton is None:
            raise IllegalTransition("packing", "no carton is open")
        return carton

    def _open_order(self) -> Order:
        order = self.order
        if order is None:
            raise IllegalTransition("packing", "the order is gone")
        return order

    def _stand_at(self, carton: Carton | None) -> None:
        self.typed, self._page = "", 0
        self._ledger.remember(self._place, carton.carton_id if carton is not None else "")

    def _record(self, *facts: Fact) -> None:
        self._ledger.record(deed_of(self._ledger.get, *facts), worker_id=self._worker_id)
