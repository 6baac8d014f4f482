"""The book of a handset that lives in a browser, read from outside: from the files that Chromium keeps for OPFS."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# As `handset/page/book_slot.mjs` writes them: a name record, again at 4096, the file's data from 8192 on.
MAGIC = b"FHBOOK\0\x01"
RECORDS_AT, DATA_AT = (0, 4096), 8192
NAME_LENGTH_AT, NAME_AT = 16, 18


@contextmanager
def page_book(profile: Path) -> Iterator[sqlite3.Connection]:
    """The book as it was last committed, while the page writes to it, or after its browser has ended.

    Args:
        profile: the browser's folder.
    """
    with tempfile.TemporaryDirectory() as folder:
        # The log first: what a checkpoint moves meanwhile is in both, and in neither the other way round.
        for name in ("book.db-wal", "book.db"):
            for slot in _slots(profile, name):
                Path(folder, name).write_bytes(slot.read_bytes()[DATA_AT:])
        book = sqlite3.connect(Path(folder, "book.db"))
        try:
            yield book
        finally:
            book.close()


def _slots(profile: Path, name: str) -> Iterator[Path]:
    for file in profile.glob("Default/File System/*/t/*/*"):
        with file.open("rb") as opened:
            head = opened.read(DATA_AT)
        if any(head[at : at + len(MAGIC)] == MAGIC and _name(head[at:]) == name for at in RECORDS_AT):
            yield file


def _name(record: bytes) -> str:
    length = int.from_bytes(record[NAME_LENGTH_AT:NAME_AT], "big")
    return record[NAME_AT : NAME_AT + length].decode(errors="replace")
