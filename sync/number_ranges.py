"""Ranges of carton numbers (SSCC) that the store leased to this station, and which number comes next."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.gtin import check_digit
from app.errors import IllegalTransition
from sync.book import Book

RANGE_COUNT = 500
RENEW_BELOW_EACH = RANGE_COUNT * 30 // 100


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRange:
    """Serials from `first_serial` to `last_serial`, both included; field names as the store's `sscc_range` answers."""

    company_prefix: str
    extension_digit: str
    first_serial: int
    last_serial: int

    def sscc(self, serial: int) -> str:
        """The 18 digits of one serial: extension digit, company prefix, serial, check digit (GS1 General
        Specifications, Serial Shipping Container Code)."""
        width = 16 - len(self.company_prefix)
        digits = f"{self.extension_digit}{self.company_prefix}{serial:0{width}d}"
        if len(digits) != 17:
            raise ValueError(f"serial {serial} does not fit beside the prefix {self.company_prefix}")
        return digits + check_digit(digits)


class NumberRanges:
    """Reads and writes `number_ranges`; whoever writes stands in a transaction of the book."""

    def __init__(self, book: Book) -> None:
        self._db = book.db

    def add(self, leased: NumberRange) -> None:
        """The store leased a range; the same answer twice is one range."""
        self._db.execute(
            "INSERT INTO number_ranges (first_serial, last_serial, next_serial, company_prefix, extension_digit)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT (first_serial) DO NOTHING",
            (
                leased.first_serial,
                leased.last_serial,
                leased.first_serial,
                leased.company_prefix,
                leased.extension_digit,
            ),
        )

    def drop(self) -> None:
        """The ranges are another station's: nobody draws from them here any more."""
        self._db.execute("DELETE FROM number_ranges")

    def left_each(self) -> int:
        """Numbers that no carton has yet."""
        return int(
            self._db.execute("SELECT coalesce(sum(last_serial - next_serial + 1), 0) FROM number_ranges").fetchone()[0]
        )

    def next_sscc(self) -> str | None:
        """The number of the next carton; None when none is left."""
        found = self._next()
        return None if found is None else found[0].sscc(found[1])

    def consume(self, sscc: str) -> None:
        """A carton has this number now.

        Raises:
            IllegalTransition: another number comes next; two cartons must never share one.
        """
        found = self._next()
        if found is None or found[0].sscc(found[1]) != sscc:
            raise IllegalTransition("CartonClosed", "another number comes next in the station's range")
        self._db.execute(
            "UPDATE number_ranges SET next_serial = next_serial + 1 WHERE first_serial = ?", (found[0].first_serial,)
        )

    def _next(self) -> tuple[NumberRange, int] | None:
        found = self._db.execute(
            "SELECT company_prefix, extension_digit, first_serial, last_serial, next_serial FROM number_ranges"
            " WHERE next_serial <= last_serial ORDER BY first_serial LIMIT 1"
        ).fetchone()
        if found is None:
            return None
        prefix, extension, first, last, following = found
        leased = NumberRange(company_prefix=prefix, extension_digit=extension, first_serial=first, last_serial=last)
        return leased, following
