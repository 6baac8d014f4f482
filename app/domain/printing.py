"""A print job's life, and what a label has to say. Drawing it is `devices.label_layout`'s work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class PrintState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    CONFIRMED = "confirmed"
    UNCERTAIN = "uncertain"
    FAILED = "failed"
    VERIFIED = "verified"
    DROPPED = "dropped"


# A job that was being sent when the power went is UNCERTAIN: only a person may send it again.
PRINT_TRANSITIONS: dict[PrintState, frozenset[PrintState]] = {
    PrintState.QUEUED: frozenset({PrintState.SENDING, PrintState.FAILED, PrintState.DROPPED}),
    # Back to QUEUED in one move when surely nothing came out: between two a label could be left that nobody sends.
    PrintState.SENDING: frozenset({PrintState.CONFIRMED, PrintState.UNCERTAIN, PrintState.FAILED, PrintState.QUEUED}),
    PrintState.FAILED: frozenset({PrintState.QUEUED, PrintState.DROPPED}),
    PrintState.UNCERTAIN: frozenset({PrintState.QUEUED, PrintState.CONFIRMED, PrintState.VERIFIED, PrintState.DROPPED}),
    PrintState.CONFIRMED: frozenset({PrintState.VERIFIED, PrintState.QUEUED}),
    PrintState.VERIFIED: frozenset({PrintState.QUEUED}),
    PrintState.DROPPED: frozenset(),
}


# The label comes out by itself: to send it once more would print it twice.
ON_ITS_WAY = frozenset({PrintState.QUEUED, PrintState.SENDING})
# The label is still to come out.
OWED = ON_ITS_WAY | {PrintState.FAILED}


class PrinterLamp(StrEnum):
    READY = "ready"
    PAPER_OUT = "paper_out"
    HEAD_OPEN = "head_open"
    BUSY = "busy"
    SILENT = "silent"
    MISSING = "missing"

    @property
    def needs_hand(self) -> bool:
        """Nothing prints until somebody has seen to it."""
        return self not in (PrinterLamp.READY, PrinterLamp.BUSY)


def as_told(state: PrintState, lamp: PrinterLamp) -> PrintState:
    """A job's state as people are told it: what waits for a printer that prints is as good as printing."""
    return PrintState.SENDING if state is PrintState.QUEUED and not lamp.needs_hand else state


@dataclass(frozen=True, slots=True, kw_only=True)
class PrinterState:
    printer_id: str
    lamp: PrinterLamp
    reason: str = ""
    printed_count: int | None = None


class LabelDesign(StrEnum):
    SHIPPING = "shipping"
    LICENCE_PLATE = "licence_plate"
    LOCATION = "location"
    TOTE = "tote"
    BADGE = "badge"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelIntent:
    """What a label must say.

    Args:
        design: which drawing.
        fields: texts by name.
            SHIPPING: sscc (18 digits), ship_to (lines separated by a line feed), order_reference, carton_of ("1 of 2"),
                ship_by, service, weight.
            LICENCE_PLATE: code, title, note.
            LOCATION: code, spoken, zone, check_digits.
            TOTE and BADGE: code, title.
    """

    design: LabelDesign
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintJob:
    """One label owed by a station to a printer.

    Args:
        job_id: unique over all stations.
        printer_id: the station's name for the printer.
        subject: the code that a scan-back must read (an SSCC, a licence plate).
        attempt: how many times a person or the queue has sent it.
        reason: why it is in this state; of a FAILED one a `LabelFault`.
        printer_count: the printer's own counter before the sending, when it has one.
    """

    job_id: str
    printer_id: str
    subject: str
    intent: LabelIntent
    state: PrintState = PrintState.QUEUED
    attempt: int = 0
    reason: str = ""
    printer_count: int | None = None
