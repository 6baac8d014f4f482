"""Rows from a file: what is as it was is left alone, because a row that is kept travels to every station."""

from __future__ import annotations

from collections.abc import Iterable

from app.domain.rows import Row
from store.row_book import RowBook


def put_changed(book: RowBook, rows: Iterable[Row]) -> int:
    """Keep those rows that the book does not have as they are; how many those were."""
    changed = [row for row in rows if book.get(type(row), row.row_id) != row]
    book.put(*changed)
    return len(changed)
