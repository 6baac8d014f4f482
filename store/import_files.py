"""Files for import, read into one mapping a line: JSON lines or CSV, with every line that cannot be read named.

CSV comes from spreadsheets: a byte order mark, CRLF, `;` instead of `,` and quoted cells are all as good as plain text.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from store.json_text import NoStrictJson, read_json
from store.problems import LineProblem, path_of
from store.turned_away import TurnedAway

JSON_LINES = "application/x-ndjson"
CSV = "text/csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """One line's values by field name; `line` counts from 1, blank lines and a CSV's header included."""

    line: int
    values: Mapping[str, Any]


Read = Iterator[FileLine | LineProblem]
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


def read_file(body: bytes, content_type: str) -> Read:
    """The lines of a file in their order; for a line that cannot be read, what is wrong with it.

    Raises:
        TurnedAway: 415, it is neither JSON lines nor CSV.
    """
    reader = _READERS.get(content_type.partition(";")[0].strip().lower())
    if reader is None:
        raise TurnedAway(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"send {JSON_LINES} or {CSV}")
    if body.startswith(_UTF_16):
        return iter([LineProblem(line=1, path="body", reason="is UTF-16: save the file as UTF-8")])
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as damaged:
        line = body.count(b"\n", 0, damaged.start) + 1
        return iter([LineProblem(line=line, path="body", reason="no UTF-8")])
    return reader(text)


def _json_lines(text: str) -> Read:
    # Not splitlines: a line separator of Unicode may stand inside a JSON string.
    for number, raw in enumerate(text.split("\n"), start=1):
        if not raw.strip():
            continue
        try:
            values = read_json(raw)
        except json.JSONDecodeError as error:
            yield LineProblem(line=number, path="body", reason=f"no JSON: {error.msg}")
        except NoStrictJson as reason:
            yield LineProblem(line=number, path="body", reason=str(reason))
        except (ValueError, RecursionError):
            yield LineProblem(line=number, path="body", reason="no JSON that can be read")
        else:
            if isinstance(values, dict):
                yield FileLine(line=number, values=values)
            else:
                yield LineProblem(line=number, path="body", reason="wanted an object")


def _csv(text: str) -> Read:
    header_line = text.partition("\n")[0]
    delimiter = ";" if header_line.count(";") > header_line.count(",") else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    names: list[str] = []
    for number, row in _numbered(rows):
        if isinstance(row, LineProblem):
            yield row
        elif not any(cell.strip() for cell in row):
            continue
        elif not names:
            names = [name.strip() for name in row]
            doubled = sorted({name for name in names if names.count(name) > 1})
            yield from (LineProblem(line=number, path=path_of([name]), reason="names two columns") for name in doubled)
        elif len(row) != len(names):
            reason = f"{len(row)} cells under {len(names)} columns"
            yield LineProblem(line=number, path="body", reason=reason)
        else:
            cells = {name: cell.strip() for name, cell in zip(names, row, strict=True)}
            values = {name: _CELLS.get(name, _as_it_is)(cell) for name, cell in cells.items() if cell}
            yield FileLine(line=number, values=values)


def _numbered(rows: Any) -> Iterator[tuple[int, list[str] | LineProblem]]:
    while True:
        number = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, LineProblem(line=number, path="body", reason=f"no CSV: {error}")
            # After an open quote nothing can be told apart any more.
            return
        yield number, row


def _as_it_is(cell: str) -> Any:
    return cell


def _integer(cell: str) -> Any:
    """The number in the cell; what is none stays text, and is refused with its column's name."""
    digits = cell.removeprefix("-")
    return int(cell) if digits.isascii() and digits.isdigit() and len(digits) <= 18 else cell


def _flag(cell: str) -> Any:
    return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}.get(cell.lower(), cell)


def _list(cell: str) -> Any:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _packs(cell: str) -> Any:
    """`code*factor;code*factor`; a code alone is one unit."""
    pairs = [part.rpartition("*") if "*" in part else (part, "", "1") for part in _list(cell)]
    return [{"code": code.strip(), "factor_each": _integer(factor.strip())} for code, _, factor in pairs]


_INTEGERS = (
    *("weight_g", "length_mm", "width_mm", "height_mm", "tare_weight_g", "max_weight_g"),
    *("aisle", "bay", "level", "x_mm", "y_mm", "block", "quantity_each"),
)
_CELLS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(_INTEGERS, _integer),
    **dict.fromkeys(("tracks_lot", "tracks_serial", "left_handed"), _flag),
    **dict.fromkeys(("roles", "serials"), _list),
    "packs": _packs,
}
_READERS: dict[str, Callable[[str], Read]] = {JSON_LINES: _json_lines, "application/jsonl": _json_lines, CSV: _csv}
