"""Which engine the stores of a test run stand on: `FLOORHAND_TEST_ENGINE=postgresql`, or SQLite when nothing is said.

The same tests run on both. A store's database belongs to its folder: who opens the folder again finds it again.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import Any, Protocol

from tests.store import a_postgres

CHOSEN = os.environ.get("FLOORHAND_TEST_ENGINE", "sqlite")


class EngineOfTests(Protocol):
    def url(self, folder: Path) -> str:
        """The address of the folder's database, which is made when there is none."""

    def begun(self, folder: Path) -> bool:
        """Whether the folder has a database already."""

    def keep(self, folder: Path) -> None:
        """Remember the folder's database, which nobody uses at the moment, for `begin_alike`."""

    def begin_alike(self, folder: Path) -> bool:
        """Give a folder without a database a copy of what was kept; False when nothing was."""

    def clear(self, folder: Path) -> None:
        """A test is over: take away what the folders in its own folder do not hold themselves."""


class Files:
    """SQLite, in the folder itself."""

    def __init__(self) -> None:
        self._kept: Path | None = None

    def url(self, folder: Path) -> str:
        return f"sqlite:///{folder / 'store.db'}"

    def begun(self, folder: Path) -> bool:
        return (folder / "store.db").exists()

    def keep(self, folder: Path) -> None:
        copy = Path(tempfile.mkdtemp(prefix="floorhand-w1-")) / "store.db"
        with sqlite3.connect(folder / "store.db") as database:
            database.execute("VACUUM INTO ?", (str(copy),))
        database.close()
        atexit.register(shutil.rmtree, copy.parent, ignore_errors=True)
        self._kept = copy

    def begin_alike(self, folder: Path) -> bool:
        if self._kept is None:
            return False
        shutil.copy(self._kept, folder / "store.db")
        return True

    def clear(self, folder: Path) -> None:
        """The folders are pytest's."""


class Databases:
    """PostgreSQL, on the server of this process's tests. The folder holds the address."""

    def __init__(self) -> None:
        self._kept: str | None = None
        self._made: dict[Path, str] = {}

    def url(self, folder: Path) -> str:
        if not self.begun(folder):
            self._begin(folder, "template1")
        return (folder / "database").read_text()

    def begun(self, folder: Path) -> bool:
        return (folder / "database").exists()

    def keep(self, folder: Path) -> None:
        self._kept = a_postgres.a_database(template=a_postgres.name_of(self.url(folder)))

    def begin_alike(self, folder: Path) -> bool:
        if self._kept is None:
            return False
        self._begin(folder, a_postgres.name_of(self._kept))
        return True

    def clear(self, folder: Path) -> None:
        for made in [made for made in self._made if made.is_relative_to(folder)]:
            a_postgres.drop(self._made.pop(made))

    def _begin(self, folder: Path, template: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        address = a_postgres.a_database(template)
        self._made[folder] = address
        (folder / "database").write_text(address)


ENGINES: dict[str, type[EngineOfTests]] = {"sqlite": Files, "postgresql": Databases}


class _Chosen:
    """The engine in use."""

    def __init__(self) -> None:
        self.now: EngineOfTests = ENGINES[CHOSEN]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.now, name)


_chosen = _Chosen()
engine: EngineOfTests = _chosen


def use(chosen: EngineOfTests) -> None:
    """Take an engine from here on, whatever the environment says."""
    _chosen.now = chosen
