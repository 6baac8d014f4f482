"""The store as a process of its own, as it is deployed: what may be killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.store.engines import engine
from tests.store.w1 import OWNER_KEY

HOUSE = Path(__file__).parent.parent.parent


@dataclass(slots=True)
class Running:
    process: asyncio.subprocess.Process
    url: str

    async def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()


@asynccontextmanager
async def a_process(
    folder: Path, *options: str, url: str | None = None, module: str = "store"
) -> AsyncIterator[Running]:
    """`python -m store` over `folder`, on a free port; over the database at `url` when one is given."""
    arguments = ["-m", module, "--port", "0", "--data", str(folder), *options]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=HOUSE,
        env={**os.environ, "FLOORHAND_ADMIN_KEY": OWNER_KEY, "FLOORHAND_STORE_URL": url or engine.url(folder)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert process.stdout is not None
        line = (await process.stdout.readline()).decode()
        assert line.startswith("order store http://"), line
        yield Running(process=process, url=line.split()[-1])
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
