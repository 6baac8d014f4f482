"""Master data and stock from files: every problem by line, all of a file or nothing of it, and again is harmless."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from store.changed_rows import put_changed
from store.desk import Desk
from store.import_files import FileLine, read_file
from store.import_lines import (
    CartonTypeLine,
    Lines,
    LocationLine,
    Numbered,
    ProductLine,
    StockLine,
    ToteLine,
    WorkerLine,
)
from store.import_products import keep_products, problems_with_products
from store.import_workers import hash_pins, problems_with_badges
from store.problems import LineProblem, ProblemsFound, Tally, problems_of
from store.row_book import RowBook
from store.stock_count import count_stock, problems_with_stock


@dataclass(frozen=True, slots=True, kw_only=True)
class Importable:
    """One kind of file.

    Args:
        shape: what a line holds.
        problems: what is wrong with a file besides its lines' own fields; asked in the transaction that would keep it.
        keep: writes the lines into the books.
        prepare: slow work, done before the transaction, over a reader's connection.
    """

    shape: type[BaseModel]
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
        if said is None:
            continue
        if said.key in first:
            problems.add(LineProblem(line=each.line, path="body", reason=f"the same as line {first[said.key]}"))
        first.setdefault(said.key, each.line)
        lines.append(Numbered(line=each.line, said=said))
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
    found = sorted([*problems.told, *importable.problems(desk, lines)], key=lambda problem: problem.line)
    if found:
        raise ProblemsFound(found, problems.left_out)
    importable.keep(desk, lines)
    return len(lines)


def _read_line(shape: type[BaseModel], each: FileLine, problems: Tally) -> Any:
    try:
        return shape.model_validate(each.values)
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
    "workers": Importable(shape=WorkerLine, keep=_keep_rows, problems=problems_with_badges, prepare=hash_pins),
    "cartons": Importable(shape=CartonTypeLine, keep=_keep_rows),
    "totes": Importable(shape=ToteLine, keep=_keep_rows),
}
