"""What the store's tests stand on."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.store.a_store import AStore, a_listening_store, a_store
from tests.store.engines import engine
from tests.store.shop import Shop, a_shop


@pytest.fixture(autouse=True)
def _databases(tmp_path: Path) -> Iterator[None]:
    yield
    engine.clear(tmp_path)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[AStore]:
    """A store with the warehouse W1 (see `a_store`)."""
    async with a_store(tmp_path) as running:
        yield running


@pytest.fixture
async def open_store(tmp_path: Path) -> AsyncIterator[AStore]:
    """The same, asked over a real socket."""
    async with a_listening_store(tmp_path) as running, httpx.AsyncClient(base_url=running.url, timeout=60) as http:
        running.http = http
        yield running


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """An empty warehouse, as shops and administrators see it."""
    with a_shop(tmp_path) as opened:
        yield opened
