"""Rows from a file: what is as it was is left alone, because a row that is kept travels to every station."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import insert, select, update

from app.domain.rows import Row, to_image
from store.row_book import RowBook
from store.scopes import scopes_of
from store.tables import feeds, row_scopes, rows


def put_changed(book: RowBook, said: Sequence[Row]) -> int:
    """Keep those rows, all of one kind, that the book does not have as they are; how many those were."""
    if not said:
        return 0
    kept = {row.row_id: row for row in book.all(type(said[0]))}
    changed = [row for row in said if kept.get(row.row_id) != row]
    # A row that was removed once is no new one: its tombstone has its place, and its number in the feed.
    had = set(
        book.connection.scalars(
            select(rows.c.row_id).where(rows.c.warehouse_id == book.warehouse_id, rows.c.row_kind == said[0].row_kind)
        )
    )
    new = [row for row in changed if row.row_id not in had]
    book.put(*(row for row in changed if row.row_id in had))
    if new and not book.change_seq():
        # The first row of a warehouse begins its feed.
        book.put(new.pop(0))
    if new:
        _put_new(book, new)
    return len(changed)


def _put_new(book: RowBook, new: Sequence[Row]) -> None:
    """Rows that the feed has never carried, in three statements: `put` takes six for each."""
    last = book.connection.execute(
        update(feeds)
        .where(feeds.c.warehouse_id == book.warehouse_id)
        .values(change_seq=feeds.c.change_seq + len(new))
        .returning(feeds.c.change_seq)
    ).scalar_one()
    numbered = [
        (
            row,
            {
                "warehouse_id": book.warehouse_id,
                "row_kind": row.row_kind,
                "row_id": row.row_id,
                "change_seq": last - len(new) + number,
            },
        )
        for number, row in enumerate(new, start=1)
    ]
    book.connection.execute(
        insert(rows),
        [
            {**names, "parent": row.parent, "version": 1, "image": to_image(row), "deleted": False}
            for row, names in numbered
        ],
    )
    book.connection.execute(
        insert(row_scopes),
        [
            {**names, "scope": scope, "present": True}
            for row, names in numbered
            for scope in sorted(scopes_of(row, book.get))
        ],
    )
    book.forget()
