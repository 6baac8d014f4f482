"""Workers from a file: PINs are hashed, a badge is one person's, and what people might do before is remembered."""

from __future__ import annotations

from dataclasses import replace

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from app.domain.workers import Worker
from store.desk import Desk
from store.import_lines import Lines, Numbered, WorkerLine
from store.past_roles import roles_change
from store.problems import LineProblem
from store.refused_lines import is_readable
from store.row_book import RowBook
from store.stranded import strand_lists_of_worker

# As OWASP's password storage sheet has it for one lane; a handset, which checks PINs offline, has neither the memory
# nor the threads for more.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_pins(book: RowBook, lines: Lines) -> Lines:
    """The lines with each PIN's argon2id hash in its place; some 20 ms a person."""
    known = {worker.worker_id: worker.pin_hash for worker in book.all(Worker)}
    return [Numbered(line=each.line, said=_hashed(each.said, known)) for each in lines]


def problems_with_badges(desk: Desk, lines: Lines) -> list[LineProblem]:
    """A badge is one person's, whichever file it came with."""
    in_file = {each.said.worker_id for each in lines}
    owners = {worker.badge: worker.worker_id for worker in desk.book.all(Worker) if worker.worker_id not in in_file}
    return [
        LineProblem(line=each.line, path="badge", reason="is another person's badge")
        for each in lines
        if is_readable(each.said.badge, each.said.worker_id, each.said.active)
        and each.said.active
        and owners.setdefault(each.said.badge, each.said.worker_id) != each.said.worker_id
    ]


def keep_workers(desk: Desk, lines: Lines) -> None:
    """Keep people as the file has them; who is not active any more leaves."""
    known = {worker.worker_id: worker for worker in desk.book.all(Worker)}
    changed = []
    for said in (each.said for each in lines):
        before = known.get(said.worker_id)
        if said.active:
            row = said.row()
            row = replace(row, roles_since_utc=roles_change(desk, row.worker_id, before, row.roles))
            changed += [row] if row != before else []
        elif before is not None:
            roles_change(desk, before.worker_id, before, frozenset())
            desk.book.remove(before)
            strand_lists_of_worker(desk, before.worker_id)
    desk.book.put(*changed)


def _hashed(said: WorkerLine, known: dict[str, str]) -> WorkerLine:
    if said.pin is None:
        return said
    known_hash = known.get(said.worker_id, "")
    # A new salt would make a new row for every station out of the same PIN.
    pin_hash = known_hash if _fits(known_hash, said.pin) else _HASHER.hash(said.pin)
    return said.model_copy(update={"pin": None, "pin_hash": pin_hash})


def _fits(known_hash: str, pin: str) -> bool:
    try:
        return bool(known_hash) and _HASHER.verify(known_hash, pin)
    except VerifyMismatchError:
        return False
