"""The rules that a value of GS1 data must keep, by the names that the syntax dictionary gives them.

Three rules need lists that a warehouse has no use for (`NOT_JUDGED`): coupons of US shops and package types are taken
as they come, within their characters and length.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta

from app.domain.gs1_table import Ai
from app.domain.gtin import check_digit, ends_in_check_digit
from app.domain.iso_codes import COUNTRIES_ALPHA2, COUNTRIES_NUMERIC, CURRENCIES_NUMERIC
from app.domain.unreadable import Gs1Damaged

_DIGITS = "0123456789"
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LETTERS = _UPPER + "_" + _UPPER.lower()
# In this order a character's place is its weight in the check pair of alphanumeric keys.
_CHARSET_82 = "!\"%&'()*+,-./" + _DIGITS + ":;<=>?" + _LETTERS
_CHARSETS: Mapping[str, frozenset[str]] = {
    "N": frozenset(_DIGITS),
    "X": frozenset(_CHARSET_82),
    "Y": frozenset("#-/" + _DIGITS + _UPPER),
    "Z": frozenset("-=" + _DIGITS + _LETTERS),
}
_CHARSET_NAMES: Mapping[str, str] = {
    "N": "digits",
    "X": "GS1's 82 characters",
    "Y": "upper-case letters, digits, # - /",
    "Z": "file-safe base 64",
}
_CHECK_PAIR_CHARS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def check_pair(text: str) -> str:
    """The two check characters that alphanumeric keys (GMN, MUDI) put behind `text`."""
    total = sum(
        _CHARSET_82.index(char) * prime for char, prime in zip(reversed(text), _first_primes(len(text)), strict=True)
    )
    return _CHECK_PAIR_CHARS[total % 1021 >> 5] + _CHECK_PAIR_CHARS[total % 1021 & 31]


def _first_primes(count: int) -> list[int]:
    primes: list[int] = []
    number = 2
    while len(primes) < count:
        if all(number % prime for prime in primes):
            primes.append(number)
        number += 1
    return primes


def date_of(yymmdd: str, *, this_year: int) -> date:
    """The day that six digits name: day 00 is the month's last, and the century is the nearest to `this_year`.

    Raises:
        ValueError: there is no such day.

    Source: GS1 General Specifications, "Determination of century in dates".
    """
    year = this_year - this_year % 100 + int(yymmdd[:2])
    if year - this_year > 50:
        year -= 100
    elif year - this_year < -49:
        year += 100
    month, day = int(yymmdd[2:4]), int(yymmdd[4:])
    if day:
        return date(year, month, day)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1) if month else date(year, month, 1)


def _is_day(digits: str, *, zero_day: bool) -> bool:
    year, month, day = int(digits[:-4]), int(digits[-4:-2]), int(digits[-2:])
    try:
        date(year if year > 99 else 2000 + year, month, day or (1 if zero_day else 0))
    except ValueError:
        return False
    return True


def _is_piece_of_total(digits: str) -> bool:
    half = len(digits) // 2
    return 0 < int(digits[:half]) <= int(digits[half:])


def _is_place_in_sequence(text: str) -> bool:
    found = re.fullmatch(r"([1-9][0-9]*)/([1-9][0-9]*)", text)
    return found is not None and int(found[1]) <= int(found[2])


def _is_iban(text: str) -> bool:
    if not re.fullmatch(r"[A-Z]{2}[0-9A-Z]{9,}", text) or text[:2] not in COUNTRIES_ALPHA2:
        return False
    return int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


# rule -> (does the component keep it, what it asks for)
RULES: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "csum": (ends_in_check_digit, "a right check digit"),
    "csumalpha": (lambda v: len(v) > 2 and check_pair(v[:-2]) == v[-2:], "a right check pair"),
    "gcppos1": (lambda v: v[:4].isdigit() and len(v) >= 4, "a company prefix in front"),
    "gcppos2": (lambda v: v[1:5].isdigit() and len(v) >= 5, "a company prefix after the first digit"),
    "yymmd0": (lambda v: _is_day(v, zero_day=True), "a date YYMMDD, its day may be 00"),
    "yymmdd": (lambda v: _is_day(v, zero_day=False), "a date YYMMDD"),
    "yyyymmdd": (lambda v: int(v[:4]) > 99 and _is_day(v, zero_day=False), "a date YYYYMMDD"),
    "hh": (lambda v: int(v) < 24, "an hour 00 to 23"),
    "mi": (lambda v: int(v) < 60, "minutes 00 to 59"),
    "ss": (lambda v: int(v) < 60, "seconds 00 to 59"),
    "hhmi": (lambda v: int(v[:2]) < 24 and int(v[2:]) < 60, "a time HHMM"),
    "zero": (lambda v: not v.strip("0"), "0"),
    "nonzero": (lambda v: bool(v.strip("0")), "more than 0"),
    "nozeroprefix": (lambda v: v == "0" or not v.startswith("0"), "no 0 in front"),
    "yesno": (lambda v: v in "01", "0 or 1"),
    "winding": (lambda v: v in "019", "0, 1 or 9"),
    "iso5218": (lambda v: v in "0129", "0, 1, 2 or 9"),
    "hyphen": (lambda v: not v.strip("-"), "-"),
    "hasnondigit": (lambda v: not v.isdigit(), "at least one character that is no digit"),
    "importeridx": (lambda v: v in _LETTERS + _DIGITS + "-", "a letter, a digit, - or _"),
    "pieceoftotal": (_is_piece_of_total, "a piece number and a total that is not less"),
    "posinseqslash": (_is_place_in_sequence, "a place and a total, as 1/2"),
    "pcenc": (lambda v: not re.search(r"%(?![0-9A-Fa-f]{2})", v), "two hexadecimal digits after %"),
    "latitude": (lambda v: int(v) <= 1_800_000_000, "a latitude"),
    "longitude": (lambda v: int(v) <= 3_600_000_000, "a longitude"),
    "iso3166": (COUNTRIES_NUMERIC.__contains__, "a country's number"),
    "iso3166999": (lambda v: v == "999" or v in COUNTRIES_NUMERIC, "a country's number or 999"),
    "iso3166alpha2": (COUNTRIES_ALPHA2.__contains__, "a country's two letters"),
    "iso4217": (CURRENCIES_NUMERIC.__contains__, "a currency's number"),
    "iban": (_is_iban, "an IBAN"),
    "mediatype": (lambda v: 1 <= int(v) <= 10 or int(v) >= 80, "a media type 01 to 10 or 80 to 99"),
}
NOT_JUDGED = frozenset({"packagetype", "couponcode", "couponposoffer"})


def check_value(ai: Ai, value: str, *, text: str | None = None, position: int = 0) -> None:
    """Hold one value against its identifier's row of the table.

    Args:
        value: the value alone.
        text: the whole scan, for the error; the value when None.
        position: where the value begins in `text`.

    Raises:
        Gs1Damaged: wrong length, a character that is not allowed, or a broken rule; says where.
    """
    whole = value if text is None else text
    at = 0
    for part in ai.parts:
        piece = value[at : at + part.most]
        if not piece and part.optional:
            break
        if len(piece) < part.least:
            size = f"{part.least}" if part.least == part.most else f"{part.least} to {part.most}"
            raise Gs1Damaged(
                whole, ai=ai.ai, position=position + len(value), wanted=f"{size} {_CHARSET_NAMES[part.charset]}"
            )
        for offset, char in enumerate(piece):
            if char not in _CHARSETS[part.charset]:
                wanted = _CHARSET_NAMES[part.charset]
                raise Gs1Damaged(whole, ai=ai.ai, position=position + at + offset, wanted=wanted)
        for rule in part.rules:
            if rule in NOT_JUDGED:
                continue
            holds, wanted = RULES[rule]
            if not holds(piece):
                if rule == "csum":
                    wanted = f"check digit {check_digit(piece[:-1])}"
                raise Gs1Damaged(whole, ai=ai.ai, position=position + at, wanted=wanted)
        at += len(piece)
    if at < len(value):
        wanted = "a separator (FNC1)" if ai.separated else "the end"
        raise Gs1Damaged(whole, ai=ai.ai, position=position + at, wanted=wanted)
