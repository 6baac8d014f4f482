"""What a handset shows in a window that is narrow or low: the same, smaller, and nothing of it cut."""

from __future__ import annotations

from dataclasses import replace

import flet as ft
import pytest

from app.domain.discrepancies import Remedy
from app.domain.totes import Tote
from app.ports import Link
from app.workflows.answers import Sentence
from screens.look import Look
from screens.parts.choice_button import choice_button
from screens.parts.empty_state import empty_state
from screens.parts.number_cap import CAP_DP
from screens.parts.quantity_pad import Kind, Pad, quantity_pad
from screens.parts.section import SECTION_PAD
from screens.parts.text_width import lines_in, width_dp
from screens.theme import GAP, NAME, SMALL
from screens.wording import PSEUDO
from tests.fakes.discrepancies import missed, put_back
from tests.fakes.picking import SOCKS_EAN, a_task, a_walked_cart
from tests.fakes.returning import VASE, BenchFloor, shipped
from tests.screens.benches import returns_bench
from tests.screens.floor import NOW_UTC, a_bench, a_board, a_station, an_exception, iso
from tests.screens.picker import WORDS, Picker, a_handset, a_picker, anna

BIN = "L.A-12-03-2"


def text(picker: Picker, value: str) -> ft.Text:
    return picker.window.find(ft.Text, value=value)


@pytest.mark.parametrize(("width", "height"), [(320, 480), (360, 640)])
async def test_the_bars_title_takes_two_lines_where_one_is_too_narrow(width: int, height: int) -> None:
    handset = a_handset(worker=anna(language="de"), rows=(missed(),))
    picker = await handset.window(width=width, height=height)
    await picker.scan("W.anna", "1234", BIN)
    title = text(picker, "Noch einmal bringen")
    assert title.max_lines == 2
    assert lines_in("Noch einmal bringen", title.size or 0, width - 12 - 16 - 64 - 66 - 50) <= 2


def cut_keys(picker: Picker, width: int) -> list[str]:
    """Words of the keys at the foot of the screen that are wider than their key."""
    rows = [row for row in picker.window.controls() if isinstance(row, ft.Row)]
    keys = [row for row in rows if row.controls and all(isinstance(one, ft.Button) for one in row.controls)]
    cut = []
    for row in keys:
        room = (width - 2 * 12 - (len(row.controls) - 1) * row.spacing) / len(row.controls)
        for said in texts_in(row):
            lines = str(said.value).split("\n") if said.no_wrap else str(said.value).split()
            cut += [line for line in lines if width_dp(line, said.size or 0) > room]
    return cut


@pytest.mark.parametrize("width", [320, 360])
async def test_no_key_of_a_stop_is_cut_in_german(width: int) -> None:
    handset = a_handset(a_task(), worker=anna(language="de"))
    picker = await handset.window(width=width, height=480)
    await picker.scan("W.anna", "1234", "X.GETWORK")
    shown = text(picker, "Rück-\ngängig")
    assert shown.semantics_label == "Rückgängig"
    assert cut_keys(picker, width) == []


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("width", [320, 360])
async def test_no_key_of_the_returns_bench_is_cut(width: int, language: str) -> None:
    picker = await returns_bench(BenchFloor(shipped(VASE)), language=language).window(width=width, height=480)
    await picker.scan("W.robin", "1234")
    assert cut_keys(picker, width) == []
    await picker.scan("R.20418")
    assert cut_keys(picker, width) == []


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_is_to_be_put_right_is_said_whole_in_the_narrowest_window(language: str) -> None:
    look = Look(words=WORDS[language], width=320, height=480)
    for remedy in Remedy:
        said = look.say(f"remedy.{remedy}")
        row = choice_button(
            look,
            key="one",
            icon=ft.Icons.BUILD_CIRCLE,
            text=said,
            detail="A-12-03-2",
            on_click=lambda: None,
            trailing=look.code("12", size=NAME),
        )
        (shown,) = (one for one in texts_in(row) if one.value == said)
        beside = 2 * GAP + 2 * 16 + 32 + 2 * 14 + width_dp("12", NAME)
        assert lines_in(said, shown.size or 0, 320 - beside) == 1


@pytest.mark.parametrize("language", ["en", "de", PSEUDO])
@pytest.mark.parametrize(("width", "height"), [(320, 480), (360, 640)])
@pytest.mark.parametrize("why", [Sentence("enrolment.contradicts"), Sentence("enrolment.damaged", {"count": 1234})])
def test_why_a_new_code_is_needed_is_said_whole(why: Sentence, width: int, height: int, language: str) -> None:
    look = Look(words=WORDS[language], width=width, height=height)
    said = look.words.text(why)
    (shown,) = (one for one in texts_in(empty_state(look, ft.Icons.KEY, said, crowded=True)) if one.value == said)
    assert lines_in(said, shown.size or 0, width - 2 * GAP) <= (shown.max_lines or 0)


@pytest.mark.parametrize("language", ["en", "de"])
def test_how_the_store_is_reached_is_said_whole_in_the_narrowest_window(language: str) -> None:
    beside = 2 * GAP + 2 * SECTION_PAD + 8 + 20 + 6 + 12  # the card, and the icon of the pill
    for link in Link:
        said = WORDS[language].say(f"lamp.{link}", since="23:59")
        assert width_dp(said, SMALL) <= 320 - beside, said


