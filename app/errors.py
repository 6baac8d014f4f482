"""Everything that can go wrong on the floor, sorted by who can put it right.

* FloorError
  + ScanRejected                     the worker, by scanning again
    - UnreadableCode                 the text is no code at all: too long, control characters, half a GS1 string
    - UnknownCode                    a code that nobody here knows
      · UnknownParcel
      · UnknownUnit                of a parcel that is open
    - WrongStep                      a code of another kind than this step asks for
    - WrongLocation
    - WrongItem
    - WrongTote
      · ToteTaken                  the tote is no free one: full, or on another cart
    - WrongLot
    - LotExpired
    - WrongCarton
  + RuleBroken                       the worker, another way; or the supervisor
    - IllegalTransition              the table of states does not list it
    - TooMany                        more than is left
    - CartonAlreadyClosed
    - LeaseEnded
    - NotAllowed                     the worker's roles do not cover it
    - NotSignedIn
  + DeviceTrouble                    whoever stands at the station
    - DeviceMissing
    - DeviceBusy
    - PaperOut
    - CoverOpen
    - DeviceSilent
    - LabelUnprintable               the label cannot be drawn so that it scans
    - FrameDamaged                   a picture that is not one
  + StoreTrouble                     nobody now: wait, or ask
    - StoreUnreachable
    - StoreRefused
  + LedgerTrouble                    stop taking scans
    - DiskFull
    - LedgerReadOnly
    - LedgerBusy                     another process holds this book
    - SchemaTooNew
    - LedgerDamaged
    - LedgerUnsafe                   what is written does not reach the disk
    - BrowserTooOld                  the page cannot keep a book or a key in it

Facts ride in attributes; `screens/wording.py` makes the sentence, one for each leaf.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class FloorError(Exception):
    """Root of every error that Floorhand raises on purpose."""


class ScanRejected(FloorError):
    """A scan that does not do here; nothing was recorded but the mis-scan.

    Args:
        expected: what this step wants, as printed for people; empty when anything of a kind would do.
        scanned: what was scanned, as printed for people.
    """

    def __init__(self, expected: str = "", scanned: str = "") -> None:
        super().__init__(f"expected {expected or 'something else'}, scanned {scanned!r}")
        self.expected = expected
        self.scanned = scanned


class UnreadableCode(ScanRejected): ...


class UnknownCode(ScanRejected): ...


class UnknownParcel(UnknownCode): ...


class UnknownUnit(UnknownCode): ...


class WrongStep(ScanRejected): ...


class WrongLocation(ScanRejected): ...


class WrongItem(ScanRejected): ...


class WrongTote(ScanRejected): ...


class ToteTaken(WrongTote): ...


class WrongLot(ScanRejected): ...


class LotExpired(ScanRejected): ...


class WrongCarton(ScanRejected): ...


class RuleBroken(FloorError):
    """The scan or the tap was understood, and the floor's rules forbid it."""


class IllegalTransition(RuleBroken):
    """`event` is not listed for `state` in the table of states."""

    def __init__(self, event: str, state: str) -> None:
        super().__init__(f"{event} while {state}")
        self.event = event
        self.state = state


class TooMany(RuleBroken):
    """More units than are left to take."""

    def __init__(self, expected_each: int, offered_each: int) -> None:
        super().__init__(f"{offered_each} offered, {expected_each} left")
        self.expected_each = expected_each
        self.offered_each = offered_each


class CartonAlreadyClosed(RuleBroken): ...


class LeaseEnded(RuleBroken): ...


class NotSignedIn(RuleBroken): ...


class NotAllowed(RuleBroken):
    """The worker lacks the role `needed_role`."""

    def __init__(self, needed_role: str) -> None:
        super().__init__(f"needs the role {needed_role}")
        self.needed_role = needed_role


class DeviceTrouble(FloorError):
    """A device does not do its part."""

    def __init__(self, device_id: str, reason: str = "") -> None:
        super().__init__(f"{device_id}: {reason}" if reason else device_id)
        self.device_id = device_id
        self.reason = reason


class DeviceMissing(DeviceTrouble): ...


class DeviceBusy(DeviceTrouble): ...


class PaperOut(DeviceTrouble): ...


class CoverOpen(DeviceTrouble): ...


class DeviceSilent(DeviceTrouble):
    """No answer within `timeout_s`."""

    def __init__(self, device_id: str, timeout_s: float) -> None:
        super().__init__(device_id, f"no answer within {timeout_s:g} s")
        self.timeout_s = timeout_s


class LabelFault(StrEnum):
    """Why a label cannot be made, by what people can mend; sentences are under `pack.fault`."""

    ADDRESS_EMPTY = "address_empty"
    ADDRESS_TOO_LONG = "address_too_long"
    ADDRESS_LETTERS = "address_letters"
    STREET_TOO_LONG = "street_too_long"
    TOWN_TOO_LONG = "town_too_long"
    TEXT = "text"
    CODE = "code"
    PRINTER = "printer"
    PROGRAM = "program"


class LabelUnprintable(DeviceTrouble):
    """A label cannot be drawn; `reason` is for whoever mends programs, `fault` for people."""

    def __init__(self, device_id: str, reason: str = "", *, fault: LabelFault = LabelFault.PROGRAM) -> None:
        super().__init__(device_id, reason)
        self.fault = fault


class FrameDamaged(DeviceTrouble): ...


class StoreTrouble(FloorError):
    """The order store did not do what was asked."""


class StoreUnreachable(StoreTrouble):
    """No usable answer came; `retry_at_utc` is when the courier tries again, when it knows."""

    def __init__(self, reason: str = "", retry_at_utc: datetime | None = None) -> None:
        super().__init__(reason or "the order store did not answer")
        self.reason = reason
        self.retry_at_utc = retry_at_utc


class StoreRefused(StoreTrouble):
    """The store understood and said no, with a reason for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class LedgerTrouble(FloorError):
    """The station's book cannot be written: no scan may be taken."""


class DiskFull(LedgerTrouble): ...


class LedgerReadOnly(LedgerTrouble): ...


class LedgerBusy(LedgerTrouble): ...


class SchemaTooNew(LedgerTrouble):
    """The book was written by a newer program."""

    def __init__(self, book_version: int, program_version: int) -> None:
        super().__init__(f"book {book_version}, program {program_version}")
        self.book_version = book_version
        self.program_version = program_version


class LedgerDamaged(LedgerTrouble): ...


class LedgerUnsafe(LedgerTrouble): ...


class BrowserTooOld(LedgerTrouble): ...
