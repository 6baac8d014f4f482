"""What a station must not send, each kind of it once, on a real socket: set aside, sent back or turned away as the
tables here say. Whatever it is, the good facts around it count and the writer goes on.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import delete

from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancySettled, DiscrepancyState
from app.domain.facts import Fact
from app.domain.packing import CartonOpened
from app.domain.picking import UnitPicked
from app.domain.workers import Role, WorkerSignedIn
from store.body_limit import BODY_BYTES_MAX
from store.tables import stations
from sync.protocol import FACT_BYTES_MAX, FACTS_A_PUSH_MAX, PROTOCOL_HEADER, Verdict
from tests.store.a_station import AStation
from tests.store.a_store import AStore, later
from tests.store.w1 import NOW_UTC, PICKER, SOCKS, SUPERVISOR

GOOD = WorkerSignedIn(seat_id="s1")
PICK = UnitPicked(task_id="T", product_id=SOCKS, quantity_each=1)
JSON_TYPE = {"Content-Type": "application/json"}


def told(fact: Fact = GOOD, **changes: Any) -> Callable[[AStation], str]:
    """The next fact of a station, with fields of its envelope changed."""
    return lambda station: station.text_of(fact, PICKER, **changes)


def bent(old: str, new: str) -> Callable[[AStation], str]:
    """The next fact of a station, with a piece of its text replaced: what no honest program writes."""

    def text(station: AStation) -> str:
        good = station.text_of(GOOD, PICKER)
        assert old in good
        return good.replace(old, new)

    return text


def pick_of(**changes: Any) -> Callable[[AStation], str]:
    body = {"task_id": "T", "product_id": SOCKS, "quantity_each": 1, **changes}
    return lambda station: station.text_of(PICK, PICKER, body=body)


def carton_of(tote_load_ids: Any) -> Callable[[AStation], str]:
    body = {"carton_id": "C", "order_id": "O", "number": 1, "tote_load_ids": tote_load_ids}
    return lambda station: station.text_of(CartonOpened(carton_id="C", order_id="O", number=1), PICKER, body=body)


# A fact that can be counted but not believed: (its text, a piece of the reason that it is set aside for).
SET_ASIDE: dict[str, tuple[Callable[[AStation], str], str]] = {
    "unknown kind": (told(kind="made.up"), "unknown kind 'made.up'"),
    "known kind of an unknown version": (told(version=7), "version 7 of worker.signed_in"),
    "known kind of version 0": (told(version=0), "version 0 of worker.signed_in"),
    "version in words": (bent('"version":1', '"version":"1"'), "Envelope.version: wanted int"),
    "version true": (bent('"version":1', '"version":true'), "Envelope.version: wanted int"),
    "somebody else's station id": (told(station_id="H-OTHER"), "a fact of another station"),
    "another warehouse": (told(warehouse_id="W2"), "a fact of another station"),
    "half a fact": (lambda station: json.dumps({"seq": station.seq + 1}), "Envelope.warehouse_id is missing"),
    "body of another shape": (told(body={"seat_id": 7}), "WorkerSignedIn.seat_id: wanted str"),
    "body without its field": (told(body={}), "WorkerSignedIn.seat_id is missing"),
    "body that is a list": (told(body=[]), "Envelope.body: wanted an object, got list"),
    "body that is null": (told(body=None), "Envelope.body: wanted an object, got null"),
    "list that is one text": (carton_of("T-1"), "wanted a list, got str"),
    "list that is an object": (carton_of({"a": 1}), "wanted a list, got dict"),
    "list of numbers": (carton_of([1]), "wanted str, got int"),
    "worker who is a number": (bent(f'"worker_id":"{PICKER}"', '"worker_id":7'), "Envelope.worker_id: wanted str"),
    "time that is none": (bent(NOW_UTC.isoformat(), "yesterday"), "Envelope.occurred_at_utc"),
    "time of no zone": (bent(NOW_UTC.isoformat(), "2026-03-02T08:00:00"), "says no time zone"),
    "time at the end of the calendar": (bent(NOW_UTC.isoformat(), "9999-12-31T23:59:59-14:00"), "date"),
    "hash that is none": (told(prev_hash="f" * 63), "Envelope.prev_hash"),
    "pick of nothing": (pick_of(quantity_each=0), "quantity_each is no quantity"),
    "pick of less than nothing": (pick_of(quantity_each=-1), "quantity_each is no quantity"),
    "pick of a thousand digits": (pick_of(quantity_each=10**999), "quantity_each is no quantity"),
    "pick of half a unit": (pick_of(quantity_each=0.5), "UnitPicked.quantity_each: wanted int"),
    "number of five thousand digits": (bent('"s1"', "9" * 5000), "no JSON that can be read"),
    "number that is none": (bent('"s1"', '"s1","more":NaN'), "holds NaN"),
    "number without an end": (bent('"s1"', '"s1","more":1e999'), "holds the number 1e999"),
    "field that is named twice": (bent('"s1"', '"s1","seat_id":"s2"'), "names the field 'seat_id' twice"),
    "brackets without end": (bent('"s1"', "[" * 5000 + "]" * 5000), "no JSON that can be read"),
    "text that breaks off": (lambda station: station.text_of(GOOD, PICKER)[:-1], "no JSON that can be read"),
    "half a character": (bent('"s1"', '"\\ud800"'), "half a character"),
    "NUL": (bent('"s1"', '"a\\u0000b"'), "NUL"),
    "NUL in a field's name": (bent('"s1"', '"s1","a\\u0000b":1'), "NUL"),
    "longer than a fact may be": (told(body={"seat_id": "s" * FACT_BYTES_MAX}), f"longer than {FACT_BYTES_MAX} bytes"),
}


@pytest.mark.parametrize(("text", "reason"), SET_ASIDE.values(), ids=SET_ASIDE)
async def test_what_cannot_be_believed_is_set_aside_alone_and_is_work_for_the_supervisor(
    open_store: AStore, text: Callable[[AStation], str], reason: str
) -> None:
    handset = await open_store.station()
    handset.tell(GOOD)
    handset.owe(text(handset))
    handset.tell(GOOD)

    first, bad, last = await handset.push()

    assert [first.verdict, bad.verdict, last.verdict] == [Verdict.ACCEPTED, Verdict.QUARANTINED, Verdict.ACCEPTED]
    assert reason in (bad.reason or "")
    (work,) = await on_the_board(open_store)
    assert (work["kind"], work["addressee"]) == (DiscrepancyKind.QUARANTINED_FACT, Role.SUPERVISOR)
    assert work["facts"] == {"station_id": handset.station_id, "seq": "2", "reason": bad.reason}


async def on_the_board(store: AStore) -> list[dict[str, Any]]:
    answer = await store.http.get("/v1/board", headers=store.owner)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["exceptions"])


async def test_a_supervisor_settles_what_was_set_aside_and_its_outcome_stays(open_store: AStore) -> None:
    handset, bench = await open_store.station(), await open_store.station("bench")
    text = handset.owe(handset.text_of(GOOD, PICKER, kind="made.up"))
    (set_aside,) = await handset.push()
    (work,) = open_store.rows(Discrepancy)

    await bench.do(DiscrepancySettled(discrepancy_id=work.discrepancy_id, how="reviewed"), worker_id=SUPERVISOR)

    assert open_store.row(Discrepancy, work.discrepancy_id).state is DiscrepancyState.SETTLED
    assert await on_the_board(open_store) == []
    assert (await handset.send(text)).json()["outcomes"][0]["reason"] == set_aside.reason


# A text that no number can be read of, or that can be neither hashed nor kept: the push comes back whole.
NAMED_BACK: dict[str, str] = {
    "seq 0": '{"seq":0}',
    "seq below 0": '{"seq":-1}',
    "seq that is no number": '{"seq":"1"}',
    "seq that is true": '{"seq":true}',
    "seq with a fraction": '{"seq":1.0}',
    "seq beyond every number": f'{{"seq":{2**63}}}',
    "seq of a thousand digits": f'{{"seq":{"1" * 1000}}}',
    "seq of five thousand digits": f'{{"seq":{"1" * 5000}}}',
    "no seq": "{}",
    "no object": "[1]",
    "no JSON": "seq 1",
    "nothing": "",
    "half a character": '{"seq":1,"more":"\ud800"}',
    "NUL": '{"seq":1,"more":"\0"}',
}


@pytest.mark.parametrize("text", NAMED_BACK.values(), ids=NAMED_BACK)
async def test_a_text_that_cannot_be_counted_is_named_and_nothing_of_its_push_is_kept(
    open_store: AStore, text: str
) -> None:
    handset = await open_store.station()
    handset.tell(GOOD)

    answer = await handset.send(*handset.owed, text)

    assert answer.status_code == 422
    assert [problem["path"] for problem in answer.json()["problems"]] == ["facts[1]"]
    assert [outcome.verdict for outcome in await handset.push()] == [Verdict.ACCEPTED]


def push_of(station: AStation, facts: Any) -> bytes:
    return json.dumps({"station_id": station.station_id, "facts": facts}).encode()


# A push that is refused whole: (its body, the answer's status).
REFUSED: dict[str, tuple[Callable[[AStation], bytes], int]] = {
    "no body": (lambda _: b"", 422),
    "no JSON": (lambda _: b"{", 422),
    "no UTF-8": (lambda _: b'{"station_id": "\xff"}', 422),
    "a list": (lambda _: b"[]", 422),
    "null": (lambda _: b"null", 422),
    "NaN": (lambda _: b'{"station_id": "x", "facts": [], "more": NaN}', 422),
    "a number of five thousand digits": (lambda _: b"9" * 5000, 422),
    "brackets without end": (lambda _: b"[" * 100_000, 422),
    "a field twice": (lambda _: b'{"station_id": "x", "station_id": "y", "facts": []}', 422),
    "no facts": (lambda station: push_of(station, None), 422),
    "facts that are one text": (lambda station: push_of(station, "{}"), 422),
    "facts that are objects": (lambda station: push_of(station, [{"seq": 1}]), 422),
    "facts that are numbers": (lambda station: push_of(station, [1]), 422),
    "a station id that is a number": (lambda _: b'{"station_id": 7, "facts": []}', 422),
    "somebody else's station id": (lambda _: b'{"station_id": "H-OTHER", "facts": []}', 403),
    "a fact too many": (lambda station: push_of(station, ['{"seq":1}'] * (FACTS_A_PUSH_MAX + 1)), 413),
    "100,000 facts": (lambda station: push_of(station, ['{"seq":1}'] * 100_000), 413),
    "100,000 facts of the usual size": (lambda station: push_of(station, [station.text_of(GOOD, "a")] * 100_000), 413),
    "10 MB": (lambda station: push_of(station, ["x" * 10_000_000]), 413),
}


@pytest.mark.parametrize(("body", "status"), REFUSED.values(), ids=REFUSED)
async def test_a_push_that_is_none_is_refused_with_a_reason_and_the_queue_goes_on(
    open_store: AStore, body: Callable[[AStation], bytes], status: int
) -> None:
    handset = await open_store.station()
    handset.tell(GOOD)

    answer = await open_store.http.post("/v1/facts", content=body(handset), headers={**handset.headers, **JSON_TYPE})

    assert answer.status_code == status, answer.text
    assert answer.json().get("reason") or answer.json()["problems"]
    assert [outcome.verdict for outcome in await handset.push()] == [Verdict.ACCEPTED]


async def test_10_mb_whose_length_nobody_said_are_refused_while_they_come(open_store: AStore) -> None:
    handset = await open_store.station()

    async def parts() -> Any:
        yield push_of(handset, [])[:-2] + b'"'
        for _ in range(BODY_BYTES_MAX // 1_000_000 + 2):
            yield b"x" * 1_000_000

    answer = await open_store.http.post("/v1/facts", content=parts(), headers={**handset.headers, **JSON_TYPE})

    assert answer.status_code == 413


async def test_facts_far_ahead_are_told_which_number_is_wanted_and_none_of_them_is_kept(open_store: AStore) -> None:
    handset = await open_store.station()
    far = [handset.text_of(GOOD, PICKER, seq=number) for number in (10**6, 2**62)]

    for text in far:
        told = (await handset.send(text, text)).json()
        assert told["held_through_seq"] == 0
        assert [(one["verdict"], one["expected_seq"]) for one in told["outcomes"]] == [("gap", 1)]


async def test_behind_a_forged_link_nothing_is_judged_and_what_stands_before_it_is_kept(open_store: AStore) -> None:
    handset = await open_store.station()
    handset.tell(GOOD)
    handset.owe(handset.text_of(GOOD, PICKER, prev_hash="0" * 64))
    handset.tell(GOOD)

    told = (await handset.send(*handset.owed)).json()

    assert [one["verdict"] for one in told["outcomes"]] == ["accepted", "forked"]
    assert told["held_through_seq"] == 1


async def test_another_fact_under_a_held_number_is_a_fork_and_the_first_one_stays(open_store: AStore) -> None:
    handset = await open_store.station()
    first = handset.text_of(GOOD, PICKER)
    other = handset.text_of(WorkerSignedIn(seat_id="another"), PICKER)
    # One byte is enough: the text is never read to find out whether it says the same.
    for text, verdict in ((first, "accepted"), (other, "forked"), (first + " ", "forked"), (first, "accepted")):
        told = (await handset.send(text)).json()
        assert [one["verdict"] for one in told["outcomes"]] == [verdict]
        assert told["held_through_seq"] == 1


@pytest.mark.parametrize("year", [2036, 9998])
async def test_a_fact_from_the_future_happened_and_no_report_is_of_the_future(open_store: AStore, year: int) -> None:
    handset, other = await open_store.station(), await open_store.station(name="Two")
    handset.owe(handset.text_of(PICK, PICKER, occurred_at_utc=NOW_UTC.replace(year=year)))

    (outcome,) = await handset.push()
    later(open_store, hours=1)
    await other.sign_in()
    await other.do(GOOD)

    assert outcome.verdict in (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_EXCEPTION)
    assert open_store.stock_each("unknown", SOCKS) == -1
    seen = (await open_store.http.get("/v1/board", headers=open_store.owner)).json()
    (picker,) = [one for one in seen["people"] if one["worker_id"] == PICKER]
    assert (picker["station_id"], picker["last_fact_at_utc"]) == (other.station_id, "2026-03-02T09:00:00Z")
    # The next day nothing of it is today's any more.
    later(open_store, hours=24)
    seen = (await open_store.http.get("/v1/board", headers=open_store.owner)).json()
    assert [one["last_fact_at_utc"] for one in seen["people"] if one["worker_id"] == PICKER] == [None]


async def test_a_fact_of_long_ago_happened_and_is_in_no_report_of_today(open_store: AStore) -> None:
    handset = await open_store.station()
    handset.owe(handset.text_of(PICK, PICKER, occurred_at_utc=NOW_UTC.replace(year=1970)))

    (outcome,) = await handset.push()

    assert outcome.verdict in (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_EXCEPTION)
    assert open_store.stock_each("unknown", SOCKS) == -1
    seen = (await open_store.http.get("/v1/board", headers=open_store.owner)).json()
    assert [one["last_fact_at_utc"] for one in seen["people"] if one["worker_id"] == PICKER] == [None]


# A caller who is not let in: (what was done before, headers over the station's own, the answer's status).
Before = Callable[[AStore, AStation], Awaitable[object]]


async def nothing(_store: AStore, _station: AStation) -> None:
    pass


async def a_while(store: AStore, _station: AStation) -> None:
    later(store, minutes=15)


async def revoked(store: AStore, station: AStation) -> None:
    await store.post(f"/v1/stations/{station.station_id}/revoke", {"reason": "lost"})


async def struck_out(store: AStore, station: AStation) -> None:
    here = stations.c.station_id == station.station_id
    store.room.writer.submit(lambda connection: connection.execute(delete(stations).where(here)).rowcount).result()


TURNED_AWAY: dict[str, tuple[Before, dict[str, str], int]] = {
    "no token": (nothing, {"Authorization": ""}, 401),
    "a token that was made up": (nothing, {"Authorization": "Bearer a.b.c"}, 401),
    "a token that has run out": (a_while, {}, 401),
    "a device that was revoked": (revoked, {}, 403),
    "a device that was never enrolled": (struck_out, {}, 401),
    "another version of the wire": (nothing, {PROTOCOL_HEADER: "2"}, 426),
    "a version that is none": (nothing, {PROTOCOL_HEADER: "one"}, 426),
}


@pytest.mark.parametrize(("before", "headers", "status"), TURNED_AWAY.values(), ids=TURNED_AWAY)
async def test_whoever_is_not_let_in_is_told_why_and_nothing_of_it_is_kept(
    open_store: AStore, before: Before, headers: dict[str, str], status: int
) -> None:
    handset = await open_store.station()
    handset.tell(PICK)
    await before(open_store, handset)
    body = push_of(handset, handset.owed)

    answer = await open_store.http.post("/v1/facts", content=body, headers={**handset.headers, **headers, **JSON_TYPE})

    assert (answer.status_code, set(answer.json())) == (status, {"reason"})
    assert open_store.stock_each("unknown", SOCKS) == 0


ODD_QUERIES = [
    "change_seq=-1",
    "change_seq=one",
    f"change_seq={2**63}",
    f"change_seq={'9' * 5000}",
    "limit=0",
    "limit=5001",
    "wait_s=-1",
    "wait_s=nan",
    "wait_s=inf",
    f"epoch={'e' * 65}",
    "owed_count=-1",
    "owed_since_utc=yesterday",
    "owed_since_utc=0.5",
    "owed_since_utc=1772438400",
    f"app_version={'v' * 65}",
]


@pytest.mark.parametrize("query", ODD_QUERIES)
async def test_a_pull_of_odd_figures_is_told_which(open_store: AStore, query: str) -> None:
    handset = await open_store.station()

    answer = await open_store.http.get(f"/v1/pull?{query}", headers=handset.headers)

    assert answer.status_code == 422, answer.text
    assert [problem["path"] for problem in answer.json()["problems"]] == [query.partition("=")[0]]


@pytest.mark.parametrize(
    "query",
    ["epoch=%00", "epoch=%ED%A0%80", "app_version=%00", "app_version=%F0%9F%93%A6", "owed_since_utc=0001-01-01T00:00Z"],
)
async def test_a_pull_of_odd_words_breaks_nothing(open_store: AStore, query: str) -> None:
    handset = await open_store.station()

    answer = await open_store.http.get(f"/v1/pull?owed_count=1&{query}", headers=handset.headers)

    assert answer.status_code in (200, 422), answer.text
    assert (await open_store.http.get("/v1/board", headers=open_store.owner)).status_code == 200
