"""What the core asks of the outside world. Each port has one contract suite in `tests/contracts`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from app.domain.codes import Code
from app.domain.deeds import Deed
from app.domain.printing import LabelIntent, PrinterState, PrintJob, PrintState
from app.domain.rows import Row
from app.domain.scan import Scan, Symbology
from app.domain.workers import Worker

R = TypeVar("R", bound=Row)
Image = Mapping[str, Any]


class Clock(Protocol):
    """Time and fresh identifiers, handed in so that a test can say what time it is."""

    boot_id: str

    def now_utc(self) -> datetime: ...

    def monotonic_ms(self) -> int:
        """Milliseconds since this boot; never goes back."""

    def new_id(self) -> str:
        """A fresh identifier, unique over all stations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeHit:
    """A barcode of the catalogue: what it is on, and how many base units it stands for."""

    product_id: str
    factor_each: int

    def each_of(self, code: Code) -> int:
        """Base units that a scan of it stands for; a label may say how many such items it is for (GS1 element 37)."""
        return self.factor_each * (code.quantity_each or 1)


class View(Protocol):
    """What this station knows: the store's rows with the owed facts played over them."""

    def get(self, row_type: type[R], row_id: str) -> R | None: ...

    def all(self, row_type: type[R], *, parent: str | None = None) -> list[R]:
        """Rows of one type, by id; only those under `parent` when it is given (see `Row.parent`)."""

    def find_code(self, code: str) -> CodeHit | None:
        """Look a barcode of the catalogue up; GTINs in 14 digits, other codes as printed."""


class Ledger(View, Protocol):
    """The station's book. Sync on purpose: between judging a scan and showing it green nobody else gets in."""

    station_id: str
    warehouse_id: str

    def record(self, deed: Deed, *, worker_id: str) -> tuple[int, ...]:
        """Keep a whole deed, durably, or nothing of it; returns the facts' sequence numbers.

        Raises:
            LedgerTrouble: nothing was kept; take no more scans.
        """

    def owed_count(self) -> int:
        """Facts that the store does not hold yet."""

    def owed_since_utc(self) -> datetime | None:
        """When the oldest owed fact happened; None when nothing is owed."""

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each commit (deed or pull); returns what ends it. Listeners must not raise."""

    def last_facts(self, limit: int = 50) -> list[tuple[int, str, Image]]:
        """This station's newest facts that are still in the book: (seq, wire kind, body), newest first."""

    def take_sscc(self) -> str | None:
        """Draw the next SSCC of the leased range, for a deed that is recorded at once; None when none is left."""

    def remember(self, key: str, value: str) -> None:
        """Keep a small thing of this station (a seat's place, a setting); durable, never sent."""

    def recall(self, key: str) -> str | None: ...


class Link(StrEnum):
    """How the station stands with the order store."""

    ONLINE = "online"
    OFFLINE = "offline"
    TOO_OLD = "too_old"
    REFUSED = "refused"
    CLOCK_WRONG = "clock_wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkState:
    link: Link
    since_utc: datetime
    reason: str = ""


class Store(Protocol):
    """The order store, for what needs its word now. Facts do not pass here: the courier carries them."""

    def state(self) -> LinkState: ...

    def on_state(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever `state()` has changed; returns what ends it."""

    async def ask(self, name: str, body: Image) -> dict[str, Any]:
        """Ask `get_work`, `reassign`, `sscc_range`… once; the same question may safely be asked again.

        Raises:
            StoreUnreachable: no answer; nothing is known about whether it was heard.
            StoreRefused: the answer is no, with a reason for people.
        """

    async def board(self) -> dict[str, Any]:
        """The supervisor's picture as `store/board.py` describes it.

        Raises:
            StoreUnreachable: no answer.
        """

    async def pull_now(self) -> None:
        """Bring this station's rows up to date before going on; returns without a word when the store is away."""


class Grants(Protocol):
    """What the store has granted this station: who may work here while it is away, as what, and for how long."""

    def allows(self, worker: Worker, now_utc: datetime) -> bool:
        """Whether the worker, with the roles that their row says, may sign in here now."""


class PinCheck(Protocol):
    """Judges PINs against a slow hash that is sealed for this device. Async: it may take half a second on a handset."""

    async def matches(self, pin_hash: str, pin: str) -> bool: ...


class PrintJobs(Protocol):
    """The durable queue of labels: kept by the ledger, worked by `devices.print_queue`."""

    def job(self, job_id: str) -> PrintJob | None: ...

    def jobs(self, *, states: Iterable[PrintState] | None = None) -> list[PrintJob]:
        """Jobs in the order they were asked for."""

    def mark(self, job_id: str, state: PrintState, *, reason: str = "", printer_count: int | None = None) -> None:
        """Move a job on, durably.

        Raises:
            IllegalTransition: the table of print states does not list it.
        """

    def on_job(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after each commit that may have added or moved a job; returns what ends it."""


class LabelPrinter(Protocol):
    """One label printer. All calls may take seconds; none blocks the event loop."""

    printer_id: str

    async def state(self) -> PrinterState:
        """Ask the printer how it is; a printer that is away is a state, not an exception."""

    async def print(self, label: bytes) -> int | None:
        """Send one label in the printer's own language and wait until it says that it is through.

        Returns:
            The printer's own count of labels after this one, when it keeps one.

        Raises:
            DeviceMissing, DeviceBusy, PaperOut, CoverOpen: nothing was printed.
            DeviceSilent: it may or may not have been printed.
        """


class LabelDrawer(Protocol):
    """Draws labels: one bitmap for the preview and for the head."""

    def preview_png(self, intent: LabelIntent) -> bytes:
        """The bitmap that prints, shrunk for a screen and in greys, as PNG.

        Raises:
            LabelUnprintable: a field does not fit, or the symbols would not scan as meant.
        """

    def printer_bytes(self, intent: LabelIntent) -> bytes:
        """The same bitmap in the printer's language.

        Raises:
            LabelUnprintable: as above.
        """


class CodeReader(Protocol):
    """Reads barcodes in pictures."""

    async def read(
        self, picture: bytes, *, expected: frozenset[Symbology] | None = None, expected_text: str | None = None
    ) -> list[Scan]:
        """Read every code in one JPEG, PNG or WebP, from left to right; empty when nothing is readable.

        Raises:
            FrameDamaged: the bytes are no picture.
        """


class Tone(StrEnum):
    """The vocabulary of sounds and vibrations (`assets/sounds`)."""

    GOOD = "good"
    LINE_DONE = "line_done"
    LIST_DONE = "list_done"
    WRONG = "wrong"
    CAUTION = "caution"
    NEEDS_PERSON = "needs_person"


class Chime(Protocol):
    def play(self, tone: Tone) -> None:
        """Sound and vibrate; never raises, never waits."""
