"""Licence plates: a label for each unit that came back, so that it has a name on the shelf."""

from __future__ import annotations

from app.domain.codes import CodeKind, printed
from app.domain.printing import ON_ITS_WAY, LabelDesign, LabelIntent, PrintJob, PrintState
from app.domain.returns import Disposition, Return, ReturnItem
from app.errors import IllegalTransition
from app.ports import Clock, PrintJobs

_CHARS = 10
_WAITING = frozenset({PrintState.QUEUED, PrintState.FAILED})


class LicencePlates:
    """The plates of one station.

    Args:
        printer_id: the station's name for the printer; empty for none: then plates are written by hand.
    """

    def __init__(self, *, jobs: PrintJobs, clock: Clock, worker_id: str, printer_id: str) -> None:
        self._jobs = jobs
        self._clock = clock
        self._worker_id = worker_id
        self._printer_id = printer_id

    def new_plate(self) -> str:
        """The text of a plate that nobody has yet, as its barcode carries it."""
        return printed(CodeKind.LICENCE_PLATE, self._clock.new_id().replace("-", "")[-_CHARS:].upper())

    def jobs_for(self, plate: str, *, name: str, disposition: Disposition, parcel: Return) -> tuple[PrintJob, ...]:
        """The print job of a new plate; none at a station without a printer.

        The note is what people call the parcel: a parcel that nobody announced has only an id, which nobody reads.
        """
        if not self._printer_id:
            return ()
        fields = {"code": plate, "title": name, "goes_to": disposition, "note": parcel.rma}
        intent = LabelIntent(design=LabelDesign.LICENCE_PLATE, fields=fields)
        return (PrintJob(job_id=_job_id(plate), printer_id=self._printer_id, subject=plate, intent=intent),)

    def job(self, item: ReturnItem | None) -> PrintJob | None:
        if item is None or item.licence_plate is None:
            return None
        return self._jobs.job(_job_id(item.licence_plate))

    def reprint(self, item: ReturnItem | None) -> bool:
        """Print a plate once more; False when it is on its way already.

        Raises:
            IllegalTransition: the unit has no plate, or it was given up.
        """
        job = self.job(item)
        if job is None:
            raise IllegalTransition("reprint", "no licence plate")
        if job.state in ON_ITS_WAY:
            return False
        self._jobs.mark(job.job_id, PrintState.QUEUED, reason=f"reprint by {self._worker_id}")
        return True

    def came_out(self, item: ReturnItem | None, *, yes: bool) -> None:
        """A person's answer about a plate that nobody else can judge."""
        job = self.job(item)
        if job is not None and job.state is PrintState.UNCERTAIN:
            self._jobs.mark(job.job_id, PrintState.CONFIRMED if yes else PrintState.QUEUED)

    def give_up(self, item: ReturnItem | None) -> None:
        """What has not been printed is printed no more: the decision that it names was taken back."""
        job = self.job(item)
        if job is not None and job.state in _WAITING:
            self._jobs.mark(job.job_id, PrintState.DROPPED)

    def is_uncertain(self, item: ReturnItem | None) -> bool:
        job = self.job(item)
        return job is not None and job.state is PrintState.UNCERTAIN


def _job_id(plate: str) -> str:
    return f"plate-{plate}"
