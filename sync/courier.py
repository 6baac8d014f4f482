"""Carries owed facts up and rows down, as one asyncio task beside the screens; and asks what needs the store's word."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any, TypeVar

from app.domain.rows import to_image
from app.domain.workers import Worker
from app.errors import LedgerTrouble
from app.ports import Clock, Image, Link, LinkState
from sync.enrolment import enrol_anew
from sync.failure import CallFailed, Failure, FailureKind
from sync.grants import StoreGrants
from sync.ledger import SqliteLedger
from sync.listeners import Listeners
from sync.number_renewal import NUMBERS_RETRY_S, NumberRenewal
from sync.pin_seal import sealed
from sync.pokes import Pokes
from sync.protocol import FactsPushed, Pulled, ask_message
from sync.session import AskToken, Pull, Push, Session, WaitUntil
from sync.signer import Signer, base64url, token_wanted
from sync.transport import StoreTransport, json_bytes

log = logging.getLogger("floorhand.sync")
T = TypeVar("T")

PULL_ROWS_MAX = 2_000  # packed they come in one breath, and a lost answer costs no more than these
APPLIED_ROWS_MAX = 400  # what is applied at once holds scans up: some ten milliseconds


class Courier:
    """Implements `app.ports.Store`. `run` is the task; the rest may be called whether it runs or not.

    Args:
        random: numbers from 0 to 1, for the pauses.
        session: the conversation; one with the usual pauses when None.
        listens: hear the store's pokes, instead of asking it all the time.
        numbers_retry_s: pause after carton numbers were asked for in vain.
        grants: keeps the grant that comes with each token; None where nobody signs in.
    """

    def __init__(
        self,
        ledger: SqliteLedger,
        transport: StoreTransport,
        signer: Signer,
        clock: Clock,
        *,
        random: Callable[[], float],
        app_version: str = "",
        session: Session | None = None,
        numbers_retry_s: float = NUMBERS_RETRY_S,
        grants: StoreGrants | None = None,
        listens: bool = False,
    ) -> None:
        self._ledger = ledger
        self._transport = transport
        self._signer = signer
        self._clock = clock
        self._app_version = app_version
        self._grants = grants
        self._session = session or Session(random)
        self._session.fork = ledger.fork
        # By the worker for whom each asks; that of nobody carries facts and rows.
        self._tokens: dict[str, str] = {}
        self._token_lock = asyncio.Lock()
        self._paused = False
        self._woken = asyncio.Event()
        self._pokes = (
            Pokes(transport, self._session, token=self._listening_token, wake=self._woken.set, random=random)
            if listens
            else None
        )
        self._tasks: set[asyncio.Task[None]] = set()
        self._pull: asyncio.Task[None] | None = None
        self._pull_now: asyncio.Task[None] | None = None
        self._numbers = NumberRenewal(ledger, clock, self.ask, retry_s=numbers_retry_s)
        self._state = LinkState(link=Link.OFFLINE, since_utc=clock.now_utc())
        self._said = False
        self._state_changed = Listeners()

    async def run(self) -> None:
        """Go on until cancelled. No trouble ends it: it is said once, and tried again."""
        leave = self._ledger.on_change(self._woken.set)
        listening = asyncio.create_task(self._pokes.run()) if self._pokes is not None else None
        try:
            while True:
                self._woken.clear()
                if self._paused:
                    await self._woken.wait()
                    continue
                now_s = _now_s()
                step = self._session.next_step(
                    now_s,
                    first_owed_seq=self._ledger.held_through_seq + 1,
                    last_seq=self._ledger.last_seq,
                    may_pull=self._ledger.is_told_again,
                )
                match step:
                    case AskToken():
                        self._start(self._sign_in())
                    case Push():
                        self._start(self._carry(step))
                    case Pull():
                        self._pull = self._start(self._fetch(step.wait_s))
                    case WaitUntil():
                        at_s = self._renew_numbers(now_s, step.at_s)
                        await self._sleep(at_s - now_s)
        finally:
            leave()
            running = (*self._tasks, *((listening,) if listening is not None else ()))
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    def _listening_token(self) -> str:
        return "" if self._paused else self._station_token

    @property
    def _station_token(self) -> str:
        return self._tokens.get("", "")

    def wake(self) -> None:
        """The network or the page came back: try now instead of at the next pause's end."""
        self._session.nudge(_now_s())
        self._woken.set()

    async def enrol_anew(self, code: str, name: str) -> None:
        """As `sync.enrolment.enrol_anew`, while the courier runs. What was asked as the old station is not listened to.

        Raises:
            as there.
        """
        # The store takes the lists away from the old id as it gives them to the new one: that is not to be heard here.
        self._paused = True
        for task in self._tasks:
            task.cancel()
        try:
            await enrol_anew(self._ledger, self._transport, self._signer, code=code, name=name)
        finally:
            self._paused = False
            self._tokens.clear()
            self._session.begin_anew(fork=self._ledger.fork)
            self._tell_link()
            self._woken.set()

    # `app.ports.Store`

    def state(self) -> LinkState:
        return self._state

    def on_state(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever `state()` has changed; returns what ends it."""
        return self._state_changed.join(listener)

    async def ask(self, name: str, body: Image) -> dict[str, Any]:
        """As the port says. A body without `key` gets a fresh one; who asks again after silence gives the same key.

        The device signs every ask: who is at its screen is something that only the device can say.
        """
        said = {"key": self._clock.new_id(), "asked_at_utc": self._clock.now_utc(), **body}
        content = json_bytes(to_image(said))
        signature = base64url(await self._signer.sign(ask_message(self._ledger.station_id, name, content)))
        worker_id = str(body.get("worker_id", ""))
        return await self._asked(lambda token: self._transport.ask(token, name, content, signature), worker_id)

    async def board(self) -> dict[str, Any]:
        return await self._asked(self._transport.board)

    async def pull_now(self) -> None:
        if self._pull_now is None or self._pull_now.done():
            self._pull_now = self._start(self._fetch_all())
        await asyncio.wait({self._pull_now})

    # What the steps do.

    async def _sign_in(self) -> None:
        try:
            await self._renew_token("", self._station_token)
        except Exception as trouble:
            self._session.token_failed(_now_s(), self._failure_of(trouble))

    async def _carry(self, push: Push) -> None:
        try:
            facts = self._ledger.owed(push.first_seq, push.last_seq - push.first_seq + 1)
            pushed = FactsPushed(station_id=self._ledger.station_id, facts=facts)
            judged = await self._transport.push(self._station_token, pushed)
            self._ledger.settle(judged)
            owe_from = self._session.push_answered(
                _now_s(),
                push,
                judged,
                oldest_kept_seq=self._ledger.oldest_kept_seq(),
                last_seq=self._ledger.last_seq,
            )
            self._keep_fork()
            self._owe_again(owe_from)
        except Exception as trouble:
            self._session.push_failed(_now_s(), self._failure_of(trouble))

    async def _fetch(self, wait_s: float) -> None:
        try:
            held_before_seq = self._ledger.held_through_seq
            pulled = await self._pull_page(self._station_token, wait_s)
            self._pulled(pulled, held_before_seq)
        except Exception as trouble:
            self._session.pull_failed(_now_s(), self._failure_of(trouble))

    async def _fetch_all(self) -> None:
        """Pull page by page until there is no more; the long poll that may be under way would only answer later."""
        if self._paused or not self._ledger.is_told_again:
            return
        if self._pull is not None:
            self._pull.cancel()
        self._session.begin_pull()
        try:
            while True:
                held_before_seq = self._ledger.held_through_seq
                pulled = await self._authorised(lambda token: self._pull_page(token, 0.0))
                self._pulled(pulled, held_before_seq)
                if not (pulled.more or pulled.must_refetch):
                    return
                self._session.begin_pull()
        except Exception as trouble:
            self._session.pull_failed(_now_s(), self._failure_of(trouble))

    async def _pull_page(self, token: str, wait_s: float) -> Pulled:
        pulled = await self._transport.pull(
            token,
            self._ledger.cursor(),
            limit=PULL_ROWS_MAX,
            wait_s=wait_s,
            owed_count=self._ledger.owed_count(),
            owed_since_utc=self._ledger.owed_since_utc(),
            app_version=self._app_version,
        )
        for part in pulled.parts(APPLIED_ROWS_MAX):
            self._ledger.apply(await sealed(part, self._signer))
            # A scan that came meanwhile is judged before the next part.
            await asyncio.sleep(0)
        self._renew_grant(pulled)
        return pulled

    def _renew_grant(self, pulled: Pulled) -> None:
        """Somebody is new, or may do more than before: their grant is not to wait for the token's end."""
        if self._grants is None or not any(change.row_kind == Worker.row_kind for change in pulled.rows):
            return
        if not self._grants.cover(self._ledger.all(Worker)):
            self._session.renew_token()

    def _pulled(self, pulled: Pulled, held_before_seq: int) -> None:
        owe_from = self._session.pull_answered(
            _now_s(),
            pulled,
            last_seq=self._ledger.last_seq,
            held_before_seq=held_before_seq,
            oldest_kept_seq=self._ledger.oldest_kept_seq(),
        )
        self._keep_fork()
        # A push that was answered meanwhile has said so already.
        self._owe_again(owe_from if self._ledger.held_through_seq == held_before_seq else None)

    def _owe_again(self, from_seq: int | None) -> None:
        if from_seq is not None:
            log.warning("facts_lost_by_store from_seq=%d", from_seq)
            self._ledger.owe_again(from_seq)

    def _keep_fork(self) -> None:
        """A program that starts again must know it at once, or it would count the store's facts as its own."""
        if self._session.fork and not self._ledger.fork:
            log.error("chain_forked reason=%s", self._session.fork)
            self._ledger.keep_fork(self._session.fork)

    def _renew_numbers(self, now_s: float, wait_until_s: float) -> float:
        """Ask for carton numbers when it is time; gives until when there is nothing to do."""
        due_s = self._numbers.due_at(now_s) if self._state.link is Link.ONLINE else None
        if due_s is None:
            return wait_until_s
        if now_s >= due_s:
            self._numbers.begin(now_s)
            self._start(self._numbers.lease())
        return min(wait_until_s, self._numbers.due_at(now_s) or wait_until_s)

    async def _asked(
        self, call: Callable[[str], Coroutine[Any, Any, dict[str, Any]]], worker_id: str = ""
    ) -> dict[str, Any]:
        try:
            answer = await self._authorised(call, worker_id)
        except CallFailed as failed:
            raise failed.trouble() from failed
        if self._state.link is Link.OFFLINE:
            self.wake()
        return answer

    async def _authorised(self, call: Callable[[str], Coroutine[Any, Any, T]], worker_id: str = "") -> T:
        """Call with the worker's token, and once more with a new one when it has ended."""
        if not self._ledger.is_told_again:
            # It would answer without knowing what was done here.
            raise CallFailed(Failure(kind=FailureKind.UNREACHABLE, reason="the store has not heard everything yet"))
        used = self._tokens.get(worker_id) or await self._renew_token(worker_id, "")
        try:
            return await call(used)
        except CallFailed as failed:
            if failed.failure.kind is not FailureKind.UNAUTHORISED:
                raise
        return await call(await self._renew_token(worker_id, used))

    async def _renew_token(self, worker_id: str, ended: str) -> str:
        """Sign in, unless somebody else has done so since `ended` was the token; the token of now."""
        if not self._ledger.station_id:
            raise CallFailed(Failure(kind=FailureKind.REFUSED, reason="the station is not enrolled"))
        async with self._token_lock:
            if (token := self._tokens.get(worker_id, "")) != ended:
                return token
            wanted = await token_wanted(
                self._signer,
                station_id=self._ledger.station_id,
                worker_id=worker_id,
                nonce=self._clock.new_id(),
                now_utc=self._clock.now_utc(),
            )
            granted = await self._transport.token(wanted)
            if wanted.station_id != self._ledger.station_id:
                raise CallFailed(Failure(kind=FailureKind.UNREACHABLE, reason="enrolled anew meanwhile"))
            if self._grants is not None and granted.grant is not None:
                self._grants.take(granted.grant)
            self._tokens[worker_id] = granted.token
            if not worker_id:
                self._session.token_granted(_now_s(), granted.expires_in_s)
            return granted.token

    def _failure_of(self, trouble: Exception) -> Failure:
        """A device that the store trusts no longer lets nobody sit down; whoever sits there may end what is begun."""
        failure = _failure_of(trouble)
        revoked = failure.kind is FailureKind.REFUSED and failure.status == HTTPStatus.FORBIDDEN
        if revoked and self._grants is not None and self._grants.end():
            # Asked for once more at the place where the store knows the device; if all is well a grant comes back.
            self._session.renew_token()
        return failure

    # The round.

    def _start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (trouble := task.exception()) is not None:
            log.error("courier_step_failed", exc_info=trouble)
        self._tell_link()
        self._woken.set()

    async def _sleep(self, pause_s: float) -> None:
        try:
            async with asyncio.timeout(None if pause_s == float("inf") else max(0.0, pause_s)):
                await self._woken.wait()
        except TimeoutError:
            return

    def _tell_link(self) -> None:
        link, reason = self._session.link
        if self._said and (link, reason) == (self._state.link, self._state.reason):
            return
        if not self._said or link is not self._state.link:
            self._said = True
            owed = self._ledger.owed_count()
            if link is Link.ONLINE:
                log.info("store_reached owed=%d", owed)
            else:
                log.warning("store_away link=%s owed=%d reason=%s", link, owed, reason)
            self._state = LinkState(link=link, since_utc=self._clock.now_utc(), reason=reason)
        else:
            self._state = LinkState(link=link, since_utc=self._state.since_utc, reason=reason)
        self._state_changed.tell()


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def _failure_of(trouble: Exception) -> Failure:
    """A book that cannot take an answer in, and a fault of our own, are tried again like a store that is away."""
    if isinstance(trouble, CallFailed):
        return trouble.failure
    if not isinstance(trouble, LedgerTrouble):
        log.error("courier_step_failed", exc_info=trouble)
    return Failure(kind=FailureKind.UNREACHABLE, reason=f"{type(trouble).__name__}: {trouble}")
