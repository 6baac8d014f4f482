"""The processes of a shift: each with a log of its own, started together, ended together."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx

from app.errors import FloorError

# Python, for a script or `-m` and a module, and their arguments.
LEASHED = (sys.executable, "-P", str(Path(__file__).with_name("leash.py")))
KEEP_EVERY_S = 1.0
READY_WITHIN_S = 60.0


class ShiftTrouble(FloorError):
    """The shift cannot start; the message is for whoever typed the command."""


def port_refused(port: int, what: str, option: str, reason: OSError) -> ShiftTrouble:
    """The trouble that names the port, what it was for, and how to choose another."""
    said = os.strerror(reason.errno) if reason.errno else str(reason)
    return ShiftTrouble(f"Port {port} ({what}) cannot be had: {said}. Free it, or choose another: {option}")


def claim_port(host: str, port: int, what: str, option: str) -> None:
    """Make sure that nobody listens on a port yet.

    Raises:
        ShiftTrouble: somebody does; the message names the port, what it was for, and how to choose another.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as reason:
            raise port_refused(port, what, option, reason) from None


class Child:
    """One process of ours.

    Args:
        name: names its log file too.
        argv: begins with `LEASHED` for a process that must not outlive us.
        answers_at: address that answers 200 once it is ready.
    """

    def __init__(
        self, name: str, argv: Sequence[str], *, env: Mapping[str, str], log_dir: Path, answers_at: str
    ) -> None:
        self.name = name
        self.argv = list(argv)
        self.env = dict(env)
        self.log_path = log_dir / f"{name}.log"
        self.answers_at = answers_at
        self._process: asyncio.subprocess.Process | None = None
        self._wanted = False
        # Two clicks and the keeper may want to move it at once; only one process can be the one that is stopped later.
        self._moves = asyncio.Lock()

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self.running else None

    async def start(self, *, ready_within_s: float = READY_WITHIN_S) -> None:
        """Start it and wait until it answers; nothing happens when it runs already.

        Raises:
            ShiftTrouble: it ended, was switched off meanwhile, or did not answer in time; the message names its log.
        """
        async with self._moves:
            if self.running:
                return
            self._wanted = True
            await self._spawn()
        await self._wait_until_ready(ready_within_s)

    async def _spawn(self) -> None:
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        with self.log_path.open("ab") as log:
            # A session of its own: Ctrl-C in the terminal reaches the launcher alone, which then ends them in order.
            self._process = await asyncio.create_subprocess_exec(
                *self.argv,
                env={**os.environ, **self.env},
                # Nothing is ever written: its end is our own end, which a leash waits for.
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def _wait_until_ready(self, ready_within_s: float) -> None:
        loop = asyncio.get_running_loop()
        give_up_at_s = loop.time() + ready_within_s
        async with httpx.AsyncClient(timeout=2.0, verify=False) as client:
            while loop.time() < give_up_at_s:
                if not self._wanted:
                    raise ShiftTrouble(f"The {self.name} was switched off while it started.")
                if not self.running:
                    raise ShiftTrouble(f"The {self.name} ended at once: {self._last_words()} (see {self.log_path})")
                try:
                    if (await client.get(self.answers_at)).status_code == 200:
                        return
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(0.1)
        raise ShiftTrouble(f"The {self.name} did not answer within {ready_within_s:g} s (see {self.log_path})")

    def _last_words(self) -> str:
        lines = [line for line in self.log_path.read_text(errors="replace").splitlines() if line.strip()]
        return lines[-1] if lines else "it said nothing"

    async def stop(self, *, within_s: float = 10.0) -> None:
        """End it in order; by force when it does not listen."""
        async with self._moves:
            self._wanted = False
            process = self._process
            if process is None or process.returncode is not None:
                return
            process.send_signal(signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), within_s)
            except TimeoutError:
                await self._cut_off()

    async def kill(self) -> None:
        """End it as a power cut would."""
        async with self._moves:
            self._wanted = False
            await self._cut_off()

    async def _cut_off(self) -> None:
        process = self._process
        if process is not None and process.returncode is None:
            process.kill()
            await process.wait()

    async def keep(self) -> None:
        """Start it again whenever it ends by itself; until cancelled. Who switched it off finds it off."""
        while True:
            process = self._process
            if process is not None:
                await process.wait()
            async with self._moves:
                ended = self._wanted and not self.running
                if ended:
                    print(f"The {self.name} has ended by itself (see {self.log_path}); starting it again …", flush=True)
                    await self._spawn()
            if ended:
                try:
                    await self._wait_until_ready(READY_WITHIN_S)
                except ShiftTrouble as trouble:
                    print(trouble, flush=True)
            await asyncio.sleep(KEEP_EVERY_S)
