"""The shipping label of a carton: what it says, when it is owed, and what its print job has come to.

A label is owed from the carton's closing on. Its job has an identifier made of the carton's, so that each finds the
other after a restart and no carton gets two jobs.
"""

from __future__ import annotations

from datetime import tzinfo

from app.domain.cartons import Carton, CartonState
from app.domain.deeds import deed_of
from app.domain.facts import Fact
from app.domain.orders import Address, Order
from app.domain.packing import LabelPrinted, LabelReprinted
from app.domain.printing import ON_ITS_WAY, LabelDesign, LabelIntent, PrintJob, PrintState
from app.ports import Ledger, PrintJobs

_JOB_PREFIX = "label-"
_AT_WORK = frozenset(PrintState) - {PrintState.VERIFIED, PrintState.DROPPED}


def job_id_of(carton_id: str) -> str:
    return _JOB_PREFIX + carton_id


def shipping_intent(
    order: Order, address: Address, *, sscc: str, number: int, of: int | None, weight_g: int, zone: tzinfo
) -> LabelIntent:
    """What the label of one carton says; "n of m" only when m is known."""
    ship_by = order.ship_by_utc.astimezone(zone)
    return LabelIntent(
        design=LabelDesign.SHIPPING,
        fields={
            "sscc": sscc,
            "ship_to": "\n".join((*address.lines, address.country)),
            "order_reference": order.external_reference,
            "carton_of": f"{number} of {of}" if of else str(number),
            "ship_by": f"{ship_by:%Y-%m-%d %H:%M}",
            "service": order.channel,
            "weight": f"{weight_g / 1000:.2f} kg",
        },
    )


class LabelDesk:
    """Follows the labels of this station's cartons, for whoever stands there.

    Args:
        zone: the warehouse's time zone.
        printer_id: the station's name for its label printer.
    """

    def __init__(self, *, ledger: Ledger, jobs: PrintJobs, worker_id: str, zone: tzinfo, printer_id: str) -> None:
        self._ledger = ledger
        self._jobs = jobs
        self._worker_id = worker_id
        self._zone = zone
        self._printer_id = printer_id

    def job(self, carton: Carton) -> PrintJob | None:
        return self._jobs.job(job_id_of(carton.carton_id))

    def new_job(self, carton: Carton, order: Order, *, sscc: str, of: int | None, weight_g: int) -> PrintJob | None:
        """The job of a carton that is being closed; None while its address is not known here."""
        address = self._ledger.get(Address, order.order_id)
        if address is None:
            return None
        intent = shipping_intent(
            order, address, sscc=sscc, number=carton.number, of=of, weight_g=weight_g, zone=self._zone
        )
        return PrintJob(job_id=job_id_of(carton.carton_id), printer_id=self._printer_id, subject=sscc, intent=intent)

    def ask_for_missing(self, carton: Carton) -> bool:
        """Ask for the label of a closed carton whose address has come only now; False while it has not."""
        order = self._ledger.get(Order, carton.order_id)
        if carton.state is not CartonState.CLOSED or order is None or carton.sscc is None or self.job(carton):
            return False
        job = self.new_job(carton, order, sscc=carton.sscc, of=carton.of, weight_g=carton.weight_g or 0)
        if job is not None:
            self._ledger.record(deed_of(self._ledger.get, print_jobs=(job,)), worker_id=self._worker_id)
        return job is not None

    def at_work(self) -> list[str]:
        """Cartons, by id, whose label is owed, on its way, or not stuck on yet."""
        jobs = self._jobs.jobs(states=_AT_WORK)
        return [job.job_id.removeprefix(_JOB_PREFIX) for job in jobs if job.job_id.startswith(_JOB_PREFIX)]

    def note_printed(self) -> None:
        """Record each label that has come out and is not told of yet, and end the jobs of labels that are stuck on."""
        for job in self._jobs.jobs(states={PrintState.CONFIRMED, PrintState.UNCERTAIN}):
            if not job.job_id.startswith(_JOB_PREFIX):
                continue
            carton = self._ledger.get(Carton, job.job_id.removeprefix(_JOB_PREFIX))
            if carton is None:
                continue
            applied = carton.state is CartonState.LABELLED
            if job.state is PrintState.CONFIRMED or applied:
                self._record(*self._printed(carton, job))
            if applied:
                self._jobs.mark(job.job_id, PrintState.VERIFIED)

    def came_out(self, carton: Carton, *, yes: bool) -> None:
        """A person's answer about a job that nobody else can judge."""
        job = self.job(carton)
        if job is not None and job.state is PrintState.UNCERTAIN:
            self._jobs.mark(job.job_id, PrintState.CONFIRMED if yes else PrintState.QUEUED)
            self.note_printed()

    def facts_of_scan_back(self, carton: Carton) -> tuple[Fact, ...]:
        """What a label that was just scanned proves besides: it was printed."""
        job = self.job(carton)
        return self._printed(carton, job) if job is not None and job.state is PrintState.UNCERTAIN else ()

    def end_job(self, carton: Carton) -> None:
        """The label sticks on the carton: send it no more."""
        job = self.job(carton)
        if job is None:
            return
        if job.state in (PrintState.CONFIRMED, PrintState.UNCERTAIN):
            self._jobs.mark(job.job_id, PrintState.VERIFIED)
        elif job.state in (PrintState.QUEUED, PrintState.FAILED):
            self._jobs.mark(job.job_id, PrintState.DROPPED)

    def reprint(self, carton: Carton, reason: str) -> bool:
        """Send the same label once more; False when it is on its way already."""
        job = self.job(carton)
        if job is None or job.state in ON_ITS_WAY | {PrintState.DROPPED}:
            return False
        self._record(LabelReprinted(carton_id=carton.carton_id, job_id=job.job_id, reason=reason))
        self._jobs.mark(job.job_id, PrintState.QUEUED)
        return True

    def _printed(self, carton: Carton, job: PrintJob) -> tuple[Fact, ...]:
        if job.attempt <= carton.printed_attempt:
            return ()
        return (
            LabelPrinted(carton_id=carton.carton_id, job_id=job.job_id, printer_id=job.printer_id, attempt=job.attempt),
        )

    def _record(self, *facts: Fact) -> None:
        if facts:
            self._ledger.record(deed_of(self._ledger.get, *facts), worker_id=self._worker_id)
