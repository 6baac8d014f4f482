"""GS1 Digital Link: the elements that a web address carries in its path and query.

Source: GS1 Digital Link Standard: URI Syntax, uncompressed form. The short names of its first edition (`/gtin/…`) and
compressed links are not read.
"""

from __future__ import annotations

import re
from itertools import pairwise
from urllib.parse import unquote, urlsplit

from app.domain.gs1_rules import check_value
from app.domain.gs1_table import LINK_KEYS, TABLE
from app.domain.gtin import GTIN_LENGTHS, is_digits
from app.domain.unreadable import Gs1Damaged

_WEB = re.compile(r"https?://[^/?#\s]+/", re.IGNORECASE)


def is_link(text: str) -> bool:
    """Whether the text is a web address whose path holds a primary key of GS1 with a value that starts with a digit."""
    return bool(_WEB.match(text)) and _key_index(_segments(text)) is not None


def parse_link(text: str) -> tuple[tuple[str, str], ...]:
    """The elements of a Digital Link: primary key, qualifiers, then attributes of the query. A GTIN comes in 14 digits.

    Raises:
        Gs1Damaged: no primary key, qualifiers in a wrong order, or a value that breaks its rules.
    """
    segments = _segments(text)
    start = _key_index(segments) if _WEB.match(text) else None
    if start is None:
        raise Gs1Damaged(text, wanted="a web address with a GS1 key in its path")
    numbers, values = segments[start::2], [unquote(value) for value in segments[start + 1 :: 2]]
    if len(numbers) != len(values):
        raise Gs1Damaged(text, ai=numbers[-1], position=len(text), wanted="a value")
    key = numbers[0]
    if not _known_order(numbers):
        raise Gs1Damaged(text, ai=key, position=text.find(f"/{key}/"), wanted="this key's qualifiers in their order")
    if key == "01" and is_digits(values[0]) and len(values[0]) in GTIN_LENGTHS:
        values[0] = values[0].zfill(14)
    elements = [*zip(numbers, values, strict=True), *_attributes(text)]
    for number, value in elements:
        ai = TABLE[number]
        try:
            check_value(ai, value)
        except Gs1Damaged as error:
            raise Gs1Damaged(text, ai=number, position=max(text.find(value), 0), wanted=error.wanted) from None
    return tuple(elements)


def _segments(text: str) -> list[str]:
    try:
        path = urlsplit(text).path
    except ValueError:  # brackets in the host that are no IPv6 address
        return []
    return path.rstrip("/").split("/")[1:]


def _key_index(segments: list[str]) -> int | None:
    """Where the primary key stands; a path in front of it, and a lot that looks like a key, may hold anything."""
    keys = [
        index
        for index, (segment, value) in enumerate(pairwise(segments))
        if segment in LINK_KEYS and value[:1].isdigit()
    ]
    whole = (index for index in keys if (len(segments) - index) % 2 == 0 and _known_order(segments[index::2]))
    return next(whole, keys[0] if keys else None)


def _known_order(numbers: list[str]) -> bool:
    return any(_in_order(numbers[1:], allowed) for allowed in (LINK_KEYS[numbers[0]] or ((),)))


def _in_order(qualifiers: list[str], allowed: tuple[str, ...]) -> bool:
    rest = iter(allowed)
    return all(qualifier in rest for qualifier in qualifiers)


def _attributes(text: str) -> list[tuple[str, str]]:
    """Attributes by identifier; other parameters of the query belong to the shop and are left out."""
    attributes = []
    for pair in re.split(r"[&;]", urlsplit(text).query):
        name, _, value = pair.partition("=")
        if not is_digits(name):
            continue
        if name not in TABLE or not TABLE[name].link_attribute:
            raise Gs1Damaged(text, position=text.find(pair), wanted="an attribute that a Digital Link may carry")
        attributes.append((name, unquote(value)))
    return attributes
