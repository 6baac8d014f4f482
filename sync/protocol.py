"""The wire, version 1: what stations and the order store say to each other. Both ends import this file.

Facts go up, numbered per station from 1 without gaps; a fact is sent as *text*, the exact bytes that were hashed when
it was recorded, and nobody serialises it again. Rows come down, versioned, behind a cursor. Asks want the store's word
at once.

    POST /v1/stations          Enrolment            → Enrolled
    POST /v1/stations/token    (device key)         → Token
    POST /v1/facts             FactsPushed          → FactsJudged
    GET  /v1/pull              cursor, scopes, wait → Pulled
    POST /v1/asks/{name}       {"key", …}, signed   → an object, or 409 {"reason"}
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from app.domain.facts import FACT_TYPES, Fact, upcast
from app.domain.rows import from_image, to_image

PROTOCOL_VERSION = 1
FACTS_A_PUSH_MAX = 100
FACT_BYTES_MAX = 16_384
GENESIS_HASH = "0" * 64
PROTOCOL_HEADER = "Floorhand-Protocol"
SIGNATURE_HEADER = "Floorhand-Signature"
_SEQ_DIGITS_MAX = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A fact with everything that says who, where and when. `(station_id, seq)` is its only identity.

    Args:
        lease: `<subject kind>/<id>#<epoch>` of the lease it was done under.
        boot_id, monotonic_ms: the station's clock that never goes back; clocks of devices never order data.
        prev_hash: hash of the station's fact before this one, hexadecimal; `GENESIS_HASH` for the first.
        resent: every `<station>#<number>` under which the same fact was recorded before, oldest first, with blanks
            between them: a station that was enrolled anew records what is in its book again. What the store holds under
            one of these names has no second effect. The body stays word for word, so numbers and the station in it are
            those of the oldest name.
    """

    warehouse_id: str
    station_id: str
    seq: int
    kind: str
    version: int
    worker_id: str
    occurred_at_utc: datetime
    boot_id: str
    monotonic_ms: int
    prev_hash: str
    body: Mapping[str, Any]
    lease: str | None = None
    resent: str | None = None

    @property
    def name(self) -> str:
        """The fact's identity in one word, as `resent` names it."""
        return f"{self.station_id}#{self.seq}"

    @property
    def older_names(self) -> tuple[FactName, ...]:
        """The names that `resent` says, oldest first, without those that cannot be any."""
        names = (FactName.read(word) for word in (self.resent or "").split())
        return tuple(name for name in names if name is not None)


class FactName(NamedTuple):
    """What a fact is told apart by."""

    station_id: str
    seq: int

    def __str__(self) -> str:
        return f"{self.station_id}#{self.seq}"

    @classmethod
    def read(cls, word: str) -> FactName | None:
        station_id, _, number = word.rpartition("#")
        if not (station_id and number.isascii() and number.isdigit() and len(number) <= _SEQ_DIGITS_MAX):
            return None
        return cls(station_id, int(number))


def fact_text(envelope: Envelope) -> str:
    """The text of a fact as it will be hashed, kept and sent."""
    return json.dumps(to_image(envelope), separators=(",", ":"), ensure_ascii=False)


def fact_hash(prev_hash: str, text: str) -> str:
    """SHA-256 over the previous hash's 32 bytes and the text's UTF-8 bytes, hexadecimal."""
    return hashlib.sha256(bytes.fromhex(prev_hash) + text.encode()).hexdigest()


def read_envelope(text: str) -> Envelope:
    """The envelope in a fact's text.

    Raises:
        ValueError: no JSON object, or a field is missing or of another type; the message says which.
    """
    return envelope_of(json.loads(text))


def envelope_of(image: Mapping[str, Any]) -> Envelope:
    """The envelope in the JSON object of a fact's text; raises as `read_envelope` does."""
    envelope = from_image(Envelope, image)
    if envelope.seq < 1:
        raise ValueError("Envelope.seq: counts from 1")
    if envelope.occurred_at_utc.tzinfo is None:
        raise ValueError("Envelope.occurred_at_utc: says no time zone")
    return envelope


def read_fact(envelope: Envelope) -> Fact:
    """The fact in an envelope, as one of today's version whatever version it was recorded in; the station that it names
    is the one that goes on under a new id, if it does.

    Raises:
        ValueError: unknown kind or version, or a body of another shape; the message says which.
    """
    fact_type = FACT_TYPES.get(envelope.kind)
    if fact_type is None:
        raise ValueError(f"unknown kind {envelope.kind!r}")
    fact = from_image(fact_type, upcast(fact_type, envelope.version, envelope.body))
    if envelope.resent and (named := getattr(fact, "station_id", None)):
        here = any(named == name.station_id for name in envelope.older_names)
        return replace(fact, station_id=envelope.station_id) if here else fact  # type: ignore[call-arg]
    return fact


class Verdict(StrEnum):
    """What the store made of a fact. Once given it never changes."""

    ACCEPTED = "accepted"
    ACCEPTED_WITH_EXCEPTION = "accepted_with_exception"
    SUPERSEDED = "superseded"
    QUARANTINED = "quarantined"
    GAP = "gap"
    FORKED = "forked"


