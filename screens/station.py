"""Everything that a station's screens may ask: ports, never adapters. Made once, by `wiring.py`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Protocol

from app.domain.printing import PrinterState
from app.ports import Clock, CodeReader, Grants, LabelDrawer, Ledger, PinCheck, PrintJobs, Store
from app.settings import StationSettings
from app.workflows.answers import Sentence
from app.workflows.sign_in import SignIn
from screens.wording import Wording

# A book of a large warehouse, its log and one copy.
ROOM_BYTES = 100_000_000


class Printing(Protocol):
    """The station's printers, as `devices.print_queue` works them."""

    def lamp(self, printer_id: str) -> PrinterState:
        """How the printer was when it was last asked."""

    def on_lamp(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` when a printer's lamp changes; returns what ends it."""

    def settle(self, job_id: str, came_out: bool) -> None:
        """A person's answer to "did it come out?"."""

    def reprint(self, job_id: str, *, reason: str) -> None:
        """Print a label once more, because a person says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How well this device keeps a station that lives in its browser.

    Args:
        for_good: the browser has promised not to clear it away when it wants room.
        left_bytes: how much more it may keep.
    """

    for_good: bool
    left_bytes: int

    @property
    def left_megabytes(self) -> int:
        return self.left_bytes // 1_000_000

    @property
    def caution(self) -> Sentence | None:
        """What whoever holds the device should do about it."""
        if self.left_bytes < ROOM_BYTES:
            return Sentence("keeping.nearly_full", {"megabytes": self.left_megabytes})
        return None if self.for_good else Sentence("keeping.may_forget")


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """One station, as its screens see it.

    Args:
        zone: the warehouse's time zone; times are said in it.
        words: one wording a language.
        drawer: draws labels for the screen; None where none are made.
        printer_id: the printer that this station's labels go to; empty for none.
        engines: what decodes pictures here: version, or empty where it is missing, by name.
        enrol_anew: makes this device a station of another id with a code, where its book and the store's contradict
            each other; everything in the book is kept.
        keeping: how well the device keeps this station; None where it is a file like any other.
        reader: reads pictures of the browser's camera; None where no decoder is installed.
    """

    settings: StationSettings
    warehouse_name: str
    zone: tzinfo
    ledger: Ledger
    store: Store
    clock: Clock
    pins: PinCheck
    grants: Grants
    jobs: PrintJobs
    drawer: LabelDrawer | None = None
    printing: Printing | None = None
    printer_id: str = ""
    reader: CodeReader | None = None
    enrol_anew: Callable[[str], Awaitable[None]] | None = None
    keeping: Callable[[], Keeping | None] = lambda: None
    engines: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Wording] = field(default_factory=dict)

    def sign_in_at(self, seat_id: str) -> SignIn:
        """The door of one seat."""
        return SignIn(
            ledger=self.ledger,
            clock=self.clock,
            pins=self.pins,
            grants=self.grants,
            seat_id=seat_id,
            idle_minutes=self.settings.idle_minutes,
        )

    def said_time(self, at_utc: datetime) -> str:
        """Hours and minutes in the warehouse's time zone."""
        return f"{at_utc.astimezone(self.zone):%H:%M}"
