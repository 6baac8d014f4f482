"""A device that is enrolled anew goes on where its old id stopped: its lists, its hands, what it takes back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.cartons import Carton
from app.domain.discrepancies import Discrepancy, DiscrepancyState
from app.domain.facts import Fact
from app.domain.orders import Order, OrderState
from app.domain.packing import PackException
from app.domain.picking import PickShorted, PickTask, PickUndone, ShortReason, UnitPlaced
from app.domain.picklists import Picklist, PicklistState
from sync.protocol import Outcome, Verdict, fact_text, read_envelope
from tests.store.a_station import AStation
from tests.store.a_store import AStore
from tests.store.at_packing import a_packer, found, undone
from tests.store.w1 import PACKER, SOCKS, SOCKS_BIN
from tests.store.walk import a_walk


async def enrolled_anew(old: AStation, *, replaces: str | None = None, kind: str = "handset") -> AStation:
    """The same device with a new code, and nothing told yet."""
    store = old.store
    code = await store.post("/v1/enrolments", {"station_kind": kind, "name": "One"})
    anew = AStation(store=store, device=old.device, lease=old.lease)
    wanted = {"code": code["code"], "public_key": anew.public_key, "name": "One"}
    wanted["replaces"] = old.station_id if replaces is None else replaces
    answer = await store.http.post("/v1/stations", json=wanted)
    assert answer.status_code == 201, answer.text
    anew.station_id = answer.json()["station_id"]
    await anew.sign_in()
    return anew


def tell_again(anew: AStation, *texts: str) -> None:
    """Record another chain's facts as one's own, word for word but for who, which number and after what."""
    for text in texts:
        was = read_envelope(text)
        names = f"{was.resent} {was.name}" if was.resent else was.name
        said = replace(was, station_id=anew.station_id, seq=anew.seq + 1, prev_hash=anew.head, resent=names)
        anew.owe(fact_text(said))


def verdicts(outcomes: list[Outcome]) -> list[Verdict]:
    return [outcome.verdict for outcome in outcomes]


async def a_walker(store: AStore) -> tuple[AStation, str, list[Fact]]:
    """A handset with a list of three socks, and how it is walked."""
    await store.order(SOCKS=3)
    await store.release()
    handset = await store.station()
    picklist_id = await handset.get_work()
    assert picklist_id is not None
    return handset, picklist_id, a_walk(store, picklist_id)


async def test_the_list_in_hand_goes_on_under_its_old_lease_without_a_word(store: AStore) -> None:
    handset, picklist_id, walk = await a_walker(store)
    await handset.do(*walk[:4])
    assert store.stock_each(f"hand:{handset.station_id}", SOCKS) == 3
    anew = await enrolled_anew(handset)
    before = store.row(Picklist, picklist_id)
    tell_again(anew, *handset.told)
    anew.tell(*walk[4:])

    outcomes = await anew.push()

    assert (before.station_id, before.lease) == (anew.station_id, handset.lease)
    assert verdicts(outcomes) == [Verdict.SUPERSEDED] * 4 + [Verdict.ACCEPTED] * 2
    assert store.row(Picklist, picklist_id).state is PicklistState.PICKED
    assert [store.stock_each(f"hand:{each.station_id}", SOCKS) for each in (handset, anew)] == [0, 0]
    assert store.stock_each(SOCKS_BIN, SOCKS) == 10 - 3


async def test_the_new_id_pulls_the_list_of_the_old_one(store: AStore) -> None:
    handset, picklist_id, _ = await a_walker(store)
    anew = await enrolled_anew(handset)
    await anew.pull()
    assert picklist_id in anew.sees("picklist")


async def test_the_board_shows_a_device_once(store: AStore) -> None:
    handset, _, walk = await a_walker(store)
    await handset.do(*walk[:4])
    anew = await enrolled_anew(handset)
    board = (await store.http.get("/v1/board", headers=store.owner)).json()
    assert [station["station_id"] for station in board["stations"]] == [anew.station_id]


async def test_an_id_that_was_replaced_says_nothing_more(store: AStore) -> None:
    handset, _, walk = await a_walker(store)
    handset.tell(walk[0])
    await enrolled_anew(handset)

    answer = await handset.send(*handset.owed)
    assert answer.status_code == 401
    assert "enrolled anew" in answer.json()["reason"]
    assert (await store.http.get("/v1/pull", headers=handset.headers)).status_code == 401
    answer = await store.http.post("/v1/stations/token", json=handset.proof("n1"))
    assert answer.status_code == 401
    assert "enrolled anew" in answer.json()["reason"]


async def test_a_handset_cannot_go_on_as_a_packing_station_and_nothing_has_happened(store: AStore) -> None:
    handset, picklist_id, walk = await a_walker(store)
    code = await store.post("/v1/enrolments", {"station_kind": "packing", "name": "One"})
    wanted = {"public_key": handset.public_key, "name": "One", "replaces": handset.station_id}
    answer = await store.http.post("/v1/stations", json={"code": code["code"], **wanted})
    assert answer.status_code == 409
    assert "handset" in answer.json()["reason"]
    assert verdicts(await handset.do(*walk)) == [Verdict.ACCEPTED] * len(walk)
    assert store.row(Picklist, picklist_id).state is PicklistState.PICKED


async def test_another_device_cannot_take_a_stations_place(store: AStore) -> None:
    handset, picklist_id, walk = await a_walker(store)
    stranger = await store.station(name="Two")
    await enrolled_anew(stranger, replaces=handset.station_id)
    assert store.row(Picklist, picklist_id).station_id == handset.station_id
    assert verdicts(await handset.do(*walk)) == [Verdict.ACCEPTED] * len(walk)


async def test_a_station_that_the_store_never_knew_is_enrolled_all_the_same(store: AStore) -> None:
    handset = await store.station()
    anew = await enrolled_anew(handset, replaces="H-NOBODY")
    assert anew.station_id
    assert verdicts(await handset.do()) == []


async def test_facts_that_are_told_a_third_time_count_once_under_whichever_name_they_are_held(store: AStore) -> None:
    handset, _, walk = await a_walker(store)
    await handset.do(*walk[:2])
    handset.tell(*walk[2:4])
    second = await enrolled_anew(handset)
    tell_again(second, *handset.told)
    first_two = second.owed[:2]
    await second.send(*first_two)
    third = await enrolled_anew(second)
    tell_again(third, *second.told)
    third.tell(*walk[4:])

    outcomes = await third.push()

    assert verdicts(outcomes) == [Verdict.SUPERSEDED] * 2 + [Verdict.ACCEPTED] * 4
    assert store.stock_each(SOCKS_BIN, SOCKS) == 10 - 3


async def test_a_third_name_finds_what_happened_under_the_second(store: AStore) -> None:
    handset, _, walk = await a_walker(store)
    handset.tell(*walk[:4])
    second = await enrolled_anew(handset)
    tell_again(second, *handset.told)
    await second.push()
    third = await enrolled_anew(second)
    tell_again(third, *second.told)

    outcomes = await third.push()

    assert [outcome.by for outcome in outcomes] == [f"{second.station_id}#{seq}" for seq in range(1, 5)]
    assert store.stock_each(SOCKS_BIN, SOCKS) == 10 - 3


def a_short(walk: list[Fact]) -> PickShorted:
    placed = next(fact for fact in walk if isinstance(fact, UnitPlaced))
    return PickShorted(task_id=placed.task_id, missing_each=3, reason=ShortReason.NONE)


@pytest.mark.parametrize("held", ["the short", "nothing"])
@pytest.mark.parametrize("taken_back", ["before", "after"])
async def test_a_short_is_taken_back_whichever_side_of_the_new_enrolment_it_and_its_undo_are(
    store: AStore, held: str, taken_back: str
) -> None:
    """The stops elsewhere that the short made bear the name of the fact that it happened as."""
    await store.load("stock", [{"location_id": "A-02", "sku": SOCKS, "quantity_each": 5}])
    handset, picklist_id, walk = await a_walker(store)
    filler = walk[0]
    handset.tell(filler, walk[2], a_short(walk))
    if held == "the short":
        await handset.push()
    old_undo = PickUndone(task_id=a_short(walk).task_id, negates_seq=3, negates_kind=PickShorted.kind, quantity_each=3)
    if taken_back == "before":
        handset.tell(old_undo)
    anew = await enrolled_anew(handset)
    # The first fact had left the book already: the numbers of the two chains differ.
    tell_again(anew, *handset.told[1:] if held == "the short" else handset.told)
    if taken_back == "after":
        anew.tell(replace(old_undo, negates_seq=2 if held == "the short" else 3))

    await anew.push()

    tasks = {task.task_id: task for task in store.rows(PickTask, picklist_id)}
    assert tasks.pop(old_undo.task_id).left_each == 3
    assert all(str(task.state) == "cancelled" for task in tasks.values())
    assert tasks, "the short sent nobody elsewhere"


@pytest.mark.parametrize("held", [True, False])
async def test_an_open_carton_stands_at_the_new_id(store: AStore, held: bool) -> None:
    packing, sock, _ = await a_packer(store)
    if held:
        await packing.push()
    anew = await enrolled_anew(packing, kind="packing")
    tell_again(anew, *packing.told)
    anew.tell(sock, worker_id=PACKER)

    outcomes = await anew.push()

    assert verdicts(outcomes) == [Verdict.SUPERSEDED if held else Verdict.ACCEPTED, Verdict.ACCEPTED]
    assert store.row(Carton, "C1").station_id == anew.station_id


@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize("taken_back", ["before", "after"])
@pytest.mark.parametrize("exception", [None, *PackException])
async def test_what_a_packer_takes_back_finds_its_units_whichever_side_of_the_new_enrolment_they_are(
    store: AStore, held: bool, taken_back: str, exception: PackException | None
) -> None:
    packing, sock, tote = await a_packer(store)
    packing.tell(sock, worker_id=PACKER)
    packing.tell(found(sock, exception) if exception else sock, worker_id=PACKER)
    if held:
        await packing.push()
    undo = undone(sock, exception, 3)
    if taken_back == "before":
        packing.tell(undo, worker_id=PACKER)
    anew = await enrolled_anew(packing, kind="packing")
    left_the_book = 1 if held else 0
    tell_again(anew, *packing.told[left_the_book:])
    if taken_back == "after":
        anew.tell(replace(undo, negates_seq=3 - left_the_book), worker_id=PACKER)

    outcomes = await anew.push()

    assert outcomes[-1].verdict is Verdict.ACCEPTED
    (line,) = store.row(Order, sock.order_id).lines
    assert (line.short_each, line.packed_each) == (0, 1)
    assert (store.stock_each(tote, SOCKS), store.stock_each("carton:C1", SOCKS)) == (2, 1)
    assert [work.state for work in store.rows(Discrepancy)] in ([], [DiscrepancyState.SETTLED])


async def test_a_number_of_the_old_chain_is_never_taken_for_the_stores_own_fact_of_that_number(store: AStore) -> None:
    """A book from yesterday's backup wrote a third fact of its own, and took it back; the store holds another third."""
    packing, sock, tote = await a_packer(store)
    packing.tell(sock, worker_id=PACKER)
    await packing.push()
    backup = (packing.seq, packing.head, list(packing.told))
    packing.tell(found(sock, PackException.EXTRA), worker_id=PACKER)
    await packing.push()
    packing.seq, packing.head, packing.told = backup
    packing.tell(sock, undone(sock, None, 3), worker_id=PACKER)
    anew = await enrolled_anew(packing, kind="packing")
    tell_again(anew, *packing.told)

    outcomes = await anew.push()

    assert verdicts(outcomes) == [*[Verdict.SUPERSEDED] * 2, *[Verdict.ACCEPTED] * 2]
    assert (store.stock_each(tote, SOCKS), store.stock_each("carton:C1", SOCKS)) == (3, 1)
    assert store.row(Order, sock.order_id).state is OrderState.PACKING
