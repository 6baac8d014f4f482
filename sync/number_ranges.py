"""Ranges of carton numbers (SSCC) that the store leased to this station, and which number comes next."""

from __future__ import annotations

from dataclasses import dataclass

from app.domain.gtin import check_digit

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
