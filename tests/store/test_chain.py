"""Who changes what the store holds is found out: `python -m store verify`, and somebody at the database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import delete, func, select, update

from app.domain.workers import WorkerSignedIn
from store import migrate as migrating
from store.__main__ import main
from store.effects import EFFECTS
from store.tables import facts, feeds, stations, warehouses
from store.verify import Pin, verify
from tests.store.a_station import AStation
from tests.store.a_store import AStore
from tests.store.w1 import W1
from tests.store.walk import a_walk


async def a_floor(store: AStore) -> tuple[AStation, AStation]:
    """Two handsets whose pushes went through each other: a walk, sign-ins, a retry, and a fact that nobody can read."""
    await store.order("1001", SOCKS=2)
    [picklist_id] = await store.release()
    one, other = await store.station(name="One"), await store.station(name="Two")
    one.tell(*a_walk(store, picklist_id))
    sent = list(one.owed)
    await one.push()
    await other.do(WorkerSignedIn(seat_id="s1"), WorkerSignedIn(seat_id="s2"))
    await one.send(*sent)
    other.owe(other.text_of(WorkerSignedIn(seat_id="s3"), "ann", kind="nobody.knows"))
    await other.push()
    await one.do(WorkerSignedIn(seat_id="s4"))
    return one, other


def write(store: AStore, *statements: Any) -> None:
    """As somebody who can write to the database would."""

    def run(connection: Any) -> None:
        for statement in statements:
            connection.execute(statement)

    store.room.writer.submit(run).result()


def of(station: AStation, seq: int) -> tuple[Any, ...]:
    return facts.c.warehouse_id == W1, facts.c.station_id == station.station_id, facts.c.seq == seq


def broken(store: AStore, **how: Any) -> str:
    return verify(store.room.reader, W1, **how).broken


async def test_what_nobody_touched_is_whole_and_the_next_fact_hangs_on_it(store: AStore) -> None:
    one, other = await a_floor(store)
    first = verify(store.room.reader, W1)
    assert (first.broken, first.facts, first.stations) == ("", one.seq + other.seq, 2)

    await other.do(WorkerSignedIn(seat_id="s5"))

    second = verify(store.room.reader, W1, Pin(place=first.facts, hash=first.head))
    assert (second.broken, second.facts) == ("", first.facts + 1)
    assert second.head != first.head


async def test_another_text_is_named(store: AStore) -> None:
    one, other = await a_floor(store)
    with store.room.reading() as connection:
        text = connection.execute(select(facts.c.text).where(*of(other, 2))).scalar_one()
    write(store, update(facts).where(*of(other, 2)).values(text=text.replace("ann", "abe")))
    assert f"fact {other.station_id}#2 at place {one.seq + 1} has another text" in broken(store)


async def test_another_answer_is_named(store: AStore) -> None:
    one, _ = await a_floor(store)
    with store.room.reading() as connection:
        outcome = connection.execute(select(facts.c.outcome).where(*of(one, 3))).scalar_one()
    write(store, update(facts).where(*of(one, 3)).values(outcome={**outcome, "verdict": "quarantined"}))
    assert f"fact {one.station_id}#3 at place 3 has another outcome" in broken(store)


async def test_a_fact_that_was_taken_out_is_named_also_when_the_places_were_closed_up(store: AStore) -> None:
    one, _ = await a_floor(store)
    write(store, delete(facts).where(*of(one, 2)))
    assert broken(store) == "the fact at place 2 is missing"
    with store.room.reading() as connection:
        places = connection.scalars(select(facts.c.store_seq).where(facts.c.store_seq > 2).order_by("store_seq")).all()
    write(store, *(update(facts).where(facts.c.store_seq == at).values(store_seq=at - 1) for at in places))
    assert f"fact {one.station_id}#3 at place 2 follows fact {one.station_id}#1" in broken(store)


async def test_facts_that_changed_places_are_named(store: AStore) -> None:
    one, other = await a_floor(store)
    place = one.seq - 1
    write(
        store,
        update(facts).where(*of(one, one.seq - 1)).values(store_seq=9999),
        update(facts).where(*of(other, 1)).values(store_seq=place),
        update(facts).where(*of(one, one.seq - 1)).values(store_seq=place + 1),
    )
    assert f"fact {other.station_id}#1 at place {place} has another outcome or another place" in broken(store)


async def test_the_last_facts_cannot_be_cut_off_unseen(store: AStore) -> None:
    one, _ = await a_floor(store)
    whole = verify(store.room.reader, W1)
    write(store, delete(facts).where(*of(one, one.seq)))
    assert f"fact {one.station_id}#{one.seq} is missing or too much" in broken(store)
    with store.room.reading() as connection:
        before = connection.scalar(select(facts.c.hash).where(*of(one, one.seq - 1)))
    shorter = {"held_through_seq": one.seq - 1, "last_hash": before}
    write(store, update(stations).where(stations.c.station_id == one.station_id).values(**shorter))
    # Whoever is that careful is found out only by a head that was written down elsewhere.
    assert broken(store) == ""
    assert "was pinned and is missing" in broken(store, pin=Pin(place=whole.facts, hash=whole.head))


async def test_a_chain_that_was_linked_anew_does_not_go_through_the_pinned_head(store: AStore) -> None:
    await a_floor(store)
    assert "is not the one that was pinned" in broken(store, pin=Pin(place=2, hash="0" * 64))


async def test_facts_of_before_the_chain_are_linked_by_the_migration(store: AStore) -> None:
    one, other = await a_floor(store)
    await one.do(WorkerSignedIn(seat_id="s6"))
    config = Config()
    config.set_main_option("script_location", str(Path(migrating.__file__).parent / "migrations"))
    with store.room.writer_engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
    migrating.migrate(store.room.writer_engine)
    # What a store remembers is of the books before; they are others now, as after a restore.
    write(store, update(feeds).values(epoch="another"))

    assert broken(store) == ""
    with store.room.reading() as connection:
        assert connection.scalar(select(func.max(facts.c.store_seq))) == one.seq + other.seq
    await other.do(WorkerSignedIn(seat_id="s7"))
    assert broken(store) == ""
    write(store, update(facts).where(*of(one, 1)).values(outcome={"seq": 1, "verdict": "superseded", "by": "X#1"}))
    assert f"fact {one.station_id}#1" in broken(store)


async def test_the_command_says_a_line_a_warehouse_and_ends_with_1_when_one_is_broken(
    store: AStore, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FLOORHAND_STORE_URL", store.room.settings.database_url)
    one, other = await a_floor(store)
    house = {"warehouse_id": "W2", "name": "Two", "time_zone": "Europe/Berlin", "sscc_company_prefix": "4012345"}
    write(store, warehouses.insert().values(**house))
    check = ["verify"]

    assert main(check) == 0
    head = verify(store.room.reader, W1).head
    assert capsys.readouterr().out.splitlines() == [
        f"W1 facts={one.seq + other.seq} stations=2 head={one.seq + other.seq}:{head}",
        f"W2 facts=0 stations=0 head=0:{'0' * 64}",
    ]
    assert main([*check, "--warehouse", W1, "--pin", f"{one.seq + other.seq}:{head}"]) == 0
    assert main([*check, "--warehouse", W1, "--pin", f"{one.seq + other.seq}:{'0' * 64}"]) == 1
    capsys.readouterr()

    write(store, update(facts).where(*of(one, 1)).values(text=json.dumps({})))
    assert main(check) == 1
    told = capsys.readouterr().out.splitlines()
    assert told[0].startswith(f"W1 broken: fact {one.station_id}#1 at place 1 ")
    assert told[1].startswith("W2 facts=0")
    assert main([*check, "--warehouse", "W2"]) == 0
    assert main([*check, "--warehouse", "W9"]) == 2


def test_where_no_store_has_run_nothing_can_be_verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", "--data", str(tmp_path)]) == 2
    assert "cannot be read" in capsys.readouterr().err


async def test_the_two_commands_options_are_checked(capsys: pytest.CaptureFixture[str]) -> None:
    for wrong in (["verify", "--pin", "3:ab"], ["verify", "--warehouse", W1, "--pin", "ab"]):
        with pytest.raises(SystemExit) as ended:
            main(wrong)
        assert ended.value.code == 2
    assert "--pin" in capsys.readouterr().err


async def test_a_push_that_is_judged_one_by_one_is_linked_too(store: AStore, monkeypatch: pytest.MonkeyPatch) -> None:
    one = await store.station()

    def broken_effect(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(EFFECTS, WorkerSignedIn, broken_effect)
    await one.do(WorkerSignedIn(seat_id="s1"), WorkerSignedIn(seat_id="s2"))

    assert broken(store) == ""
    assert verify(store.room.reader, W1).facts == 2
