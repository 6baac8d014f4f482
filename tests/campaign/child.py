"""A program of the campaign: what may be killed with -9 and started again over the same folder."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from random import SystemRandom

from tests.campaign.leashed import HOUSE

LEASHED = (sys.executable, "-P", str(Path(__file__).with_name("leashed.py")))
ENDS_WITHIN_S = 20.0
# Below what the kernel deals from: whoever is down must find its port free when it comes back.
PORTS = range(20_000, 32_000)


def lasting_port() -> int:
    """A port of 127.0.0.1 that is free, and that no connection is given while nobody listens there."""
    for port in SystemRandom().sample(PORTS, len(PORTS)):
        with socket.socket() as asked, suppress(OSError):
            asked.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no port is free")


class Child:
    """Args:
    heard: takes each line that it says; None: it has ended.
    log: everything that it says on standard error, over all its lives.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        env: Mapping[str, str],
        log: Path,
        heard: Callable[[str | None], None] = lambda _: None,
    ) -> None:
        self.arguments = tuple(arguments)
        self.env = env
        self.log = log
        self.kills = 0
        self._heard = heard
        self._process: asyncio.subprocess.Process | None = None
        self._listening: asyncio.Task[None] | None = None

    async def start(self) -> None:
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C reaches the campaign alone, which then ends them.
            self._process = await asyncio.create_subprocess_exec(
                *LEASHED,
                *self.arguments,
                cwd=HOUSE,
                env={**os.environ, **self.env, "FLOORHAND_LAUNCHER": str(os.getpid())},
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        self._listening = asyncio.create_task(self._listen(self._process))

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            self._heard(line.decode())
        await process.wait()
        self._heard(None)

    def say(self, text: str) -> None:
        """A line on its standard input; lost when it is dead."""
        assert self._process is not None
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.write(f"{text}\n".encode())

    @property
    def ended(self) -> bool:
        return self._process is None or self._process.returncode is not None

    async def kill(self) -> None:
        """As a power cut would end it."""
        self.kills += 1
        await self.end()

    async def stop(self) -> None:
        """In order; by force when it does not listen."""
        try:
            async with asyncio.timeout(ENDS_WITHIN_S):
                await self._end(signal.SIGTERM)
        except TimeoutError:
            await self.end()

    async def end(self) -> None:
        """Whatever it does; for when nobody wants to know any more."""
        await self._end(signal.SIGKILL)

    async def _end(self, how: signal.Signals) -> None:
        if self._process is None or self._listening is None:
            return
        with suppress(ProcessLookupError):
            self._process.send_signal(how)
        # What it has said before its end is heard, too.
        await asyncio.shield(self._listening)
