"""What a disk holds when the power goes: what was synced, and of the rest whatever the drive had got round to.

Reads the journal of `shim.c`. Names of files live in their folder, and are safe once that is synced; bytes live in
their file, and are safe once that is.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import NamedTuple

SECTOR_BYTES = 512
_HEAD = struct.Struct("<cQQQ")
ACKNOWLEDGED = b"A"


class Op(NamedTuple):
    """One thing that the process did; see `shim.c` for the kinds."""

    kind: bytes
    inode: int
    offset: int
    data: bytes


def read_journal(path: Path) -> Iterator[Op]:
    return read_journal_bytes(path.read_bytes())


def read_journal_bytes(journal: bytes) -> Iterator[Op]:
    content = memoryview(journal)
    at = 0
    while at < len(content):
        kind, inode, offset, length = _HEAD.unpack_from(content, at)
        at += _HEAD.size
        yield Op(kind, inode, offset, bytes(content[at : at + length]))
        at += length


@dataclass(slots=True, eq=False)
class _File:
    """`content` is on the medium; `waiting` is in a cache somewhere."""

    content: bytearray = field(default_factory=bytearray)
    waiting: list[Op] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Renaming:
    """A file that comes (with nothing before), goes (to nothing after), or is called otherwise."""

    before: str
    after: str
    file: _File | None = None

    def happen(self, names: dict[str, _File]) -> None:
        file = self.file or names.pop(self.before, None)
        if self.after and file is not None:
            names[self.after] = file


@dataclass(slots=True)
class Disk:
    """A folder on a disk that is written to by the operations of a journal, one after the other."""

    _files: dict[int, _File] = field(default_factory=dict)
    _names: dict[str, _File] = field(default_factory=dict)
    _names_waiting: list[_Renaming] = field(default_factory=list)

    def take(self, op: Op) -> None:
        match op.kind:
            case b"C":
                # A number of an inode is used again once its file is gone.
                self._files[op.inode] = _File()
                self._names_waiting.append(_Renaming("", op.data.decode(), self._files[op.inode]))
            case b"R":
                before, after = op.data.decode().split("\0")
                self._names_waiting.append(_Renaming(before, after))
            case b"U":
                self._names_waiting.append(_Renaming(op.data.decode(), ""))
            case b"W" | b"T":
                self._files[op.inode].waiting.append(op)
            case b"S":
                file = self._files[op.inode]
                for each in file.waiting:
                    _apply(file.content, each)
                file.waiting.clear()
            case b"D":
                for renaming in self._names_waiting:
                    renaming.happen(self._names)
                self._names_waiting.clear()

    def after_the_cut(self, chance: Random | None = None) -> dict[str, bytes]:
        """Files by name as they are found when the power is back.

        Args:
            chance: draws how far the names got, and which sectors of what was not synced are there all the same, in
                no order; nothing of it is there when None.
        """
        names = dict(self._names)
        if chance is not None:
            for renaming in self._names_waiting[: chance.randint(0, len(self._names_waiting))]:
                renaming.happen(names)
        return {name: self._content(file, chance) for name, file in names.items()}

    def _content(self, file: _File, chance: Random | None) -> bytes:
        if chance is None:
            return bytes(file.content)
        content = bytearray(file.content)
        arrives = chance.random()
        for op in file.waiting:
            for part in _sectors(op):
                if chance.random() < arrives:
                    _apply(content, part)
        return bytes(content)


def _sectors(op: Op) -> Iterator[Op]:
    """An operation in the parts that a drive does whole or not at all."""
    if op.kind == b"T":
        yield op
        return
    at = 0
    while at < len(op.data):
        length = SECTOR_BYTES - (op.offset + at) % SECTOR_BYTES
        yield op._replace(offset=op.offset + at, data=op.data[at : at + length])
        at += length


def _apply(content: bytearray, op: Op) -> None:
    end = op.offset + len(op.data)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    if op.kind == b"T":
        del content[op.offset :]
    else:
        content[op.offset : end] = op.data
