"""A book in a browser as it is found after the power went at many moments of a journal (`tests/power/disk.py`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from importlib import import_module
from random import Random
from typing import Any

from app.errors import LedgerTrouble
from tests.handset.inside.burst import contradiction
from tests.handset.inside.opfs import Folder, disk
from tests.power.disk import ACKNOWLEDGED, Disk, Op, read_journal_bytes

EXAMPLES = 3


@dataclass(slots=True)
class Found:
    """Args:
    lost: facts that had been acknowledged before a cut and were not there after it.
    broken: starts that found a book that contradicts itself, or none.
    """

    cuts: int = 0
    starts: int = 0
    acknowledged: int = 0
    lost: int = 0
    broken: int = 0
    examples: list[str] = field(default_factory=list)

    def say(self, what: str) -> None:
        if len(self.examples) < EXAMPLES:
            self.examples.append(what)


def cuts(ops: list[Op], count: int, seed: int) -> Iterator[tuple[Folder, dict[str, Any], str]]:
    """The folder as it is found after the power went at `count` moments, once with what was flushed alone and once
    with some of the rest; what had been acknowledged last, and where that was."""
    chance = Random(seed)
    begun = next(at for at, op in enumerate(ops) if op.kind == ACKNOWLEDGED)
    medium, at = Disk(), 0
    said: dict[str, Any] = {}
    for moment in sorted(chance.sample(range(begun, len(ops)), count)):
        for op in ops[at:moment]:
            if op.kind == ACKNOWLEDGED:
                said = json.loads(op.data)
            else:
                medium.take(op)
        at = moment
        for drawn in (None, Random(chance.random())):
            found = Folder(recorded=disk.disk_of(medium.after_the_cut(drawn)))
            yield found, said, f"cut {moment} of {len(ops)}, {'flushed alone' if drawn is None else 'some of the rest'}"
            found.gone()


def after_cuts(ops: list[Op], count: int, seed: int) -> Found:
    """Open the book after each of `count` cuts, as a start does."""
    report = Found(cuts=count)
    for folder, said, where in cuts(ops, count, seed):
        report.starts += 1
        heard = said.get("seq", 0)
        report.acknowledged += heard
        try:
            ledger = folder.ledger()
        except LedgerTrouble as trouble:
            report.broken += 1
            report.lost += heard
            report.say(f"{where}: {type(trouble).__name__} {trouble}")
            continue
        if lost := max(0, heard - ledger.last_seq):
            report.lost += lost
            report.say(f"{where}: heard {heard}, the book ends with {ledger.last_seq}")
        if wrong := contradiction(ledger):
            report.broken += 1
            report.say(f"{where}: {wrong}")
        ledger.close()
    return report


async def main(count: int, seed: int) -> str:
    """What is found after cuts of the journal that the site serves, as JSON."""
    answer = await import_module("pyodide.http").pyfetch("/journal")
    return json.dumps(asdict(after_cuts(list(read_journal_bytes(await answer.bytes())), count, seed)))
