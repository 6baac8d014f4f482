"""The device's key lies in a file of its own."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest

from app.errors import LedgerDamaged
from sync.signer_file import FileSigner


def test_only_the_owner_may_read_the_key_and_it_stays_the_same(tmp_path: Path) -> None:
    first = asyncio.run(FileSigner(tmp_path / "key").public_key())
    assert len(first) == 32
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert asyncio.run(FileSigner(tmp_path / "key").public_key()) == first
    (tmp_path / "key").write_bytes(b"short")
    with pytest.raises(LedgerDamaged):
        FileSigner(tmp_path / "key")
