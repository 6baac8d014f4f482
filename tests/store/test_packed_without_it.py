"""Two stations pack one order, and one of them has all of it: what the other one put into its carton goes back."""

from __future__ import annotations

from dataclasses import replace

from app.domain.cartons import Carton, CartonState
from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancyState, Remedy
from app.domain.facts import Fact
from app.domain.orders import Order, OrderState
from app.domain.packing import PackException, UnitVerified
from app.domain.totes import ToteEmptied
from tests.store.a_bench import Bench, a_bench, put_back
from tests.store.a_station import AStation
from tests.store.a_store import AStore
from tests.store.w1 import PACKER, SOCKS, SOCKS_BIN
from tests.store.what_holds import what_does_not_hold, what_is_left_over


def put_backs(store: AStore) -> list[Discrepancy]:
    return [
        one for one in store.rows(Discrepancy) if one.remedy is Remedy.PUT_BACK and one.state is DiscrepancyState.OPEN
    ]


async def put_back_all(store: AStore, station: AStation) -> None:
    for work in put_backs(store):
        await station.do(put_back(work))


class Beside:
    """A second station, which knows nothing of the first one's carton."""

    def __init__(self, bench: Bench, station: AStation, *, blind: bool = False) -> None:
        self._bench = bench
        self._station = station
        self._blind = blind

    async def puts_in(self, *each: int) -> None:
        """So many units at a time into a carton of its own."""
        opened = replace(self._bench.opened(blind=self._blind), carton_id="C2", number=2)
        units: list[UnitVerified] = [replace(self._bench.verified(one), carton_id="C2") for one in each]
        await self._station.do(opened, *units, worker_id=PACKER)

    async def gives_up(self) -> None:
        await self._station.do(replace(self._bench.given_up(), carton_id="C2"), worker_id=PACKER)
        assert self._bench.store.row(Carton, "C2").state is CartonState.ABANDONED


async def two_stations(store: AStore, *, blind: bool = False) -> tuple[Bench, Beside]:
    bench = await a_bench(store)
    return bench, Beside(bench, await store.station("packing"), blind=blind)


async def packs_all(bench: Bench, *facts: Fact) -> None:
    units = facts or (bench.verified(3),)
    await bench.pack(bench.opened(), *units, *bench.closed(), ToteEmptied(tote_load_id=bench.load))
    assert bench.store.row(Order, bench.order_id).state is OrderState.PACKED


async def test_what_was_packed_twice_is_put_back_out_of_the_tote_that_it_lies_in_again(store: AStore) -> None:
    bench, beside = await two_stations(store)
    await packs_all(bench)

    await beside.puts_in(1, 1)
    await beside.gives_up()

    (work,) = put_backs(store)
    assert (work.kind, work.facts["quantity_each"], work.facts["tote_id"]) == (DiscrepancyKind.PACK_EXTRA, "2", "T-01")
    assert work.facts["location_id"] == SOCKS_BIN
    assert store.stock_each(f"tote_load:{bench.load}", SOCKS) == 2
    assert what_does_not_hold(store) == []
    await put_back_all(store, bench.handset)
    assert store.stock_each(SOCKS_BIN, SOCKS) == 9
    assert (what_does_not_hold(store), what_is_left_over(store)) == ([], [])


async def test_what_was_said_to_be_missing_and_lay_in_another_carton_is_put_back(store: AStore) -> None:
    """The other station's unit was counted before: it is the first one's that did not fit."""
    bench, beside = await two_stations(store)
    await beside.puts_in(1)
    await packs_all(bench, bench.verified(2), bench.found(PackException.MISSING))

    await beside.gives_up()

    assert [work.facts["quantity_each"] for work in put_backs(store)] == ["1"]
    await put_back_all(store, bench.handset)
    assert what_is_left_over(store) == []


async def test_what_was_packed_blind_and_too_late_is_put_back_too(store: AStore) -> None:
    bench, beside = await two_stations(store, blind=True)
    await packs_all(bench)

    await beside.puts_in(1)
    await beside.gives_up()

    (work,) = put_backs(store)
    assert (work.kind, work.facts["quantity_each"], work.facts["tote_id"]) == (DiscrepancyKind.PACK_EXTRA, "1", "T-01")
    await put_back_all(store, bench.handset)
    assert (what_does_not_hold(store), what_is_left_over(store)) == ([], [])


async def test_what_two_stations_packed_blind_is_put_back_once_though_its_picks_come_after_it(store: AStore) -> None:
    bench = await a_bench(store, picked=False)
    beside = Beside(bench, await store.station("packing"), blind=True)
    await bench.pack(bench.opened(blind=True), bench.verified(3), *bench.closed())
    await beside.puts_in(1)
    await beside.gives_up()
    assert len(put_backs(store)) == 1

    await bench.handset.push()
    await put_back_all(store, bench.handset)

    assert (what_does_not_hold(store), what_is_left_over(store)) == ([], [])


async def test_the_units_of_a_carton_that_is_given_up_before_its_order_is_packed_stay_in_its_tote(
    store: AStore,
) -> None:
    _, beside = await two_stations(store)
    await beside.puts_in(1)

    await beside.gives_up()

    assert put_backs(store) == []
