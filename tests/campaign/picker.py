"""A picker with nothing but a scanner: does what is asked, errs now and then, and notes what was acknowledged."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from random import Random
from typing import Any

from app.domain.codes import CodeKind, Command, printed
from app.ports import Link
from tests.campaign import floor_plan
from tests.campaign.handset import Died, Handset, Said
from tests.campaign.progress import Progress

# A person without an answer that leads on tries again after a moment.
AGAIN_S = 0.1
GOOD = frozenset({"good", "line_done", "list_done"})
NOTHING_YET = ("work.offline_none", "work.late")
# Out of a hundred scans.
WRONG_SCANS, UNDOS, SKIPS, SHORTS = 3, 2, 1, 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """One answer: what it acknowledges is in the facts after `after_seq` up to `through_seq`.

    Args:
        kind: the wire kind of the fact that a good answer to this scan is about; empty where there need be none.
        body: what that fact must say.
    """

    after_seq: int
    through_seq: int
    kind: str = ""
    body: dict[str, Any] = field(default_factory=dict)


@dataclass
class Picker:
    """Args:
    facts: how far the station's book is to go.
    pause_s: how long hands take from one scan to the next, at most.
    progress: of the whole floor.
    """

    handset: Handset
    facts: int
    chance: Random
    pause_s: float
    progress: Progress
    notes: list[Acknowledged] = field(default_factory=list)
    seq: int = 0
    totes_taken: int = 0
    out_of_work: bool = False
    is_last_call: bool = False

    @property
    def name(self) -> str:
        return self.handset.name

    async def works(self) -> None:
        """Scan until the book is far enough, through every death of the station."""
        while self.seq < self.facts and not self.out_of_work:
            try:
                await self._one_life()
            except Died:
                continue

    async def _one_life(self) -> None:
        said = await self.handset.stands()
        # What was recorded and not answered any more counts all the same.
        self._note(said)
        while self.seq < self.facts and not self.out_of_work:
            await self.progress.may_go_on()
            await asyncio.sleep(self.chance.uniform(0, self.pause_s))
            code, kind, body = self._next(said)
            before, said = said, await self.handset.scan(code)
            good = said["tone"] in GOOD
            self._note(said, kind if good else "", body if good else {})
            if before["asks"] == "pick.scan_free_tote" and said.get("said") == "error.ToteTaken.full":
                self.totes_taken += 1
            await self._waits(said.get("said", ""))

    def last_call(self) -> None:
        """There will be no more work from the store: whoever has none left goes home."""
        self.is_last_call = True
        self.handset.ring()

    async def _waits(self, told: str) -> None:
        """Where nothing can be scanned now: for the store, or a moment."""
        if told == "work.none" or (told in NOTHING_YET and self.is_last_call):
            self.out_of_work = True
        elif told == "work.offline_none" and self.handset.link != Link.ONLINE:
            await self.handset.until(lambda: self.is_last_call or self.handset.link in (Link.ONLINE, ""))
        elif told in (*NOTHING_YET, "sign_in.no_badges_yet"):
            await asyncio.sleep(AGAIN_S)

    def _note(self, said: Said, kind: str = "", body: dict[str, Any] | None = None) -> None:
        self.notes.append(Acknowledged(after_seq=self.seq, through_seq=said["seq"], kind=kind, body=body or {}))
        self.progress.add(max(0, said["seq"] - self.seq))
        self.seq = max(self.seq, said["seq"])

    def _next(self, said: Said) -> tuple[str, str, dict[str, Any]]:
        """What to scan now; and the fact that a good answer acknowledges."""
        asks, stop = said["asks"], said.get("stop", {})
        if asks == "sign_in.scan_badge":
            return printed(CodeKind.BADGE, floor_plan.badge_of(self.name)), "", {}
        if asks == "sign_in.enter_pin":
            return floor_plan.PIN, "", {}
        if asks == "work.scan_get":
            return _command(Command.GET_WORK), "", {}
        if asks == "pick.scan_finish":
            return _command(Command.FINISH), "picklist.finished", {}
        return self._slip(asks) or self._right(asks, stop)

    def _slip(self, asks: str) -> tuple[str, str, dict[str, Any]] | None:
        """A wrong code, or a change of mind, now and then."""
        roll = self.chance.randrange(100)
        if roll < WRONG_SCANS:
            return self.chance.choice(("L.Z-999", "4006381333931", "T.nobodys", "(01)123")), "", {}
        if (roll := roll - WRONG_SCANS) < UNDOS:
            return _command(Command.UNDO), "pick.undone", {}
        if (roll := roll - UNDOS) < SKIPS and asks == "pick.scan_bin":
            return _command(Command.SKIP), "pick.skipped", {}
        if roll < SKIPS + SHORTS and asks == "pick.scan_item":
            return _command(Command.SHORT_FEWER), "pick.shorted", {}
        return None

    def _right(self, asks: str, stop: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
        task = {"task_id": stop["task"]}
        if asks == "pick.scan_bin":
            place = stop["place"]
            return printed(CodeKind.LOCATION, place), "pick.location_confirmed", {**task, "location_id": place}
        if asks == "pick.scan_item":
            taken = {**task, "product_id": stop["product"], "quantity_each": 1}
            return floor_plan.gtin_of(stop["product"]), "pick.unit_picked", taken
        tote = stop.get("tote")
        if tote is None:
            tote = floor_plan.tote_of(self.name, self.totes_taken)
            self.totes_taken += 1
        return printed(CodeKind.TOTE, tote), "pick.unit_placed", task


def _command(command: Command) -> str:
    return printed(CodeKind.COMMAND, command)
