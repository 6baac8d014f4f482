"""The order store goes away in mid-shift; handset, packing station and bench go on, and all of it arrives later."""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from app.domain.codes import CodeKind, Command, printed
from app.domain.discrepancies import Discrepancy, DiscrepancyState
from app.domain.orders import OrderState
from app.domain.picklists import Picklist, PicklistState
from app.domain.totes import ToteLoad, ToteLoadState
from app.domain.walk import WALKABLE, Walk
from demo.shift import Size
from tests.browser.chromium import Screen, chromium
from tests.journeys.handsets import BOTH, Kind, a_handset, a_shift_with
from tests.journeys.shift_rig import ShiftRig

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

STATIONS = ("handset", "packing", "bench")


@pytest.mark.parametrize("kind", BOTH)
async def test_all_three_stations_go_on_without_the_store_and_every_fact_arrives_once(
    kind: Kind, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        size = Size(orders=7, shipped=2, returns=1)
        rig = await stack.enter_async_context(a_shift_with(kind, tmp_path, size, "packing", "bench"))
        device = await stack.enter_async_context(a_handset(rig, tmp_path))
        handset = device.screen
        browser = await stack.enter_async_context(chromium("bench"))
        packing, bench = [
            await Screen(await browser.new_page()).open(rig.shift.addresses[name])
            for name in ("Packing station", "Returns and supervisor")
        ]
        (parcel,) = rig.shift.parcels
        await rig.sign_in(handset, "Ada")
        await rig.sign_in(packing, "Deniz")
        await rig.sign_in(bench, "Fatou")
        totes: dict[str, str] = {}
        known = await a_list_is_picked(rig, handset, totes)
        await rig.until(lambda: load_at_packing(rig, known) is not None, "the packing station knows the first tote")
        second = await rig.gets_work(handset)
        await rig.until(lambda: len(held_lists(rig)) >= 2, "the handset holds a list ahead")

        await rig.control("/store/off")
        if device.lives_in_a_page:
            # Nothing that served it is there any more, and no network either: it starts all the same.
            await device.loses_the_network()
            await device.ends()
            await device.starts()
            await device.loses_the_network()
            handset = device.screen
        for screen in (handset, packing, bench):
            await screen.sees(re.compile(r"Store away since \d\d:\d\d"), timeout_ms=60_000)

        unknown = await picks_on_and_begins_the_next(rig, handset, second, totes)
        await packs_a_tote_that_it_knows(rig, packing, known)
        await packs_blind_against_the_slip(rig, packing, unknown)
        await rig.works_return(bench, parcel["rma"])
        owed = {station: rig.owed(station) for station in STATIONS}
        assert all(owed.values())
        for station, screen in zip(STATIONS, (handset, packing, bench), strict=True):
            await screen.sees(re.compile(rf"Store away since \d\d:\d\d, {owed[station]} facts to send"))

        await device.loses_the_network(False)
        await rig.control("/store/on")
        await rig.all_arrived(*STATIONS)
        for screen in (handset, packing, bench):
            await screen.sees("Store connected, 0 facts to send", timeout_ms=60_000)
        for station in STATIONS:
            facts = rig.facts_at_the_store(station)
            assert [fact.seq for fact in facts] == list(range(1, len(facts) + 1))
            assert [(fact.seq, fact.kind) for fact in facts][-len(rig.facts_in_the_book(station)) :] == (
                rig.facts_in_the_book(station)
            )
        await what_was_packed_blind_is_reconciled(rig, unknown)


async def a_list_is_picked(rig: ShiftRig, handset: Screen, totes: dict[str, str]) -> ToteLoad:
    """Returns a load of the list, as the handset knows it."""
    walk: Walk | None = await rig.gets_work(handset)
    assert walk is not None
    loads: tuple[ToteLoad, ...] = ()
    while walk is not None:
        loads = walk.loads
        walk = await rig.picks_on(handset, totes)
    await handset.sees("to packing")
    return loads[0]


def load_at_packing(rig: ShiftRig, load: ToteLoad) -> ToteLoad | None:
    loads = rig.rows("packing", ToteLoad)
    ready = (one for one in loads if one.tote_load_id == load.tote_load_id and one.state is ToteLoadState.READY)
    return next(ready, None)


def held_lists(rig: ShiftRig) -> list[Picklist]:
    station_id = rig.station_id("handset")
    return [one for one in rig.rows("handset", Picklist) if one.station_id == station_id and one.state in WALKABLE]


async def picks_on_and_begins_the_next(rig: ShiftRig, handset: Screen, second: Walk, totes: dict[str, str]) -> ToteLoad:
    """Returns a load that packing has never heard of."""
    walk: Walk | None = second
    while walk is not None:
        walk = await rig.picks_on(handset, totes)
    await handset.sees("to packing")
    await rig.command(handset, Command.GET_WORK)
    await rig.until(lambda: rig.walk() is not None, "the next leased list is begun without the store")
    third = rig.walk()
    assert third is not None
    assert third.picklist.picklist_id != second.picklist.picklist_id
    await rig.picks_on(handset, totes)
    await handset.sees("Right bin")
    finished = second.picklist.picklist_id
    states = {one.picklist_id: one.state for one in rig.rows("handset", Picklist)}
    assert states[finished] is PicklistState.PICKED
    loads = [load for load in rig.rows("handset", ToteLoad) if load.picklist_id == finished and load.contents]
    elsewhere = {task.order_id for task in third.tasks}
    return next(load for load in loads if load.order_id not in elsewhere)


async def packs_a_tote_that_it_knows(rig: ShiftRig, packing: Screen, load: ToteLoad) -> None:
    await packing.scan(printed(CodeKind.TOTE, load.tote_id))
    await packing.sees("Scan each unit")
    carton = await rig.packs(packing, load.order_id)
    assert not carton.blind
    await rig.sticks_the_label_on(packing, carton)


async def packs_blind_against_the_slip(rig: ShiftRig, packing: Screen, load: ToteLoad) -> None:
    await packing.scan(printed(CodeKind.TOTE, load.tote_id))
    await packing.sees(f"The picks of {load.tote_id} are not all here yet. Scan its order slip.")
    slip = rig.order("packing", load.order_id).external_reference
    await packing.scan(printed(CodeKind.ORDER, slip))
    await packing.sees("they are compared when they are")
    carton = await rig.packs(packing, load.order_id)
    assert carton.blind
    await rig.sticks_the_label_on(packing, carton)


async def what_was_packed_blind_is_reconciled(rig: ShiftRig, load: ToteLoad) -> None:
    """The picks have arrived after the cartons: they fit, and nobody has to look into anything."""
    await rig.until(
        lambda: rig.order("packing", load.order_id).state is OrderState.PACKED, "the order is packed at the store too"
    )
    async with rig.shop() as shop:
        order = rig.order("packing", load.order_id)
        seen = await shop.get(f"/v1/orders/{order.channel}/{order.external_reference}")
    assert "order.reconciled" in [entry["what"] for entry in seen["history"]]
    assert seen["state"] == "awaiting_collection"
    for station in STATIONS:
        open_ones = [one for one in rig.rows(station, Discrepancy) if one.state is DiscrepancyState.OPEN]
        assert open_ones == []
