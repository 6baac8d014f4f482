"""What the store makes of a fact's text before it looks at any row: can it be read, whose is it, is it the next one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from app.domain.facts import Fact
from app.domain.packing import PackExceptionFound, UnitVerified
from app.domain.picking import PickShorted, UnitPicked, UnitPlaced
from store.json_text import NoStrictJson, read_json
from sync.protocol import FACT_BYTES_MAX, Envelope, Outcome, Verdict, envelope_of, fact_hash, read_fact

QUANTITY_MAX = 1_000_000
_BIGGEST_SEQ = 2**62
_HASH = re.compile(r"[0-9a-f]{64}")
# Where a text that is no JSON claims its number: with it the numbers can go on.
_SEQ = re.compile(r'"seq"\s*:\s*([0-9]{1,19})(?![0-9.eE])')
# These say that something was done to units, so there was at least one.
_AT_LEAST_ONE = (UnitPicked, UnitPlaced, PickShorted, UnitVerified, PackExceptionFound)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Where the store's copy of a station's chain ends."""

    seq: int
    hash: str

    def after(self, text: str) -> Head:
        return Head(seq=self.seq + 1, hash=fact_hash(self.hash, text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A text as it came.

    Args:
        image: the JSON object in it; empty when it is none.
        seq: the number that the text claims; None when not even that can be read, or when the text can be neither
            hashed nor kept.
        flaw: why it is no JSON as the standard has it; empty when it is.
    """

    text: str
    image: Mapping[str, Any]
    seq: int | None
    flaw: str = ""

    @classmethod
    def of(cls, text: str) -> Said:
        if not _can_be_kept(text):
            return cls(text=text, image={}, seq=None)
        image: Any = None
        flaw = ""
        try:
            image = read_json(text)
        except NoStrictJson as reason:
            # Its number and its link can be read all the same.
            image, flaw = json.loads(text), str(reason)
        except (ValueError, RecursionError):
            flaw = "no JSON that can be read"
            claimed = _SEQ.search(text)
            image = {} if claimed is None else {"seq": int(claimed[1])}
        image = image if isinstance(image, dict) else {}
        seq = image.get("seq")
        return cls(
            text=text, image=image, seq=seq if type(seq) is int and 1 <= seq <= _BIGGEST_SEQ else None, flaw=flaw
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A fact that can be believed."""

    envelope: Envelope
    fact: Fact

    def is_the_same_as(self, other: Told) -> bool:
        """Whether both tell of one deed of one hand, whatever station and number they were recorded under."""
        return _deed(self.envelope) == _deed(other.envelope)


def _deed(said: Envelope) -> tuple[object, ...]:
    when = (said.occurred_at_utc, said.boot_id, said.monotonic_ms)
    return said.kind, said.version, said.body, said.worker_id, *when


def out_of_line(head: Head, seq: int, said: Said) -> Outcome | None:
    """Why a text that the store does not have cannot be added to the chain; None when it is the next link."""
    if seq > head.seq + 1:
        return Outcome(seq=seq, verdict=Verdict.GAP, expected_seq=head.seq + 1)
    hangs_on = said.image.get("prev_hash")
    # What is no hash at all says nothing of another chain: it makes the fact one that cannot be read.
    if isinstance(hangs_on, str) and _HASH.fullmatch(hangs_on) and hangs_on != head.hash:
        return Outcome(seq=seq, verdict=Verdict.FORKED)
    return None


def read(said: Said, *, warehouse_id: str, station_id: str) -> Told | str:
    """The fact in a text; or why a person has to look at it.

    Args:
        warehouse_id, station_id: whom the token speaks for; a fact of somebody else is not believed.
    """
    if len(said.text.encode()) > FACT_BYTES_MAX:
        return f"longer than {FACT_BYTES_MAX} bytes"
    if said.flaw:
        return said.flaw
    try:
        envelope = envelope_of(said.image)
        # Escapes can smuggle in what no database keeps; years near the edges of the calendar leave it in another zone.
        if "\\u" in said.text:
            json.dumps(said.image, ensure_ascii=False).encode()
            if _holds_nul(said.image):
                return "holds a NUL character"
        envelope.occurred_at_utc.astimezone(UTC)
        if not _HASH.fullmatch(envelope.prev_hash):
            return "Envelope.prev_hash: no 64 hexadecimal digits in small letters"
        if (envelope.warehouse_id, envelope.station_id) != (warehouse_id, station_id):
            return "a fact of another station"
        fact = read_fact(envelope)
    except UnicodeEncodeError:
        return "holds half a character"
    except (ValueError, OverflowError) as reason:
        return str(reason)[:200]
    return _insane(fact) or Told(envelope=envelope, fact=fact)


def _insane(fact: Fact) -> str | None:
    least = 1 if isinstance(fact, _AT_LEAST_ONE) else 0
    for name in ("quantity_each", "missing_each"):
        each = getattr(fact, name, least)
        if each is not None and not least <= each <= QUANTITY_MAX:
            return f"{fact.kind}: {name} is no quantity"
    return None


def _holds_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value
    if isinstance(value, dict):
        return any(_holds_nul(key) or _holds_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(_holds_nul(item) for item in value)


def _can_be_kept(text: str) -> bool:
    """Half a character has no bytes to hash, and no database keeps a NUL."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\x00" not in text
