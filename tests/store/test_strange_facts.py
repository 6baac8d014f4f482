"""Facts about things that nobody here knows: recorded all the same, and never a reason for the store to break."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from enum import Enum
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from app.domain.catalogue import FACT_TYPES
from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancySettled
from app.domain.facts import Fact
from app.domain.picking import UnitPicked, UnitPlaced
from app.domain.rows import from_image
from app.domain.totes import Tote
from store.booking import Booking
from store.stock import Move
from store.tables import facts, rows
from sync.protocol import HELD_VERDICTS, FactsJudged, Verdict
from tests.store.a_store import AStore
from tests.store.w1 import SOCKS


def of_nothing(fact_type: type[Fact]) -> Fact:
    """A fact of this kind whose ids are nobody's."""
    hints = get_type_hints(fact_type)
    needed = [f for f in fields(fact_type) if f.default is MISSING and f.default_factory is MISSING]
    return fact_type(**{f.name: _some(hints[f.name]) for f in needed})


def _some(hint: Any) -> Any:
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    if get_origin(hint) is tuple:
        return ()
    samples: dict[Any, Any] = {str: "nobody-knows", int: 1, bool: False}
    return samples[hint if hint in samples else get_args(hint)[0]]


async def test_every_kind_of_fact_about_things_unknown_is_recorded_and_the_queue_drains(store: AStore) -> None:
    station = await store.station("bench")

    outcomes = await station.do(*(of_nothing(fact_type) for fact_type in FACT_TYPES.values()), worker_id="sue")

    assert len(outcomes) == len(FACT_TYPES)
    # Quarantined would mean that the store itself had failed.
    assert {outcome.verdict for outcome in outcomes} <= {Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_EXCEPTION}


async def test_a_fact_that_the_store_fails_to_apply_stops_no_queue_and_leaves_nothing_half_done(
    store: AStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from store import effects

    def breaks(booking: Any, fact: UnitPicked) -> None:
        booking.desk.connection.execute(facts.delete())
        raise RuntimeError("a mistake of ours")

    station = await store.station()
    before, after = of_nothing(UnitPicked), of_nothing(UnitPicked)
    station.tell(before)
    await station.push()
    with monkeypatch.context() as broken:
        broken.setitem(effects.EFFECTS, UnitPicked, breaks)
        (outcome,) = await station.do(of_nothing(UnitPicked))
    (last,) = await station.do(after)

    assert outcome.verdict is Verdict.QUARANTINED
    assert last.verdict in HELD_VERDICTS - {Verdict.QUARANTINED}
    # The first fact is still there, so what the mistake did was taken back.
    again = await station.send()
    assert again.json()["held_through_seq"] == 3
    assert store.stock_each("unknown", "nobody-knows") == -2


async def test_of_a_push_that_holds_a_broken_fact_everything_else_is_kept(
    store: AStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    from store import effects

    def breaks(booking: Any, fact: UnitPlaced) -> None:
        booking.desk.book.put(Tote(tote_id="T-of-the-mistake"))
        raise RuntimeError("a mistake of ours")

    monkeypatch.setitem(effects.EFFECTS, UnitPlaced, breaks)
    station = await store.station()
    station.tell(of_nothing(UnitPicked))
    station.owe(station.text_of(of_nothing(UnitPicked), "ann", kind="nobody.knows"))
    station.tell(of_nothing(UnitPlaced), of_nothing(UnitPicked))
    texts = list(station.owed)

    outcomes = await station.push()

    assert [outcome.verdict == Verdict.QUARANTINED for outcome in outcomes] == [False, True, True, False]
    assert store.stock_each("unknown", "nobody-knows") == -2
    assert "T-of-the-mistake" not in {tote.tote_id for tote in store.rows(Tote)}
    set_aside = [one for one in store.rows(Discrepancy) if one.kind is DiscrepancyKind.QUARANTINED_FACT]
    assert sorted(one.facts["seq"] for one in set_aside) == ["2", "3"]
    assert from_image(FactsJudged, (await station.send(*texts)).json()).outcomes == tuple(outcomes)


def _a_row_of_half_a_character(booking: Booking, fact: UnitPlaced) -> None:
    booking.desk.book.put(Tote(tote_id="T-\ud800"))


def _a_number_that_no_database_keeps(booking: Booking, fact: UnitPlaced) -> None:
    units = Move(product_id=SOCKS, quantity_each=10**30, from_place="here", to_place="there", reason="mistake")
    booking.move(units)


@pytest.mark.parametrize("breaks", [_a_row_of_half_a_character, _a_number_that_no_database_keeps])
async def test_a_fact_whose_effect_cannot_be_written_is_set_aside_alone_and_the_queue_goes_on(
    store: AStore, monkeypatch: pytest.MonkeyPatch, breaks: Callable[[Booking, UnitPlaced], None]
) -> None:
    from store import effects

    monkeypatch.setitem(effects.EFFECTS, UnitPlaced, breaks)
    station = await store.station()

    outcomes = await station.do(of_nothing(UnitPicked), of_nothing(UnitPlaced), of_nothing(UnitPicked))

    assert [outcome.verdict == Verdict.QUARANTINED for outcome in outcomes] == [False, True, False]
    assert store.stock_each("unknown", "nobody-knows") == -2


async def test_a_fact_about_a_row_that_the_store_cannot_read_is_set_aside_alone_and_the_queue_goes_on(
    store: AStore,
) -> None:
    station = await store.station()
    store.put(Tote(tote_id="T-torn"))
    torn = rows.update().where(rows.c.row_id == "T-torn").values(row_kind="discrepancy", image={"half": "a row"})
    store.room.writer.submit(lambda connection: connection.execute(torn).rowcount).result()
    about_it = DiscrepancySettled(discrepancy_id="T-torn", how="reviewed")

    outcomes = await station.do(of_nothing(UnitPicked), about_it, of_nothing(UnitPicked))

    assert [outcome.verdict == Verdict.QUARANTINED for outcome in outcomes] == [False, True, False]
    assert store.stock_each("unknown", "nobody-knows") == -2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("quantity_each", 0),
        ("quantity_each", -3),
        ("quantity_each", 10**30),
        ("quantity_each", "3"),
        ("quantity_each", True),
        ("product_id", None),
        ("task_id", {"deep": []}),
    ],
)
async def test_a_pick_of_no_quantity_at_all_is_set_aside(store: AStore, name: str, value: Any) -> None:
    station = await store.station()
    body = {"task_id": "T", "product_id": SOCKS, "quantity_each": 1, name: value}
    fact = UnitPicked(task_id="T", product_id=SOCKS, quantity_each=1)
    station.owe(station.text_of(fact, "ann", body=body))

    (outcome,) = await station.push()

    assert outcome.verdict is Verdict.QUARANTINED
    assert store.stock_each("unknown", SOCKS) == 0


async def test_the_store_describes_itself(store: AStore) -> None:
    described = (await store.http.get("/v1/openapi.json")).json()

    for path in ("/v1/facts", "/v1/pull", "/v1/stations", "/v1/stations/token", "/v1/asks/get_work", "/v1/board"):
        answers = next(iter(described["paths"][path].values()))["responses"]
        assert {"401", "500"} <= set(answers), path
