"""A code that is scanned or typed makes a station known to the store again; whatever the answer is, nothing is lost."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import flet as ft
import pytest

from app.errors import StoreRefused, StoreUnreachable
from app.ports import Link, LinkState
from screens.enrolment import EnrolmentScreen
from screens.station_setup import StationSetupScreen
from tests.fakes.clock import SHIFT_BEGINS_UTC
from tests.screens.floor import Bench, a_bench
from tests.screens.picker import Picker

WHY = "Station and store remember different things. A new code is needed."


class Codes:
    """What the store is given, and what it answers."""

    def __init__(self) -> None:
        self.given: list[str] = []
        self.trouble: Exception | None = None
        self.answers_now = asyncio.Event()
        self.answers_now.set()

    async def enrol(self, code: str) -> None:
        self.given.append(code)
        await self.answers_now.wait()
        if self.trouble is not None:
            raise self.trouble


def a_refused_bench(codes: Codes) -> Bench:
    bench = a_bench()
    refused = LinkState(link=Link.REFUSED, since_utc=SHIFT_BEGINS_UTC, reason="the store holds another fact 3")
    bench.store.state = lambda: refused  # type: ignore[method-assign]
    bench.station = replace(bench.station, enrol_anew=codes.enrol)
    return bench


async def asked_for_a_code(codes: Codes) -> Picker:
    petra = await a_refused_bench(codes).signed_in("petra")
    await petra.tap("station_setup.title")
    await petra.window.settle()
    assert petra.sees("the store holds another fact 3")
    await petra.tap("enrol-anew")
    await petra.window.settle()
    assert petra.sees(WHY)
    return petra


async def test_a_station_that_the_store_takes_offers_no_new_code() -> None:
    bench = a_bench()
    bench.station = replace(bench.station, enrol_anew=Codes().enrol)
    petra = await bench.signed_in("petra")
    await petra.tap("station_setup.title")
    await petra.window.settle()
    with pytest.raises(LookupError):
        petra.window.find(ft.Button, key="enrol-anew")


async def test_on_a_handset_the_store_that_refuses_comes_first_and_a_store_that_takes_it_after_the_choices() -> None:
    """What is to be done is seen without scrolling."""
    heads = []
    for bench in (a_refused_bench(Codes()), a_bench()):
        petra = await bench.signed_in("petra", width=360, height=640)
        await petra.tap("station_setup.title")
        await petra.window.settle()
        heads.append([text for text in petra.texts() if text in ("Order store", "For Petra")])
    assert heads == [["Order store", "For Petra"], ["For Petra", "Order store"]]


@pytest.mark.parametrize("scanned", ["E.ABCDE23456", "abcde23456"])
async def test_a_code_is_taken_by_a_scan(scanned: str) -> None:
    codes = Codes()
    petra = await asked_for_a_code(codes)
    await petra.scan(scanned)
    await petra.window.settle()
    assert codes.given == ["ABCDE23456"]
    assert petra.sees("This station is enrolled.")
    assert isinstance(petra.seat.screen, StationSetupScreen)


async def test_a_code_is_typed_into_the_field_and_sent_by_the_button_once() -> None:
    codes = Codes()
    codes.answers_now.clear()
    petra = await asked_for_a_code(codes)
    field = petra.window.find(ft.TextField, key="code")
    await petra.window.fire(field, "focus")
    await petra.window.fire(field, "change", value=" abcde23456 ")
    await petra.tap("enrolment.go_on")
    await petra.scan("E.ABCDE23456")
    codes.answers_now.set()
    await petra.window.settle()
    assert codes.given == ["ABCDE23456"]
    await petra.scan("X.SIGNOUT")  # keys are a scanner's again
    assert petra.sees("Scan your badge")


@pytest.mark.parametrize("scanned", ["L.A-12-03-2", "abc", "X.OK"])
async def test_what_is_no_code_is_not_sent(scanned: str) -> None:
    codes = Codes()
    petra = await asked_for_a_code(codes)
    await petra.scan(scanned)
    assert codes.given == []
    assert petra.sees("That is no enrolment code.")


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (StoreRefused("the enrolment code is too old"), "The store said no: the enrolment code is too old"),
        (StoreUnreachable("cut"), "The store is away. Go on; it is kept."),
    ],
)
async def test_a_code_that_is_not_taken_leaves_everything_as_it_is(trouble: Exception, said: str) -> None:
    codes = Codes()
    codes.trouble = trouble
    petra = await asked_for_a_code(codes)
    await petra.scan("E.ABCDE23456")
    await petra.window.settle()
    assert petra.sees(said)
    assert isinstance(petra.seat.screen, EnrolmentScreen)
    await petra.scan("X.BACK")
    assert isinstance(petra.seat.screen, StationSetupScreen)
