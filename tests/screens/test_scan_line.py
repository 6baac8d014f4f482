"""A picker with a scanner and no screen: a list is walked by lines alone, and each answer says what is in the book."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from app.domain.picklists import Picklist, PicklistState
from app.domain.scan import Scan, Source
from app.errors import DiskFull
from screens.scan_line import ScanLine
from tests.fakes.picking import LIST, SOCKS, SOCKS_EAN, a_list, a_task
from tests.screens.picker import Handset, a_handset, anna

BIN = "L.A-12-03-2"


async def said(handset: Handset, *texts: str) -> list[dict[str, Any]]:
    """Every line that a seat says to these scans, the one at its start first; lamps left out."""
    lines: list[dict[str, Any]] = []

    async def scans() -> AsyncIterator[Scan]:
        for text in texts:
            yield Scan(text=text, source=Source.SERIAL)

    await ScanLine(handset.station, lambda line: lines.append(json.loads(line))).run(scans())
    return [line for line in lines if "link" not in line]


async def test_a_whole_list_is_walked_by_lines_alone() -> None:
    handset = a_handset(a_task(1, quantity_each=2), a_task(2, place="A-13-01-1"))
    digits = ("X.D.1", "X.D.2", "X.D.3", "X.D.4", "X.OK")
    first_stop = (BIN, SOCKS_EAN, SOCKS_EAN, "T.T-1")
    lines = await said(
        handset, "W.anna", *digits, "X.GETWORK", *first_stop, "L.A-13-01-1", SOCKS_EAN, "T.T-1", "X.FINISH"
    )
    asks = [line["asks"].partition(".")[2] for line in lines]
    assert asks[:8] == ["scan_badge", *["enter_pin"] * 5, "scan_get", "scan_bin"]
    assert asks[8:12] == ["scan_item", "scan_item", "scan_free_tote", "scan_bin"]
    assert asks[12:] == ["scan_item", "scan_tote", "scan_finish", "scan_get"]
    assert {line["tone"] for line in lines[1:]} == {"good", "line_done", "list_done"}
    assert lines[7]["stop"] == {
        "task": "T-1",
        "place": "A-12-03-2",
        "product": SOCKS.product_id,
        "left_each": 2,
        "slot": "A1",
    }
    assert lines[13]["stop"]["tote"] == "T-1"
    picklist = handset.ledger.get(Picklist, LIST)
    assert picklist is not None
    assert picklist.state is PicklistState.PICKED


async def test_an_answer_says_how_far_the_book_is() -> None:
    handset = a_handset(a_task(quantity_each=2))
    lines = await said(handset, "W.anna", "1234", "X.GETWORK", BIN, "L.A-14-09-3", SOCKS_EAN)
    assert [line["seq"] for line in lines] == [0, 0, 1, 2, 3, 4, 5]
    assert lines[5]["tone"] == "wrong"
    assert lines[5]["text"] == handset.station.words["en"].say(
        "error.WrongLocation.full", expected="A-12-03-2", scanned="A-14-09-3"
    )
    assert [fact.kind for fact in handset.ledger.facts[-2:]] == ["scan.refused", "pick.unit_picked"]


async def test_a_book_that_cannot_be_written_gets_no_good_tone() -> None:
    handset = a_handset(a_task())
    await said(handset, "W.anna", "1234", "X.GETWORK")
    handset.ledger.trouble = DiskFull("full")
    (_, line) = await said(handset, BIN)
    assert (line["tone"], line["said"], line["seq"]) == ("needs_person", "error.DiskFull", 2)


async def test_a_station_that_starts_again_goes_on_where_its_picker_was() -> None:
    handset = a_handset(a_task(quantity_each=2))
    await said(handset, "W.anna", "1234", "X.GETWORK", BIN, SOCKS_EAN)
    first, second = await said(handset, SOCKS_EAN)
    assert (first["asks"], first["stop"]["left_each"]) == ("pick.scan_item", 1)
    assert (second["tone"], second["asks"]) == ("good", "pick.scan_free_tote")


async def test_a_colleagues_list_is_taken_over_by_ok() -> None:
    bea = replace(anna(), worker_id="W-bea", name="Bea", badge="bea")
    theirs = a_list(1, state=PicklistState.PAUSED, worker_id="W-bea")
    handset = a_handset(rows=(bea, theirs, a_task()))
    *_, offered, begun = await said(handset, "W.anna", "1234", "X.GETWORK", "X.OK")
    assert (offered["tone"], offered["said"]) == ("caution", "work.left_here")
    assert "Bea" in offered["text"]
    assert (begun["tone"], begun["asks"]) == ("good", "pick.scan_bin")


async def test_what_was_left_at_another_station_is_offered_once() -> None:
    handset = a_handset()
    handset.store.answers["get_work"] = {"current": None, "elsewhere": ["P-7"]}
    *_, offered, _, again = await said(handset, "W.anna", "1234", "X.GETWORK", "X.OK", "X.GETWORK")
    assert offered["said"] == again["said"] == "work.elsewhere"
    assert [body["take_over"] for _, body in handset.store.asked] == [False, True, False]


async def test_a_pin_stands_in_no_answer_and_another_badge_asks_for_one() -> None:
    lines = await said(a_handset(a_task()), "W.anna", "1234", "W.anna", "X.BACK", "X.SIGNOUT")
    assert not any("1234" in json.dumps(line) for line in lines)
    assert [line["asks"].partition(".")[2] for line in lines[2:]] == ["scan_get", "enter_pin", "scan_get", "scan_badge"]


async def test_a_code_that_means_nothing_here_is_answered_all_the_same() -> None:
    *_, line = await said(a_handset(), "W.anna", "1234", "C.BOX")
    assert (line["tone"], line["said"]) == ("wrong", "shell.not_here")
