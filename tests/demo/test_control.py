from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from demo.cards import Card
from demo.control import BREAK_WORDS, FAULT_WORDS, control_page
from demo.processes import Child
from devices.simulated_printer import Fault, SimulatedPrinter

FONTS = Path(__file__).parents[2] / "assets" / "fonts"


@dataclass
class AShift:
    printer: SimulatedPrinter
    store: Child
    addresses: Mapping[str, str] = field(default_factory=dict)
    cards: list[Card] = field(default_factory=list)

    async def handset_cards(self) -> list[Card]:
        return []


@pytest.fixture
def shift(tmp_path: Path) -> AShift:
    store = Child("store", ["false"], env={}, log_dir=tmp_path, answers_at="http://127.0.0.1:9/")
    return AShift(printer=SimulatedPrinter(tmp_path / "printer", port=0), store=store)


@pytest.fixture
async def page(shift: AShift) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=control_page(shift, font_dir=FONTS))
    async with httpx.AsyncClient(transport=transport, base_url="http://page") as client:
        yield client


async def test_a_fault_is_switched_on_and_off(page: httpx.AsyncClient, shift: AShift) -> None:
    assert (await page.post("/printer/paper_out", data={"value": "on"})).status_code == 303
    assert shift.printer.faults[Fault.PAPER_OUT] is True
    assert (await page.post("/printer/paper_out", data={"value": "off"})).status_code == 303
    assert shift.printer.faults[Fault.PAPER_OUT] is False


async def test_the_page_says_how_the_printer_is_and_each_switch_what_it_does(page: httpx.AsyncClient) -> None:
    before = (await page.get("/")).text
    assert "It has paper." in before
    assert "Take the paper away" in before
    await page.post("/printer/paper_out", data={"value": "on"})
    after = (await page.get("/")).text
    assert "It is out of paper." in after
    assert "Load a roll" in after


async def test_every_fault_has_its_words(page: httpx.AsyncClient) -> None:
    assert set(FAULT_WORDS) | set(BREAK_WORDS) == set(Fault)
    text = (await page.get("/")).text
    assert all(f'action="/printer/{fault}"' in text for fault in Fault)


async def test_only_what_a_browser_can_open_is_a_link(page: httpx.AsyncClient, shift: AShift) -> None:
    shift.addresses = {"Handset": "http://127.0.0.1:8550", "Printer socket": "tcp://127.0.0.1:9100"}
    text = (await page.get("/")).text
    assert 'href="http://127.0.0.1:8550"' in text
    assert 'href="tcp' not in text
    assert "tcp://127.0.0.1:9100" in text


@pytest.mark.parametrize("value", ["²", "-1", "soon", "9" * 30])
async def test_what_is_no_switch_is_refused(page: httpx.AsyncClient, value: str) -> None:
    assert (await page.post("/printer/reset_at_byte", data={"value": value})).status_code == 422


async def test_a_fault_that_is_none_is_refused_with_those_that_are(page: httpx.AsyncClient) -> None:
    answer = await page.post("/printer/jammed")
    assert answer.status_code == 404
    assert "paper_out" in answer.text


async def test_a_page_of_somebody_else_switches_nothing(page: httpx.AsyncClient, shift: AShift) -> None:
    headers = {"Origin": "http://elsewhere.example"}
    assert (await page.post("/printer/off", data={"value": "on"}, headers=headers)).status_code == 403
    assert shift.printer.faults[Fault.OFF] is False


async def test_an_open_page_is_told_how_many_labels_there_are(page: httpx.AsyncClient) -> None:
    assert (await page.get("/state")).json()["labels"] == 0


async def test_a_page_knows_what_it_shows_so_that_nothing_is_missed_while_it_opens(page: httpx.AsyncClient) -> None:
    state = (await page.get("/state")).json()
    assert f"const shown = JSON.stringify({json.dumps(state)});" in (await page.get("/")).text


async def test_labels_are_a_list_before_anything_is_printed(page: httpx.AsyncClient) -> None:
    assert (await page.get("/labels")).json() == []
    assert "None yet." in (await page.get("/")).text


async def test_a_store_that_does_not_start_is_said_on_the_page(page: httpx.AsyncClient) -> None:
    answer = await page.post("/store/on")
    assert answer.status_code == 503
    assert "The store ended at once" in answer.text
