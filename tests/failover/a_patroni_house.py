"""Three nodes of Patroni, etcd and HAProxy on this machine, by the very files of deploy/ with its ports and folders."""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import psycopg

from deploy.render import render
from tests.store.a_postgres import a_folder, as_nobody, free_port, own, tools
from tests.store.a_process import HOUSE

NODES = ("n1", "n2", "n3")
PATRONI = HOUSE / ".venv-cluster" / "bin" / "patroni"
START_S = 120.0
PASSWORD = "secret"


@dataclass(slots=True)
class PatroniHouse:
    home: Path
    house: dict[str, str]
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The store's address: HAProxy's, which leads to the leader."""
        return f"postgresql+psycopg://floorhand:{PASSWORD}@{self.house['DATABASE']}/floorhand"

    def folder(self, node: str) -> Path:
        return self.home / node

    def start(self, name: str, *command: str) -> None:
        """Start a program as systemd would, with a log of its own."""
        with (self.home / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(command, stdout=log, stderr=log, **as_nobody())

    def start_patroni(self, node: str) -> None:
        self.start(f"patroni-{node}", str(PATRONI), str(self.folder(node) / "patroni.yml"))

    def begin(self) -> None:
        for node in NODES:
            folder = self.folder(node)
            folder.mkdir()
            here = {"PGDATA": folder / "data", "PGRUN": folder, "ETCD_DATA": folder / "etcd"}
            render(self.house | {name: str(path) for name, path in here.items()}, node, folder)
            for path in (folder, *folder.iterdir()):
                own(path)
            self.start(f"etcd-{node}", "etcd", "--config-file", str(folder / "etcd.yml"))
        for node in NODES:
            # It asks etcd, too: as soon as that listens it must pass.
            check = [str(PATRONI), "--validate-config", "-i", str(self.folder(node) / "patroni.yml")]
            _until_it_listens(self.house[f"{node.upper()}_ETCD"])
            subprocess.run(check, check=True, **as_nobody())
        for node in NODES:
            self.start_patroni(node)
        haproxy = str(self.folder("n1") / "haproxy.cfg")
        subprocess.run(["haproxy", "-c", "-q", "-f", haproxy], check=True)
        self.start("haproxy", "haproxy", "-db", "-f", haproxy)

    def leader(self) -> str | None:
        """Who leads; None while nobody does."""
        return next((node for node in NODES if self._is(node, "primary")), None)

    def followers(self) -> list[str]:
        """Who could lead without a loss."""
        return [node for node in NODES if self._is(node, "quorum")]

    def kill(self, node: str) -> None:
        """Patroni and PostgreSQL at once, as if the machine had lost its power."""
        patroni = psutil.Process(self.running[f"patroni-{node}"].pid)
        server = psutil.Process(int((self.folder(node) / "data" / "postmaster.pid").read_text().split()[0]))
        for first in (patroni, server):
            first.suspend()
        for one in {*server.children(recursive=True), *patroni.children(recursive=True), server, patroni}:
            with suppress(psutil.NoSuchProcess):
                one.kill()
        self.running[f"patroni-{node}"].wait()

    def make_database(self) -> None:
        """What an operator does once."""
        address = f"postgresql://postgres:{self.house['SUPERUSER_PASSWORD']}@{self.house['DATABASE']}/postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(f"CREATE ROLE floorhand LOGIN PASSWORD '{PASSWORD}'".encode())
            connection.execute(b"CREATE DATABASE floorhand OWNER floorhand")

    def clear(self) -> None:
        for node in NODES:
            with suppress(psutil.NoSuchProcess, FileNotFoundError, KeyError):
                self.kill(node)
        for process in self.running.values():
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGKILL)
            process.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    def _is(self, node: str, what: str) -> bool:
        try:
            with urllib.request.urlopen(f"http://{self.house[f'{node.upper()}_PATRONI']}/{what}", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def _until_it_listens(address: str) -> None:
    host, _, port = address.rpartition(":")
    for _ in range(int(START_S / 0.2)):
        with suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
            return
        time.sleep(0.2)
    raise AssertionError(f"nobody listens at {address}")


async def until(true: Callable[[], object], what: str) -> None:
    """Wait for what only a look can tell."""
    for _ in range(int(START_S / 0.2)):
        if await asyncio.to_thread(true):
            return
        await asyncio.sleep(0.2)
    raise AssertionError(f"after {START_S:.0f} s still not: {what}")


@contextmanager
def a_patroni_house() -> Iterator[PatroniHouse]:
    home = a_folder()
    names = [f"{node.upper()}_{part}" for node in NODES for part in ("POSTGRES", "PATRONI", "ETCD", "ETCD_PEER")]
    at = {name: f"127.0.0.1{name[1]}:{free_port()}" for name in names}
    at |= {name: f"127.0.0.1:{free_port()}" for name in ("S1_STORE", "S2_STORE", "DATABASE", "STORES")}
    secrets = dict.fromkeys(("SUPERUSER_PASSWORD", "REPLICATION_PASSWORD", "REWIND_PASSWORD"), PASSWORD)
    house = PatroniHouse(home=home, house=at | secrets | {"PGBIN": str(tools()), "NETWORK": "127.0.0.0/8"})
    try:
        house.begin()
        yield house
    finally:
        house.clear()
