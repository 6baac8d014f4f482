"""JSON as the standard has it: a field stands once in an object, and a number has an end.

Python's reader takes the last of two fields of one name, `NaN`, and 1e400 as infinity; what another reader would have
understood is then lost without a word.
"""

from __future__ import annotations

import json
import math
from typing import Any

import orjson

from app.domain.rows import to_image


class NoStrictJson(ValueError):
    """JSON to Python, but not to the standard; the message is a reason for the sender."""


def read_json(text: str | bytes) -> Any:
    """The value in a text.

    Raises:
        json.JSONDecodeError: it is no JSON at all.
        ValueError: a field twice, a number that is none or that no computer keeps, bytes that are no text.
        RecursionError: it is nested too deep.
    """
    try:
        said = text.encode() if isinstance(text, str) else text
        value = orjson.loads(said)
        # What is written again as it came names no field twice, and holds no number that was changed in reading.
        if orjson.dumps(value) == said:
            return value
    except (UnicodeEncodeError, orjson.JSONDecodeError, orjson.JSONEncodeError):
        pass
    return _READER.decode(text if isinstance(text, str) else text.decode("utf-8-sig"))


def write_json(value: Any) -> str:
    """The text of a value, as short as it can be said; of a row, an outcome and what is in them, their image."""
    try:
        return orjson.dumps(value, default=to_image).decode()
    except orjson.JSONEncodeError:
        # A number of more than 64 bits.
        return _WRITER.encode(value)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    image = dict(pairs)
    if len(image) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        # A field's name comes from outside: half a surrogate pair in it would break the answer.
        raise NoStrictJson(f"names the field {twice[:40].encode(errors='replace').decode()!r} twice")
    return image


def _number(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise NoStrictJson(f"holds the number {text[:20]}, which is too large")
    return number


def _no_number(text: str) -> Any:
    raise NoStrictJson(f"holds {text}, which is no number of JSON")


_WRITER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False, default=to_image)
_READER = json.JSONDecoder(object_pairs_hook=_once, parse_float=_number, parse_constant=_no_number)
