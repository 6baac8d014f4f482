"""Master data and stock from files: every problem by line, all of a file or nothing of it, and again is harmless."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from store.changed_rows import put_changed
from store.desk import Desk
from store.import_files import FileLine, read_file
from store.import_lines import (
    CartonTypeLine,
    Line,
    Lines,
    LocationLine,
    Numbered,
    ProductLine,
    StockLine,
    ToteLine,
    WorkerLine,
)
from store.import_products import keep_products, problems_with_products
from store.import_workers import hash_pins, keep_workers, problems_with_badges
from store.problems import LineProblem, ProblemsFound, Tally, problems_of
from store.refused_lines import as_far_as_read
from store.row_book import RowBook
from store.stock_count import count_stock, problems_with_stock


@dataclass(frozen=True, slots=True, kw_only=True)
class Importable:
    """One kind of file.

    Args:
        shape: what a line holds.
        problems: what is wrong with a file besides its lines' own fields; asked in the transaction that would keep it,
            also of lines that are refused already, whose wrong fields are not readable.
        keep: writes the lines into the books.
        prepare: slow work, done before the transaction, over a reader's connection.
    """

    shape: type[Line]
    keep: Callable[[Desk, Lines], None]
    problems: Callable[[Desk, Lines], list[LineProblem]] = lambda desk, lines: []
    prepare: Callable[[RowBook, Lines], Lines] = lambda book, lines: lines


def read_import(importable: Importable, body: bytes, content_type: str) -> tuple[list[Numbered[Any]], Tally]:
    """The lines of a file that are right in themselves, and what is wrong with the others.

    Raises:
        TurnedAway: 415, another kind of file.
    """
    lines: list[Numbered[Any]] = []
    problems = Tally()
    first: dict[str, int] = {}
    number = 0
    for number, each in enumerate(read_file(body, content_type), start=1):  # noqa: B007  (how many there were)
        if isinstance(each, LineProblem):
            problems.add(each)
            continue
        said = _read_line(importable.shape, each, problems)
        if said is not None:
            lines.append(said)
        elif not problems.is_full:
            said = Numbered(line=each.line, said=as_far_as_read(importable.shape, each.values))
            problems.refused.append(said)
        key = said.said.key if said is not None else None
        if key is None:
            continue
        if key in first:
            problems.add(LineProblem(line=each.line, path="body", reason=f"the same as line {first[key]}"))
        first.setdefault(key, each.line)
    if not number:
        problems.add(LineProblem(line=1, path="body", reason="holds no line"))
    return lines, problems


def keep_import(desk: Desk, importable: Importable, lines: Lines, problems: Tally) -> int:
    """Keep a file; how many lines it had.

    Args:
        problems: what reading it has found.

    Raises:
        ProblemsFound: with these and with everything that the books have against it.
    """
    readable = sorted([*lines, *problems.refused], key=lambda each: each.line)
    found = sorted([*problems.told, *importable.problems(desk, readable)], key=lambda problem: problem.line)
    if found:
        raise ProblemsFound(found, problems.left_out)
    importable.keep(desk, lines)
    return len(lines)


def _read_line(shape: type[Line], each: FileLine, problems: Tally) -> Numbered[Any] | None:
    try:
        return Numbered(line=each.line, said=shape.model_validate(each.values))
    except ValidationError as refused:
        if problems.is_full:
            problems.left_out += refused.error_count()
            return None
        for problem in problems_of(refused.errors(include_url=False, include_input=False)):
            problems.add(LineProblem(line=each.line, path=problem.path, reason=problem.reason))
        return None


def _keep_rows(desk: Desk, lines: Lines) -> None:
    put_changed(desk.book, [each.said.row() for each in lines])


IMPORTABLE: dict[str, Importable] = {
    "products": Importable(shape=ProductLine, keep=keep_products, problems=problems_with_products),
    "locations": Importable(shape=LocationLine, keep=_keep_rows),
    "stock": Importable(shape=StockLine, keep=count_stock, problems=problems_with_stock),
    "workers": Importable(shape=WorkerLine, keep=keep_workers, problems=problems_with_badges, prepare=hash_pins),
    "cartons": Importable(shape=CartonTypeLine, keep=_keep_rows),
    "totes": Importable(shape=ToteLine, keep=_keep_rows),
}
