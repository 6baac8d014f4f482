"""A picker's seat without a window: scans come in, one line of JSON goes out for each. For a scanner on a wire whose
answers are beeped, spoken or lit by whatever reads the lines.

The rules are those of the screens: badge and PIN, GET WORK, bin, item, tote, FINISH. What has to be seen to be done
(putting right, packing, returns) wants a station with a screen.
"""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterable, Awaitable, Callable
from functools import partial
from typing import Any

from app.domain.codes import CodeKind, Command, identify
from app.domain.picklists import Picklist
from app.domain.scan import Scan
from app.domain.workers import Worker
from app.errors import FloorError, LeaseEnded, LedgerTrouble
from app.ports import Tone
from app.workflows.answers import Answer, Prompt, Role, Sentence
from app.workflows.pick import Pick
from app.workflows.sign_in import PIN_DIGITS_MAX, Stage
from app.workflows.work import Work
from screens.station import Station
from screens.wording import Wording, sentence

log = logging.getLogger("floorhand.line")

SEAT = "line"
PICKING = "pick"


class ScanLine:
    """One worker at a time, where they were before a restart.

    Args:
        say: takes each line, without its end.
    """

    def __init__(self, station: Station, say: Callable[[str], None]) -> None:
        self._station = station
        self._say = say
        self._sign_in = station.sign_in_at(SEAT)
        self._pick: Pick | None = None
        self._offer: Callable[[], Awaitable[Answer | None]] | None = None
        self._typed = ""
        self._lamp: tuple[str, bool] | None = None

    async def run(self, scans: AsyncIterable[Scan]) -> None:
        """Take scans one after the other, until there are no more.

        The first line says where this seat stands; a line of its own says so when the store goes away or comes back,
        and when nothing is owed any more.
        """
        station = self._station
        self._come_back()
        self._tell({})
        leave = station.ledger.on_change(self._tell_lamp), station.store.on_state(self._tell_lamp)
        self._tell_lamp()
        try:
            async for scan in scans:
                answer = await self._answer(scan)
                # What the scan did is in the book by now, and so is every number up to `seq`.
                self._tell(self._said(answer))
        finally:
            for end in leave:
                end()

    # -- what is said -------------------------------------------------------------------------------------------------

    def _said(self, answer: Answer | None) -> dict[str, Any]:
        """None: it led on, and the prompt says where to."""
        if answer is None:
            return {"tone": Tone.GOOD}
        return {"tone": answer.tone, "said": answer.sentence.key, "text": self._words.text(answer.sentence)}

    def _tell(self, said: dict[str, Any]) -> None:
        """What was said, how far the book is, what is to be scanned now, and where."""
        newest = self._station.ledger.last_facts(1)
        asked = self._prompt().sentence
        line = {**said, "seq": newest[0][0] if newest else 0, "asks": asked.key, "prompt": self._words.text(asked)}
        self._say(json.dumps({**line, **self._stop()}, ensure_ascii=False))

    def _tell_lamp(self) -> None:
        link, owed = self._station.store.state().link, self._station.ledger.owed_count()
        if self._lamp != (link, owed > 0):
            self._lamp = (link, owed > 0)
            self._say(json.dumps({"link": link, "owed": owed}))

    def _prompt(self) -> Prompt:
        if self._sign_in.stage is not Stage.IN:
            return self._sign_in.prompt()
        pick = self._walked()
        return pick.prompt() if pick is not None else Prompt(sentence=Sentence("work.scan_get"))

    def _stop(self) -> dict[str, Any]:
        """Where the hand is to go, and for what; nothing while nobody walks."""
        pick = self._walked() if self._sign_in.stage is Stage.IN else None
        walk = pick.walk() if pick is not None else None
        task = walk.here if walk is not None else None
        if walk is None or task is None:
            return {}
        load = walk.load_of(task.order_id)
        tote = {"tote": load.tote_id} if load is not None else {}
        stop = {
            "task": task.task_id,
            "place": task.location_id,
            "product": task.product_id,
            "left_each": task.left_each,
        }
        return {"stop": {**stop, "slot": walk.slot(task), **tote}}

    @property
    def _words(self) -> Wording:
        worker, words = self._sign_in.worker, self._station.words
        return words.get(worker.language if worker else "") or words[self._station.settings.language]

    # -- what is done -------------------------------------------------------------------------------------------------

    async def _answer(self, scan: Scan) -> Answer | None:
        try:
            return await self._judged(scan)
        except FloorError as error:
            log.info("refused seat=%s error=%s facts=%s", SEAT, type(error).__name__, error)
            tone = Tone.NEEDS_PERSON if isinstance(error, LedgerTrouble) else Tone.WRONG
            return Answer(role=Role.WRONG, sentence=sentence(error), tone=tone)
        except Exception:
            log.exception("trouble seat=%s", SEAT)
            return Answer.wrong("shell.trouble")

    async def _judged(self, scan: Scan) -> Answer | None:
        door = self._sign_in
        if door.stage is not Stage.IN:
            answer = await self._at_the_door(scan)
            self._come_back()
            return answer
        door.touch()
        code = identify(scan)
        if code.command is Command.SIGN_OUT:
            return door.sign_out()
        if code.kind is CodeKind.BADGE:
            return door.badge(code)
        pick, offer = self._walked(), self._offer
        if code.command is Command.GET_WORK and (pick is None or pick.walk().here is None):
            if pick is not None:
                pick.finish()
            return await self._get_work()
        if pick is not None:
            return pick.scan(scan)
        self._offer = None
        return await offer() if code.command is Command.OK and offer is not None else Answer.wrong("shell.not_here")

    async def _at_the_door(self, scan: Scan) -> Answer:
        """A badge, then the PIN: as one line, or by the codes of the sheet."""
        typed, self._typed = self._typed, ""
        command = identify(scan).command if self._sign_in.stage is Stage.PIN else None
        if command is Command.OK:
            return await self._sign_in.pin(typed)
        if command is None or command.digit is None:
            return await self._sign_in.take(scan)
        self._typed = f"{typed}{command.digit}"[:PIN_DIGITS_MAX]
        return Answer.info("sign_in.enter_pin")

    async def _get_work(self, *, take_over: bool = False) -> Answer | None:
        """Begin the next list. What its worker, or a colleague, left unfinished is offered first: OK takes it over."""
        worker, station = self._sign_in.worker, self._station
        assert worker is not None
        offered, self._offer = self._offer, None
        work = Work(ledger=station.ledger, store=station.store, clock=station.clock, worker_id=worker.worker_id)
        found = await work.get(take_over=take_over)
        if found.elsewhere and offered is None and not take_over:
            self._offer = partial(self._get_work, take_over=True)
            return Answer.caution("work.elsewhere", picklist=found.elsewhere[0])
        if (left := found.left_here) is not None:
            self._offer = partial(self._begin, left)
            one = station.ledger.get(Picklist, left)
            walker = station.ledger.get(Worker, one.worker_id or "") if one is not None else None
            return Answer.caution("work.left_here", picklist=left, name=walker.name if walker else "?")
        if found.picklist_id is None:
            return Answer.caution(found.nothing)
        await self._begin(found.picklist_id)
        return Answer.caution("work.offline") if found.offline else None

    async def _begin(self, picklist_id: str) -> None:
        pick = self._pick_of(picklist_id)
        pick.open()
        self._pick = pick
        self._sign_in.seats.at(SEAT, f"{PICKING}/{picklist_id}")

    def _come_back(self) -> None:
        """Go on with the list that this seat was at, if somebody is in and it is still theirs."""
        name, _, picklist_id = self._sign_in.place.partition("/")
        self._pick = self._offer = None
        if self._sign_in.stage is Stage.IN and name == PICKING and picklist_id:
            pick = self._pick_of(picklist_id)
            try:
                pick.open()
            except (LeaseEnded, LedgerTrouble):
                return
            self._pick = pick

    def _pick_of(self, picklist_id: str) -> Pick:
        worker, station = self._sign_in.worker, self._station
        assert worker is not None
        return Pick(
            ledger=station.ledger,
            clock=station.clock,
            worker_id=worker.worker_id,
            picklist_id=picklist_id,
            zone=station.zone,
        )

    def _walked(self) -> Pick | None:
        """The list that is walked here; None once it is over, or no longer this station's."""
        if self._pick is not None:
            try:
                self._pick.walk()
            except LeaseEnded:
                self._pick = None
        return self._pick
