"""What a field of a request may hold. Nothing is guessed: `"3"` is no number here, and `1` is not yes.

Every type says itself in the OpenAPI description, and everything that passes can be kept by every engine: no NUL, no
half surrogate pair, no integer beyond 32 bits.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)

from app.domain.gtin import GTIN_LENGTHS, gtin14, is_digits
from app.domain.iso_codes import COUNTRIES_ALPHA2
from app.domain.unreadable import Gs1Damaged
from store.printable import printable

STRICT = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)

INTEGER_MAX = 2_147_483_647
QUANTITY_MAX = 1_000_000
CODE_LENGTH_MAX = 90


def _rules(max_length: int, pattern: str | None = None, min_length: int = 1) -> StringConstraints:
    return StringConstraints(strict=True, min_length=min_length, max_length=max_length, pattern=pattern)


_PRINTABLE = AfterValidator(printable)
Flag = StrictBool
Words = Annotated[str, _rules(200), _PRINTABLE]
"""A name, a street: printable, 1 to 200 characters."""
Note = Annotated[str, _rules(1_000, min_length=0), _PRINTABLE]
# An id stands in addresses of the API, on labels, and after a prefix in barcodes.
Id = Annotated[str, _rules(40, r"^[0-9A-Za-z][0-9A-Za-z._-]*$"), _PRINTABLE]
Reference = Annotated[str, _rules(64, r"^[0-9A-Za-z#][0-9A-Za-z#._:+-]*$"), _PRINTABLE]
Channel = Annotated[str, _rules(32, r"^[0-9a-z][0-9a-z_-]*$"), _PRINTABLE]
Lot = Annotated[str, _rules(20, r"^[!-~]+$"), _PRINTABLE]
"""As GS1 allows a batch and a serial number: up to 20 printable characters."""
Serial = Lot
Code = Annotated[str, _rules(CODE_LENGTH_MAX, r"^[!-~]+$"), _PRINTABLE]
Count = Annotated[StrictInt, Field(gt=0, le=QUANTITY_MAX)]
CountOrNone = Annotated[StrictInt, Field(ge=0, le=QUANTITY_MAX)]
Size = Annotated[StrictInt, Field(gt=0, le=INTEGER_MAX)]
Amount = Annotated[StrictInt, Field(ge=0, le=INTEGER_MAX)]
Place = Annotated[StrictInt, Field(ge=-INTEGER_MAX, le=INTEGER_MAX)]


def _from_text(read: Callable[[str], Any], wanted: str) -> BeforeValidator:
    """Pydantic would take a number for a moment, and a moment for a day."""

    def reading(value: Any) -> Any:
        if not isinstance(value, str):
            raise ValueError(f"wanted {wanted} as text")
        try:
            return read(value)
        except ValueError:
            raise ValueError(f"wanted {wanted}") from None

    return BeforeValidator(reading)


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is out of the calendar") from None


def _sensible(day: date) -> date:
    if not 2000 <= day.year < 2200:
        raise ValueError("is not between 2000 and 2199")
    return day


Moment = Annotated[
    AwareDatetime,
    _from_text(datetime.fromisoformat, "a moment like 2026-03-01T17:30:00+01:00"),
    AfterValidator(_in_utc),
    AfterValidator(_sensible),
]
ClockSays = Annotated[datetime, _from_text(datetime.fromisoformat, "a moment like 2026-03-01T17:30:00+01:00")]
"""A device's clock, which may be wrong by years."""
Day = Annotated[date, _from_text(date.fromisoformat, "a day like 2026-03-01"), AfterValidator(_sensible)]


def _country(code: str) -> str:
    if code not in COUNTRIES_ALPHA2:
        raise ValueError("is no country of ISO 3166-1")
    return code


Country = Annotated[str, _rules(2, r"^[A-Z]{2}$"), _PRINTABLE, AfterValidator(_country)]
Currency = Annotated[str, _rules(3, r"^[A-Z]{3}$"), _PRINTABLE]


def _gtin(text: str) -> str:
    try:
        return gtin14(text)
    except Gs1Damaged as damaged:
        raise ValueError(f"is no GTIN: wanted {damaged.wanted}") from None


def _pack_code(text: str) -> str:
    """A GTIN in 14 digits; anything else as it is. Digits of a GTIN's length are taken for one."""
    return _gtin(text) if is_digits(text) and len(text) in GTIN_LENGTHS else text


Gtin = Annotated[str, _rules(14, r"^([0-9]{8}|[0-9]{12,14})$"), _PRINTABLE, AfterValidator(_gtin)]
PackCode = Annotated[str, _rules(CODE_LENGTH_MAX, r"^[!-~]+$"), AfterValidator(_pack_code)]
CheckDigits = Annotated[str, _rules(2, r"^([0-9]{2})?$", min_length=0), _PRINTABLE]
PictureName = Annotated[str, _rules(80, r"^([0-9A-Za-z][0-9A-Za-z._#/-]*)?$", min_length=0), _PRINTABLE]
# Six at least: four fall in minutes to whoever holds the hash, whatever the hash is.
Pin = Annotated[str, _rules(12, r"^[0-9]{6,12}$"), _PRINTABLE]
Badge = Annotated[str, _rules(40, r"^[!-~]+$"), _PRINTABLE]
_PHC = re.compile(r"^\$argon2id\$v=19\$m=\d{1,7},t=\d{1,2},p=\d{1,2}\$[A-Za-z0-9+/]{11,64}\$[A-Za-z0-9+/]{16,128}$")


def _argon2id(text: str) -> str:
    if not _PHC.match(text):
        raise ValueError("is no argon2id hash in PHC form")
    return text


PinHash = Annotated[str, _rules(300), _PRINTABLE, AfterValidator(_argon2id)]


def reader_of(field: Any) -> Callable[[object], Any]:
    """Reads a value of a body that is refused anyway, so that more can be said of it; None when it is no such field."""
    adapter: TypeAdapter[Any] = TypeAdapter(field)

    def read(value: object) -> Any:
        try:
            return adapter.validate_python(value)
        except ValidationError:
            return None

    return read
