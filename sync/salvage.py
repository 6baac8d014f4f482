"""What can still be read out of a damaged book: its facts one by one, its labels, what its seats remembered.

The file itself is only read. A fact counts when its text and its hash agree. One that SQLite cannot reach any more is
looked for in the bytes of the file: it counts when it hangs together with those of its neighbours that are known, and
no other text there does under the same number.
"""

from __future__ import annotations

import json
import logging
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.printing import PrintJob
from app.domain.rows import from_image
from app.errors import LedgerReadOnly
from sync.book import DAMAGED
from sync.fact_log import is_set_aside
from sync.protocol import FACT_BYTES_MAX, Enrolled, Envelope, fact_hash, read_envelope

SALVAGED = "salvaged"
REMEMBERED = "remembered."
log = logging.getLogger("floorhand.sync")

_PARTS = ("-wal", "-shm", "")
# A whole page of facts that cannot be read is stepped over number by number; so many in a row, and it is given up.
_UNREADABLE_MAX = 2_000
_LAST = 2**62
_BEGINS = b'{"warehouse_id":"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """Args:
    file: where it was read from.
    station_id: whose book it was; empty when not even that can be read.
    texts: its facts as they were hashed, oldest first, without those that a person has to look at anyhow.
    remembered: by key.
    """

    file: str = ""
    station_id: str = ""
    texts: tuple[str, ...] = ()
    jobs: tuple[PrintJob, ...] = ()
    remembered: tuple[tuple[str, str], ...] = ()


def waits_for_salvage(book: Path) -> Path | None:
    """The newest book that was set aside beside `book` and that nobody has salvaged yet."""
    aside = [each for each in book.parent.glob(f"{book.name}.{DAMAGED}-*") if not each.name.endswith(_PARTS[:2])]
    return max(aside, default=None)


def salvage(aside: Path, *, desk: Path | None = None) -> Salvaged:
    """Read what can be read; nothing is raised for what cannot.

    Args:
        desk: the folder where a copy is made to read from; beside the book when None.

    Raises:
        LedgerReadOnly: there is no room for a copy to read from.
    """
    try:
        with tempfile.TemporaryDirectory(dir=desk or aside.parent, prefix="salvage-") as folder:
            copy, raw = Path(folder) / "book.db", b""
            for part in _PARTS:
                if (source := aside.with_name(aside.name + part)).exists():
                    raw += shutil.copyfile(source, copy.with_name(copy.name + part)).read_bytes()
            found = _read(copy, raw, aside.name)
    except OSError as trouble:
        raise LedgerReadOnly(f"{aside.name}: {trouble}") from trouble
    log.warning("book_salvaged file=%s station=%s facts=%d", aside.name, found.station_id, len(found.texts))
    return found


def has_been_salvaged(aside: Path) -> None:
    """What was in it is in another book now: it keeps its bytes, and is not read again."""
    for part in _PARTS:
        if (source := aside.with_name(aside.name + part)).exists():
            source.rename(source.with_name(source.name.replace(f".{DAMAGED}-", f".{SALVAGED}-")))


def _read(path: Path, raw: bytes, name: str) -> Salvaged:
    conn = sqlite3.connect(path, isolation_level=None)
    try:
        # Nobody else reads this copy, and where memory cannot be shared its log could not be read otherwise.
        conn.execute("PRAGMA locking_mode = EXCLUSIVE")
        small = _small_things(conn)
        rows = {seq: row for seq, *row in _each(conn, "facts", "text, hash, outcome")}
        images = dict(_each(conn, "print_jobs", "image"))
    finally:
        conn.close()
    facts = {seq: text for seq, (text, digest, _) in rows.items() if _is_whole(text, digest)}
    station_id = _station_id(small.get("enrolled"), facts)
    held = small.get("held_through_seq", "")
    facts |= _in_the_bytes(raw, station_id, facts, after=int(held) if held.isascii() and held.isdigit() else 0)
    looked_at = {seq for seq, (_, _, outcome) in rows.items() if _is_set_aside(outcome)}
    return Salvaged(
        file=name,
        station_id=station_id or _station_id(None, facts),
        texts=tuple(facts[seq] for seq in sorted(facts) if seq not in looked_at),
        jobs=tuple({job.job_id: job for at in sorted(images) if (job := _job(images[at])) is not None}.values()),
        remembered=tuple((key, value) for key, value in small.items() if key.startswith(REMEMBERED)),
    )


def _small_things(conn: sqlite3.Connection) -> dict[str, str]:
    found: dict[str, str] = {}
    for which in ("key = 'enrolled'", "key = 'held_through_seq'", f"key LIKE '{REMEMBERED}%'"):
        try:
            rows = conn.execute(f"SELECT key, value FROM meta WHERE {which}").fetchall()
            found |= {key: value for key, value in rows if isinstance(key, str) and isinstance(value, str)}
        except sqlite3.Error:
            continue
    return found


def _each(conn: sqlite3.Connection, table: str, columns: str) -> Iterator[tuple[Any, ...]]:
    """Rows by number, from both ends towards whatever cannot be read; some may come twice."""
    for beyond, order, at, onwards in ((">", "ASC", -1, 1), ("<", "DESC", _LAST, -1)):
        row = f"SELECT rowid, {columns} FROM {table} WHERE rowid {beyond} ? ORDER BY rowid {order} LIMIT 1"
        unreadable = 0
        while unreadable < _UNREADABLE_MAX:
            try:
                found = conn.execute(row, (at,)).fetchone()
            except sqlite3.Error:
                unreadable, at = unreadable + 1, at + onwards
                continue
            if found is None:
                break
            unreadable, at = 0, found[0]
            yield found


def _in_the_bytes(raw: bytes, station_id: str, known: dict[int, str], *, after: int) -> dict[int, str]:
    """Facts above `after` that no row gave, by number."""
    candidates: dict[int, set[str]] = {}
    at = raw.find(_BEGINS)
    while at >= 0:
        text = _object_at(raw, at)
        said = _envelope(text) if text else None
        if text and said and said.station_id == (station_id or said.station_id):
            candidates.setdefault(said.seq, set()).add(text)
        at = raw.find(_BEGINS, at + 1)
    found: dict[int, str] = {}
    # The last one first: a fact proves the text of the one before it.
    for seq in sorted((seq for seq in candidates if seq > after and seq not in known), reverse=True):
        before, behind = known.get(seq - 1), found.get(seq + 1) or known.get(seq + 1)
        fitting = [text for text in candidates[seq] if _fits(text, before, behind)]
        if len(fitting) == 1:
            found[seq] = fitting[0]
    return found


def _fits(text: str, before: str | None, behind: str | None) -> bool:
    """Whether a fact hangs together with its neighbours, those that are known."""
    said = read_envelope(text)
    if behind is not None and fact_hash(said.prev_hash, text) != read_envelope(behind).prev_hash:
        return False
    return before is None or fact_hash(read_envelope(before).prev_hash, before) == said.prev_hash


def _object_at(raw: bytes, at: int) -> str | None:
    """The JSON object that begins there, word for word."""
    text = raw[at : at + FACT_BYTES_MAX].decode(errors="ignore")
    try:
        _, end = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None
    whole = text[:end]
    return whole if raw.startswith(whole.encode(), at) else None


def _is_whole(text: Any, digest: Any) -> bool:
    said = _envelope(text) if isinstance(text, str) else None
    return said is not None and fact_hash(said.prev_hash, text) == digest


def _envelope(text: str) -> Envelope | None:
    try:
        said = read_envelope(text)
        bytes.fromhex(said.prev_hash)
    except (ValueError, RecursionError):
        return None
    return said


def _station_id(enrolled: str | None, facts: dict[int, str]) -> str:
    try:
        return from_image(Enrolled, json.loads(enrolled or "")).station_id
    except ValueError:
        return read_envelope(facts[max(facts)]).station_id if facts else ""


def _is_set_aside(outcome: Any) -> bool:
    try:
        return is_set_aside(outcome)
    except (TypeError, ValueError, LookupError):
        return False


def _job(image: Any) -> PrintJob | None:
    try:
        return from_image(PrintJob, json.loads(image))
    except (TypeError, ValueError):
        return None
