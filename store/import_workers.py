"""Workers from a file: their PINs are hashed, their badges are theirs alone."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from app.domain.workers import Worker
from store.desk import Desk
from store.import_lines import Lines, Numbered, WorkerLine
from store.problems import LineProblem
from store.row_book import RowBook


def hash_pins(book: RowBook, lines: Lines) -> Lines:
    """The lines with each PIN's argon2id hash in its place; some 50 ms a person."""
    known = {worker.worker_id: worker.pin_hash for worker in book.all(Worker)}
    hasher = PasswordHasher()
    return [Numbered(line=each.line, said=_hashed(hasher, each.said, known)) for each in lines]


def problems_with_badges(desk: Desk, lines: Lines) -> list[LineProblem]:
    """A badge is one person's, whichever file it came with."""
    in_file = {each.said.worker_id for each in lines}
    owners = {worker.badge: worker.worker_id for worker in desk.book.all(Worker) if worker.worker_id not in in_file}
    return [
        LineProblem(line=each.line, path="badge", reason="is another person's badge")
        for each in lines
        if owners.setdefault(each.said.badge, each.said.worker_id) != each.said.worker_id
    ]


def _hashed(hasher: PasswordHasher, said: WorkerLine, known: dict[str, str]) -> WorkerLine:
    if said.pin is None:
        return said
    known_hash = known.get(said.worker_id, "")
    # A new salt would make a new row for every station out of the same PIN.
    pin_hash = known_hash if _fits(hasher, known_hash, said.pin) else hasher.hash(said.pin)
    return said.model_copy(update={"pin": None, "pin_hash": pin_hash})


def _fits(hasher: PasswordHasher, known_hash: str, pin: str) -> bool:
    try:
        return bool(known_hash) and hasher.verify(known_hash, pin)
    except VerifyMismatchError:
        return False
