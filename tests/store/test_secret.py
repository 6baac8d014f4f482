"""The secret of a store, at its first start."""

from __future__ import annotations

import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from store import backroom


def test_stores_that_start_at_once_in_one_folder_have_one_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    all_there = threading.Barrier(4, timeout=30)
    made = iter(["a" * 64, "b" * 64, "c" * 64, "d" * 64])

    def make(_size: int) -> str:
        all_there.wait()
        return next(made)

    monkeypatch.setattr(secrets, "token_hex", make)
    path = tmp_path / "token.secret"
    with ThreadPoolExecutor(4) as stores:
        taken = set(stores.map(backroom._secret, [path] * 4))

    assert taken == {path.read_text()}
    assert len(path.read_text()) == 64
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]
