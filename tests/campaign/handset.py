"""A station without screens, as a process, at the other end of its scanner's line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.campaign.child import Child
from tests.campaign.leashed import HOUSE

Said = dict[str, Any]


class Died(Exception):
    """Whether the last scan counts is not known."""


@dataclass
class Handset:
    """Args:
    folder: of its book and key.

    Attributes:
        link, owed: as its lamp said last.
        last: the last answer of this life; None until it stands.
    """

    name: str
    folder: Path
    store_url: str
    enrolment_code: str
    log: Path
    planted: str = ""
    link: str = ""
    owed: int = -1
    last: Said | None = None
    child: Child = field(init=False)
    _answers: asyncio.Queue[Said | None] = field(default_factory=asyncio.Queue)
    _bells: set[asyncio.Event] = field(default_factory=set)

    def __post_init__(self) -> None:
        settings = {
            "FLOORHAND_KIND": "handset",
            "FLOORHAND_NAME": self.name,
            "FLOORHAND_DATA_DIR": str(self.folder),
            "FLOORHAND_STORE_URL": self.store_url,
            "FLOORHAND_ENROLMENT_CODE": self.enrolment_code,
            "FLOORHAND_PLANTED": self.planted,
        }
        arguments = (str(HOUSE / "main.py"), "--headless")
        self.child = Child(arguments, env=settings, log=self.log, heard=self._heard)

    async def start(self) -> None:
        await self.child.start()

    async def kill(self) -> None:
        await self.child.kill()

    async def stop(self) -> None:
        await self.child.stop()

    async def until(self, so: Callable[[], bool]) -> None:
        """Wait until what this station has said makes it so."""
        bell = asyncio.Event()
        self._bells.add(bell)
        try:
            while not so():
                bell.clear()
                await bell.wait()
        finally:
            self._bells.discard(bell)

    async def stands(self) -> Said:
        """The last thing that it has said, once it runs."""
        await self.until(lambda: self.last is not None)
        assert self.last is not None
        return self.last

    async def scan(self, text: str) -> Said:
        """Scan one code and wait for the answer.

        Raises:
            Died: it was killed meanwhile.
        """
        while not self._answers.empty():  # of an earlier life
            self._answers.get_nowait()
        if self.last is None:
            raise Died
        self.child.say(text)
        answer = await self._answers.get()
        if answer is None:
            raise Died
        return answer

    def _heard(self, line: str | None) -> None:
        said: Said | None = json.loads(line) if line is not None else None
        if said is None:
            self.last, self.link, self.owed = None, "", -1
            self._answers.put_nowait(None)
        elif "link" in said:
            self.link, self.owed = said["link"], said["owed"]
        else:
            self.last = said
            if "tone" in said:
                self._answers.put_nowait(said)
        self.ring()

    def ring(self) -> None:
        """Whoever waits looks again."""
        for bell in self._bells:
            bell.set()
