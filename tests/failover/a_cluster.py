"""A primary and two standbys, as they stand in a house without Patroni: quorum commit, slots, failover by hand.

Every node is started with the same settings, so that whichever is promoted is as careful as the one before. A standby
finds the primary by itself: its address names all three, and takes the one that writes.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psycopg

from tests.store.a_postgres import Postgres, a_folder, free_port, run_tool

NODES = ("n1", "n2", "n3")
DATABASE = "floorhand"
_QUORUM = f"ANY 1 ({', '.join(NODES)})"


@dataclass(slots=True)
class Cluster:
    """Args:
    synchronous: whether a commit waits for a standby; False is the planted fault.
    """

    synchronous: bool = True
    nodes: dict[str, Postgres] = field(default_factory=dict)
    primary: str = NODES[0]

    @property
    def url(self) -> str:
        """The store's address: all nodes, and the one that writes is meant."""
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self.nodes.values())
        return f"postgresql+psycopg://postgres@/{DATABASE}?host={hosts}&target_session_attrs=read-write"

    def begin(self) -> None:
        ports = [free_port() for _ in NODES]
        for name, port in zip(NODES, ports, strict=True):
            self.nodes[name] = Postgres(home=a_folder(), port=port, settings=self._settings(name, ports))
        first = self.nodes[self.primary]
        first.init()
        first.start()
        with self.connected() as connection:
            # In the file, not on the command line: pg_rewind's own server reads it there.
            connection.execute("ALTER SYSTEM SET wal_keep_size = '256MB'")
            connection.execute("SELECT pg_reload_conf()")
        for name in NODES[1:]:
            self._copy_primary(name)
            self.nodes[name].start()
        # Not before there is somebody to wait for.
        with self.connected() as connection:
            connection.execute(f"CREATE DATABASE {DATABASE}".encode())

    def hold_standbys_back(self) -> None:
        """From now until its end the primary sends nothing to anybody."""
        with self.connected() as connection:
            for (pid,) in connection.execute("SELECT pid FROM pg_stat_replication").fetchall():
                os.kill(pid, signal.SIGSTOP)

    def fail_over(self) -> None:
        """Make the standby that has received most the primary; the old one must be dead.

        Of two standbys under `ANY 1` the one may lack what the other confirmed: both are asked, and the further is
        taken. With one of them silent nobody can tell, and a person who promotes the other takes that on himself.
        """
        received = {name: self._received(name) for name in NODES if name != self.primary}
        self.primary = max(received, key=lambda name: received[name])
        with self.connected() as connection:
            connection.execute("SELECT pg_promote(true, 30)")
            for name in NODES:
                if name != self.primary:
                    self._slot(connection, name)

    def acknowledges(self, name: str) -> bool:
        """Whether a node answers a commit, or waits for standbys; it is killed afterwards."""
        with self.connected(name) as writing, self.connected(name) as watching:
            writer = threading.Thread(target=_write, args=(writing,))
            writer.start()
            waits = False
            while writer.is_alive() and not waits:
                said = f"SELECT wait_event FROM pg_stat_activity WHERE pid = {writing.info.backend_pid}"
                waits = watching.execute(said.encode()).fetchone() == ("SyncRep",)
                writer.join(0.05)
            self.nodes[name].kill()
            writer.join()
        return not waits

    def take_back(self, name: str) -> None:
        """Let a dead primary follow the new one. What it alone had written is unwound; it must never start before."""
        node = self.nodes[name]
        assert node.process is not None
        assert node.process.poll() is not None
        # It recovers a killed cluster itself before it compares; `wal_keep_size` keeps the log that it then wants.
        source = f"host=127.0.0.1 port={self.nodes[self.primary].port} user=postgres dbname=postgres"
        run_tool("pg_rewind", "-D", str(node.data), "--source-server", source, "--no-sync")
        (node.data / "standby.signal").touch()
        node.start()

    @contextmanager
    def connected(self, name: str | None = None) -> Iterator[psycopg.Connection]:
        """A superuser's connection to a node; to the primary when none is named."""
        where = {"host": "127.0.0.1", "port": self.nodes[name or self.primary].port, "user": "postgres"}
        with psycopg.connect(**where, dbname="postgres", autocommit=True) as connection:  # type: ignore[arg-type]
            yield connection

    def following(self) -> set[str]:
        """The standbys that stream from the primary."""
        with self.connected() as connection:
            found = connection.execute("SELECT application_name FROM pg_stat_replication WHERE state = 'streaming'")
            return {row[0] for row in found}

    def clear(self) -> None:
        for node in self.nodes.values():
            node.kill()
            shutil.rmtree(node.home, ignore_errors=True)

    def _settings(self, name: str, ports: list[int]) -> dict[str, str]:
        hosts, at = ",".join("127.0.0.1" for _ in ports), ",".join(str(port) for port in ports)
        return {
            "synchronous_standby_names": _QUORUM if self.synchronous else "",
            "primary_conninfo": f"host={hosts} port={at} user=postgres application_name={name} "
            "target_session_attrs=read-write",
            "primary_slot_name": name,
            "wal_retrieve_retry_interval": "200ms",
            "max_connections": "100",
        }

    def _copy_primary(self, name: str) -> None:
        primary, standby = self.nodes[self.primary], self.nodes[name]
        how = ("-R", "-X", "stream", "-C", "-S", name, "-c", "fast", "--no-sync")
        at = ("-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres")
        run_tool("pg_basebackup", "-D", str(standby.data), *at, *how)

    def _received(self, name: str) -> int:
        """How far a standby has the log on its disk, in bytes from its beginning."""
        with self.connected(name) as connection:
            far = connection.execute("SELECT pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0')").fetchone()
        assert far is not None
        return int(far[0])

    def _slot(self, connection: psycopg.Connection, name: str) -> None:
        with suppress(psycopg.errors.DuplicateObject):
            connection.execute("SELECT pg_create_physical_replication_slot(%s, true)", (name,))


@contextmanager
def a_cluster(*, synchronous: bool = True) -> Iterator[Cluster]:
    cluster = Cluster(synchronous=synchronous)
    try:
        cluster.begin()
        yield cluster
    finally:
        cluster.clear()


def _write(connection: psycopg.Connection) -> None:
    with suppress(psycopg.OperationalError):
        connection.execute("CREATE TABLE written ()")
