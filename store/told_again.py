"""Facts of a station that was enrolled anew: what the store holds them as, and which fact a number in them means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, select

from app.domain.rows import from_image
from store.judge import Said, Told, read
from store.tables import facts
from sync.protocol import FactName, Outcome, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldAgain:
    """Looks facts up for one push.

    Args:
        kept: the push's own rows of the table `facts`, which are written at its end; of `station_id`, without gaps.
    """

    connection: Connection
    warehouse_id: str
    station_id: str
    kept: Sequence[Mapping[str, Any]]

    def held_as(self, told: Told) -> str | None:
        """The name under which the store holds this very fact already; None when it does not, or only set it aside."""
        for name in told.envelope.older_names:
            stored = self._stored(name)
            if stored is None or _outcome(stored).verdict is Verdict.QUARANTINED:
                continue
            was = read(Said.of(stored["text"]), warehouse_id=self.warehouse_id, station_id=name.station_id)
            if isinstance(was, Told) and was.is_the_same_as(told):
                return was.envelope.name
        return None

    def negated(self, told: Told) -> tuple[Told, FactName | None]:
        """What an undo takes back, by the name that it happened under, and the undo with that number in it.

        The rules in order: in a fact that is told again, the number is one of the chain that it was recorded in first,
        and means the fact that this station told again for it; where that had left the book before, the old chain's
        own. What was superseded happened under the name that it was superseded by.
        """
        seq = getattr(told.fact, "negates_seq", None)
        if seq is None:
            return told, None
        name = FactName(self.station_id, seq)
        if older := told.envelope.older_names:
            name = FactName(older[0].station_id, seq)
            name = self._here(name) or name
        while (stored := self._stored(name)) is not None and (by := _outcome(stored).by) is not None:
            name = FactName.read(by) or name
        if name.seq == seq:
            return told, name
        return replace(told, fact=replace(told.fact, negates_seq=name.seq)), name  # type: ignore[call-arg]

    def _here(self, older: FactName) -> FactName | None:
        """What this station told again of a fact of an older chain."""
        columns = select(facts.c.text).where(*self._of(self.station_id))
        # Quotes in a body are escaped: this stands in envelopes alone.
        again = self.connection.scalars(
            columns.where(facts.c.text.contains('"resent":"'), facts.c.text.contains(str(older)))
        )
        texts = [*again, *(row["text"] for row in self.kept)]
        for text in texts:
            told = read(Said.of(text), warehouse_id=self.warehouse_id, station_id=self.station_id)
            if isinstance(told, Told) and older in told.envelope.older_names:
                return FactName(self.station_id, told.envelope.seq)
        return None

    def _stored(self, name: FactName) -> dict[str, Any] | None:
        first = self.kept[0]["seq"] if self.kept else None
        if name.station_id == self.station_id and first is not None and first <= name.seq < first + len(self.kept):
            return dict(self.kept[name.seq - first])
        columns = select(facts.c.text, facts.c.outcome).where(*self._of(name.station_id), facts.c.seq == name.seq)
        found = self.connection.execute(columns).mappings().one_or_none()
        return None if found is None else dict(found)

    def _of(self, station_id: str) -> tuple[Any, Any]:
        return facts.c.warehouse_id == self.warehouse_id, facts.c.station_id == station_id


def _outcome(stored: Mapping[str, Any]) -> Outcome:
    return from_image(Outcome, stored["outcome"])