# After these the fact is held: the station owes it no longer.
HELD_VERDICTS = frozenset({Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_EXCEPTION, Verdict.SUPERSEDED, Verdict.QUARANTINED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The store's answer to one fact.

    Args:
        exception: the discrepancy's kind (accepted_with_exception).
        by: `<station>#<number>` of the same fact, which the store held already (superseded; see `Envelope.resent`).
        reason: why a person must look at it (quarantined).
        expected_seq: the number that the store wants next (gap).
    """

    seq: int
    verdict: Verdict
    exception: str | None = None
    by: str | None = None
    reason: str | None = None
    expected_seq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsPushed:
    """The oldest facts that a station owes, in order, at most `FACTS_A_PUSH_MAX`."""

    station_id: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsJudged:
    """One outcome a fact, in the order sent; a gap or a fork ends the list.

    Args:
        held_through_seq: every fact of the station up to this number is at the store.
    """

    outcomes: tuple[Outcome, ...]
    held_through_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """One row of the feed.

    Args:
        change_seq: place in the store's commit order.
        image: the whole row; None when it was deleted, or has left the station's scopes.
        parent: what it is listed under.
    """

    row_kind: str
    row_id: str
    change_seq: int
    parent: str | None = None
    image: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a station stands in the feed. A new epoch means that the store's numbering began anew."""

    epoch: str = ""
    change_seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What changed after a cursor.

    Args:
        cursor: to be kept in one transaction with the rows.
        included_through_seq: the rows contain the effect of every fact of this station up to this number, and of none
            after it. With `more`, this is said of the rows of this page alone; without, of all.
        more: there is more to pull at once.
        must_refetch: the cursor cannot be served; throw the rows away (never the owed facts) and pull from nothing.
    """

    cursor: Cursor
    rows: tuple[RowChange, ...] = ()
    included_through_seq: int = 0
    more: bool = False
    must_refetch: bool = False

    def parts(self, rows_max: int) -> Iterator[Pulled]:
        """The same as answers of at most `rows_max` rows, to be taken over one after the other."""
        last = max(0, len(self.rows) - 1) // rows_max * rows_max
        for first in range(0, last, rows_max):
            rows = self.rows[first : first + rows_max]
            here = replace(self.cursor, change_seq=rows[-1].change_seq)
            yield replace(self, cursor=here, rows=rows, more=True)
        yield replace(self, rows=self.rows[last:])


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A new station's first word.

    Args:
        code: the one-time code.
        public_key: Ed25519, raw 32 bytes in base64url without padding.
        name: how people call the station.
        replaces: the id that this device had; with the same key that one is over, and its work is the new station's.
    """

    code: str
    public_key: str
    name: str
    replaces: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """Who the store will know the station as, and what it is for.

    Args:
        scopes: the parts of the feed that it pulls.
        store_key: Ed25519, as a device's: the key that the store signs grants with.
    """

    station_id: str
    warehouse_id: str
    warehouse_name: str
    time_zone: str
    scopes: tuple[str, ...]
    sscc_company_prefix: str
    settings: Mapping[str, str] = field(default_factory=dict)
    store_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenWanted:
    """Proof of the device key.

    Args:
        worker_id: in whose name the token asks; empty for one that carries facts and rows alone.
        issued_at_utc: the station's clock; more than ten minutes off the store's is refused with the store's time.
        signature: Ed25519 over `token_message`, base64url without padding.
    """

    station_id: str
    nonce: str
    issued_at_utc: str
    signature: str
    worker_id: str = ""


def token_message(station_id: str, nonce: str, issued_at_utc: str, worker_id: str) -> bytes:
    """What a station signs to get a token."""
    said = ("floorhand-token", station_id, nonce, issued_at_utc, *((worker_id,) if worker_id else ()))
    return "\n".join(said).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Who may sign in at a station, as what, until when; so long it may do without the store.

    Args:
        roles: by worker; who is not in it may not sign in.
    """

    warehouse_id: str
    station_id: str
    issued_at_utc: datetime
    until_utc: datetime
    roles: Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedGrant:
    """A `Grant` as the JSON text that was signed.

    Args:
        signature: Ed25519 over `grant_message`, base64url without padding.
        store_key: whose signature it is; a station believes the one that it was told when it was enrolled.
    """

    text: str
    signature: str
    store_key: str


def grant_message(text: str) -> bytes:
    """What the store signs to grant."""
    return f"floorhand-grant\n{text}".encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A few minutes of trust for the device, and for the worker that it was asked for; and a shift for the people."""

    token: str
    expires_in_s: int
    store_now_utc: datetime
    grant: SignedGrant | None = None


def ask_message(station_id: str, name: str, body: bytes) -> bytes:
    """What a station signs with its device's key when somebody asks (`SIGNATURE_HEADER`, base64url without padding).

    A token says which station is speaking, and for whom; this says that the device itself vouches for these very words:
    who asks (`worker_id`, the token's), when (`asked_at_utc`), what, and under which `key`.

    Args:
        body: the bytes that are sent.
    """
    return f"floorhand-ask\n{station_id}\n{name}\n".encode() + body
