"""Rows from a file: what is as it was is left alone, because a row that is kept travels to every station."""

from __future__ import annotations

from collections.abc import Sequence

from app.domain.rows import Row
from store.row_book import RowBook


def put_changed(book: RowBook, said: Sequence[Row]) -> int:
    """Keep those rows, all of one kind, that the book does not have as they are; how many those were."""
    if not said:
        return 0
    kept = {row.row_id: row for row in book.all(type(said[0]))}
    changed = [row for row in said if kept.get(row.row_id) != row]
    book.put(*changed)
    return len(changed)