async def test_the_reason_for_which_facts_were_set_aside_is_read_whole_in_the_narrowest_window() -> None:
    reason = "version 4 of pick.unit_picked: newer than the 3 that is known here"
    said = {"station_id": "K1", "seq": "4711", "last_seq": "4893", "count": "120", "reason": reason}
    bench = a_bench()
    sue = await bench.signed_in(width=320, height=480)
    await bench.post(sue, a_board(exceptions=[an_exception("quarantined_fact", addressee="supervisor", facts=said)]))
    (shown,) = (one for one in sue.window.controls() if isinstance(one, ft.Text) and reason in str(one.value))
    beside = 2 * GAP + 2 * SECTION_PAD + CAP_DP + 12
    assert lines_in(str(shown.value), shown.size or 0, 320 - beside) <= (shown.max_lines or 0)


@pytest.mark.parametrize(("width", "beside"), [(320, False), (360, True)])
async def test_in_the_narrowest_window_what_a_station_is_stands_above_what_is_wrong_with_it(
    width: int, beside: bool
) -> None:
    bench = a_bench()
    sue = await bench.signed_in(width=width, height=640)
    await bench.post(sue, a_board(stations=[a_station("K2", revoked_at_utc=iso(NOW_UTC))]))
    rows = [[str(one.value) for one in texts_in(row)] for row in sue.window.controls() if isinstance(row, ft.Row)]
    assert ["revoked"] in rows
    assert (["Handset", "revoked"] in rows) == beside


async def test_in_the_hand_the_room_is_the_totes() -> None:
    _, picker = await a_picker(a_task())
    assert picker.sees("SKU socks")
    await picker.scan(BIN, SOCKS_EAN)
    assert not picker.sees("SKU socks")
    assert picker.sees("Merino socks, grey 42")


async def test_the_totes_of_a_whole_cart_stand_two_beside_each_other() -> None:
    tasks, cart = a_walked_cart(("A1", "A2", "A3", "B1", "B2"), quantity_each=1)
    _, picker = await a_picker(*tasks, rows=cart)
    rows = [[str(one.value) for one in texts_in(row)] for row in picker.window.controls() if isinstance(row, ft.Row)]
    assert ["A 1", "001", "1 unit", "A 2", "002", "1 unit"] in rows
    assert ["B 2", "005", "1 unit"] in rows


def texts_in(control: object) -> list[ft.Text]:
    if isinstance(control, ft.Text):
        return [control]
    inside = [getattr(control, "content", None), *(getattr(control, "controls", None) or ())]
    return [text for one in inside if one is not None for text in texts_in(one)]


async def test_what_is_to_be_put_right_names_its_tote_or_else_its_thing() -> None:
    nowhere = replace(missed(2), facts={"product_id": "gloves", "quantity_each": "1"})
    handset = a_handset(rows=(Tote(tote_id="017"), put_back(tote_id="017"), nowhere))
    picker = await handset.window()
    await picker.scan("W.anna", "1234")
    assert picker.sees("Tote 017")
    assert picker.sees("Work gloves, 9")


# What stands around the content: bar and progress, margins, strip, buttons.
AROUND_DP = {480: 56 + 8 + 8 + 92 + 68, 640: 56 + 8 + 16 + 112 + 84}


@pytest.mark.parametrize(("width", "height"), [(320, 480), (360, 640)])
def test_the_keypad_stands_between_bar_and_strip_and_its_number_is_whole(width: int, height: int) -> None:
    look = Look(words=WORDS["de"], width=width, height=height)
    pad = quantity_pad(look, Pad(on_ok=lambda _: None, digits="7"), lambda _: None, of=12)
    assert isinstance(pad, ft.Column)
    shown, *rows = pad.controls
    (number,) = (one for one in texts_in(shown) if one.value == "7")
    keys = [key for row in rows if isinstance(row, ft.Row) for key in row.controls if isinstance(key, ft.Button)]
    places = [one.height for one in boxes_in(shown) if one.height]
    assert (number.size or 0) * 1.4 <= min(places)
    assert max(places) + 4 * (max(key.height or 0 for key in keys) + pad.spacing) <= height - AROUND_DP[height]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("kind", [Kind.IN_ALL, Kind.CHECK_DIGITS, Kind.QUANTITY])
def test_in_a_narrow_window_the_keypads_number_stands_whole_beside_what_it_is(kind: Kind, language: str) -> None:
    look = Look(words=WORDS[language], width=320, height=480)
    pad = quantity_pad(look, Pad(on_ok=lambda _: None, digits="120", kind=kind), lambda _: None, of=240)
    assert isinstance(pad, ft.Column)
    room = 3 * (320 - 4 * GAP) / 3 + 2 * GAP - 2 * 14
    shown = texts_in(pad.controls[0])
    assert len(shown) == 3
    assert sum(width_dp(str(one.value), one.size or 0) for one in shown) + 12 + 10 <= room


def boxes_in(control: object) -> list[ft.Container | ft.Row]:
    inside = [getattr(control, "content", None), *(getattr(control, "controls", None) or ())]
    within = [box for one in inside if one is not None for box in boxes_in(one)]
    return [control, *within] if isinstance(control, ft.Container | ft.Row) else within
