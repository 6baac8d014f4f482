"""The folder that a test in the browser is given; no `conftest.py`, which pytest would load outside as well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.handset.inside.opfs import Folder


@pytest.fixture
def folder() -> Iterator[Folder]:
    """A folder on OPFS with nothing in it."""
    folder = Folder()
    yield folder
    folder.gone()
