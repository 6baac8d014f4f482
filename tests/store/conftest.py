"""What the store's tests stand on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.store.builders import AStore, a_store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[AStore]:
    """A store with the warehouse W1 (see `builders`)."""
    async with a_store(tmp_path) as running:
        yield running
