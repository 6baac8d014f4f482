"""A station of the tests: a device with a key of its own that knows nothing but the wire.

`tell` makes facts, `push` sends what it owes, `pull` keeps what the feed says.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.domain.facts import Fact
from app.domain.picklists import Picklist
from app.domain.rows import from_image, to_image
from sync.protocol import (
    GENESIS_HASH,
    SIGNATURE_HEADER,
    Cursor,
    Envelope,
    FactsJudged,
    Outcome,
    Pulled,
    ask_message,
    fact_hash,
    fact_text,
)
from tests.store.w1 import PICKER, W1

if TYPE_CHECKING:
    from tests.store.a_store import AStore


@dataclass(slots=True)
class AStation:
    """A device that knows nothing but the wire."""

    store: AStore
    device: Ed25519PrivateKey
    station_id: str = ""
    token: str = ""
    seq: int = 0
    head: str = GENESIS_HASH
    owed: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    cursor: Cursor = field(default_factory=Cursor)
    view: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    lease: str | None = None

    @property
    def public_key(self) -> str:
        return _unpadded(self.device.public_key().public_bytes_raw())

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def proof(self, nonce: str, issued_at_utc: str | None = None, worker_id: str = "") -> dict[str, str]:
        issued = issued_at_utc or self.store.clock[0].isoformat()
        said = f"floorhand-token\n{self.station_id}\n{nonce}\n{issued}" + (f"\n{worker_id}" if worker_id else "")
        signature = _unpadded(self.device.sign(said.encode()))
        proof = {"station_id": self.station_id, "nonce": nonce, "issued_at_utc": issued, "signature": signature}
        return proof | ({"worker_id": worker_id} if worker_id else {})

    async def sign_in(self) -> None:
        self.token = await self.token_for("")

    async def token_for(self, worker_id: str) -> str:
        """A token that asks for a worker; for nobody it carries facts and rows."""
        answer = await self.ask_for_token(worker_id)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["token"])

    async def ask_for_token(self, worker_id: str) -> httpx.Response:
        nonce = _unpadded(Ed25519PrivateKey.generate().private_bytes_raw())
        return await self.store.http.post("/v1/stations/token", json=self.proof(nonce, worker_id=worker_id))

    def text_of(self, fact: Fact, worker_id: str, **changes: Any) -> str:
        """The next fact's text, not yet owed."""
        envelope = Envelope(
            **{
                "warehouse_id": W1,
                "station_id": self.station_id,
                "seq": self.seq + 1,
                "kind": fact.kind,
                "version": fact.version,
                "worker_id": worker_id,
                "occurred_at_utc": self.store.clock[0],
                "boot_id": "boot-1",
                "monotonic_ms": self.seq * 1000,
                "prev_hash": self.head,
                "body": to_image(fact),
                "lease": self.lease,
                **changes,
            }
        )
        return fact_text(envelope)

    def owe(self, text: str) -> str:
        """Record a text as the station's next fact."""
        self.seq, self.head = self.seq + 1, fact_hash(self.head, text)
        self.owed.append(text)
        self.told.append(text)
        return text

    def tell(self, *facts: Fact, worker_id: str = PICKER) -> None:
        """Record facts, offline."""
        for fact in facts:
            self.owe(self.text_of(fact, worker_id))

    async def send(self, *texts: str) -> httpx.Response:
        """One push, as it stands."""
        # Escaped, so that a test can send half a character.
        body = json.dumps({"station_id": self.station_id, "facts": texts})
        headers = {**self.headers, "Content-Type": "application/json"}
        return await self.store.http.post("/v1/facts", content=body, headers=headers)

    async def push(self) -> list[Outcome]:
        """Send everything that is owed; it is held from now on."""
        outcomes: list[Outcome] = []
        while self.owed:
            answer = await self.send(*self.owed[:100])
            assert answer.status_code == 200, answer.text
            judged = from_image(FactsJudged, answer.json())
            assert judged.outcomes, "no progress"
            outcomes += judged.outcomes
            self.owed = self.owed[len(judged.outcomes) :]
        return outcomes

    async def do(self, *facts: Fact, worker_id: str = PICKER) -> list[Outcome]:
        """Record facts and send them."""
        self.tell(*facts, worker_id=worker_id)
        return await self.push()

    async def ask(self, name: str, **body: Any) -> httpx.Response:
        """Ask with a token of whoever asks; why there is none is an answer too."""
        said = {"key": "k1", "asked_at_utc": self.store.clock[0].isoformat(), **body}
        given = await self.ask_for_token(body.get("worker_id", ""))
        if given.status_code != 200:
            return given
        return await self.send_ask(name, json.dumps(said).encode(), Authorization=f"Bearer {given.json()['token']}")

    async def send_ask(self, name: str, body: bytes, **headers: str) -> httpx.Response:
        """An ask as it stands, signed by the device."""
        signature = _unpadded(self.device.sign(ask_message(self.station_id, name, body)))
        signed = {**self.headers, "Content-Type": "application/json", SIGNATURE_HEADER: signature, **headers}
        return await self.store.http.post(f"/v1/asks/{name}", content=body, headers=signed)

    async def get_work(self, worker_id: str = PICKER, key: str = "w1", **more: Any) -> str | None:
        """Lease the worker's next list; the list to walk now."""
        answer = await self.ask("get_work", key=key, worker_id=worker_id, **more)
        assert answer.status_code == 200, answer.text
        current: str | None = answer.json()["current"]
        if current is not None:
            self.lease = self.store.row(Picklist, current).lease
        return current

    async def pull(self, **query: Any) -> Pulled:
        """Pull once, and keep the rows in `view`."""
        asked = {"epoch": self.cursor.epoch, "change_seq": self.cursor.change_seq, **query}
        answer = await self.store.http.get("/v1/pull", params=asked, headers=self.headers, timeout=60)
        assert answer.status_code == 200, answer.text
        pulled = from_image(Pulled, answer.json())
        if pulled.must_refetch:
            self.view.clear()
        for change in pulled.rows:
            if change.image is None:
                self.view.pop((change.row_kind, change.row_id), None)
            else:
                self.view[change.row_kind, change.row_id] = dict(change.image)
        self.cursor = pulled.cursor
        return pulled

    def sees(self, row_kind: str) -> set[str]:
        """Ids of the rows of a kind that it has pulled."""
        return {row_id for kind, row_id in self.view if kind == row_kind}


def _unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
