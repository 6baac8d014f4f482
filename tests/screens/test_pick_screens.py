"""The picker's screens: a whole list by scans alone, and what a finger may do instead."""

from __future__ import annotations

import flet as ft
import pytest

from app.domain.picking import PickState, PickTask
from app.domain.picklists import Picklist, PicklistState
from app.domain.workers import ScanRefused
from app.errors import DiskFull
from app.ports import Tone
from screens.theme import ThemeName
from tests.fakes.discrepancies import missed, put_back, recount
from tests.fakes.picking import LIST, SOCKS_EAN, a_list, a_task
from tests.screens.picker import WORDS, Handset, Picker, a_handset, a_picker, anna

BIN = "L.A-12-03-2"


def misses(handset: Handset) -> list[str]:
    return [fact.reason for fact in handset.ledger.facts if isinstance(fact, ScanRefused)]


def buttons(picker: Picker) -> set[str]:
    return {str(control.key) for control in picker.window.controls() if isinstance(control, ft.Button)}


async def test_a_whole_list_is_walked_without_touching_the_screen() -> None:
    handset = a_handset(a_task(1, quantity_each=2), a_task(2, place="A-13-01-1"))
    picker = await handset.window()
    assert picker.sees("Scan your badge")
    await picker.scan("W.anna")
    assert picker.sees("Type your PIN, then OK")
    await picker.scan("X.D.1", "X.D.2", "X.D.3", "X.D.4", "X.OK")
    assert picker.sees("Scan GET WORK")
    await picker.scan("X.GETWORK")
    assert picker.sees("Scan the bin")
    await picker.scan(BIN, SOCKS_EAN)
    assert picker.sees("1 of 2")
    await picker.scan(SOCKS_EAN, "T.T-1")
    assert picker.sees("aisle 13, bay 1, level 1")
    await picker.scan("L.A-13-01-1", SOCKS_EAN, "T.T-1")
    assert picker.sees("All stops done")
    await picker.scan("X.FINISH")
    picklist = handset.ledger.get(Picklist, LIST)
    assert picklist is not None
    assert picklist.state is PicklistState.PICKED
    assert picker.tones.heard[-1] is Tone.LIST_DONE


async def test_the_place_stands_there_as_people_say_it() -> None:
    _, picker = await a_picker(a_task())
    texts = picker.texts()
    at = texts.index("A-12")
    assert texts[at : at + 3] == ["A-12", "03", "2"]
    assert picker.sees("Zone A")
    assert picker.sees("Merino socks, grey 42")


async def test_a_wrong_bin_stays_on_the_screen_until_the_right_one() -> None:
    handset, picker = await a_picker(a_task())
    await picker.scan("L.A-12-04-1")
    assert picker.sees("That is A-12-04-1. Go to A-12-03-2.")
    assert (picker.strip(), picker.tones.heard[-1]) == ("wrong", Tone.WRONG)
    picker.seat.redraw()
    await picker.window.settle()
    assert picker.strip() == "wrong"
    await picker.scan(BIN)
    assert (picker.strip(), picker.tones.heard[-1]) == ("go", Tone.GOOD)
    assert handset.ledger.get(PickTask, "T-1") == a_task(state=PickState.AT_LOCATION)


async def test_a_short_is_two_taps_with_big_answers() -> None:
    handset, picker = await a_picker(a_task(1), a_task(2, place="A-13-01-1"))
    await picker.scan(BIN)
    await picker.tap("pick.short")
    assert {"short-none", "short-fewer", "short-damaged", "short-wrong_item", "short-out_of_reach"} <= buttons(picker)
    await picker.tap("short-none")
    task = handset.ledger.get(PickTask, "T-1")
    assert task is not None
    assert task.state is PickState.SHORT
    assert picker.strip() == "short"


async def test_a_scan_answers_the_question_why_it_is_short_too() -> None:
    handset, picker = await a_picker(a_task(1), a_task(2, place="A-13-01-1"))
    await picker.scan(BIN)
    await picker.tap("pick.short")
    await picker.scan("X.SHORT.DAMAGED")
    assert picker.sees("aisle 13, bay 1, level 1")
    assert getattr(handset.ledger.facts[-1], "reason", None) == "damaged"


async def test_skip_and_undo_are_one_tap_each() -> None:
    _, picker = await a_picker(a_task(1), a_task(2, place="A-13-01-1"))
    await picker.tap("pick.skip")
    assert picker.sees("aisle 13, bay 1, level 1")
    await picker.tap("pick.undo")
    assert picker.sees("aisle 12, bay 3, level 2")


async def test_what_was_refused_does_not_stand_over_what_the_keys_ask_for() -> None:
    _, picker = await a_picker(a_task(quantity_each=12))
    await picker.scan("T.T-1")
    assert picker.strip() == "wrong"
    await picker.tap("pick.keys")
    assert picker.strip() == "waiting"


async def test_many_units_are_typed_on_the_keypad_that_begins_empty() -> None:
    handset, picker = await a_picker(a_task(quantity_each=12))
    await picker.scan(BIN, SOCKS_EAN)
    await picker.tap("pick.keys")
    assert picker.sees("/ 12")
    assert picker.sees("Type how many in all")
    assert picker.sees("How many in all?")
    assert not any(text.strip() == "12" for text in picker.texts())
    for key in ("pad-1", "pad-2", "pad-ok"):
        await picker.tap(key)
    task = handset.ledger.get(PickTask, "T-1")
    assert task is not None
    assert task.picked_each == 12
    assert "pad-1" not in buttons(picker)


async def test_a_scan_while_the_keypad_is_open_counts() -> None:
    handset, picker = await a_picker(a_task(quantity_each=3))
    await picker.scan(BIN)
    await picker.tap("pick.keys")
    await picker.scan(SOCKS_EAN)
    task = handset.ledger.get(PickTask, "T-1")
    assert task is not None
    assert task.picked_each == 1


async def test_back_takes_back_what_was_typed_first_and_then_leads_out_of_the_walk() -> None:
    handset, picker = await a_picker(a_task(1, quantity_each=4), rows=(recount(),))
    await picker.scan("X.D.3", "X.BACK", BIN)
    assert picker.sees("item")
    await picker.scan("X.BACK")
    assert picker.sees("Scan GET WORK")
    await picker.scan(BIN)
    assert picker.sees("Count again")
    await picker.scan("X.BACK", "X.GETWORK")
    assert picker.sees("Scan the item")
    assert [fact.kind for fact in handset.ledger.facts if "unit" in fact.kind] == []


async def test_a_reload_comes_back_to_the_same_unit_of_the_same_stop() -> None:
    handset, picker = await a_picker(a_task(quantity_each=3))
    await picker.scan(BIN, SOCKS_EAN)
    again = await handset.window()
    assert again.sees("item 1/3")
    await again.scan(SOCKS_EAN)
    assert again.sees("2 of 3")


async def test_a_list_that_goes_to_somebody_else_leaves_a_calm_sentence() -> None:
    handset, picker = await a_picker(a_task())
    handset.ledger.receive(a_list(1, station_id="K4", epoch=2))
    picker.seat.redraw()
    await picker.window.settle()
    assert picker.sees("That list went to somebody else.")
    await picker.scan(BIN)
    assert not [fact for fact in handset.ledger.facts if fact.kind.startswith("pick.")]
    handset.store.answers["get_work"] = {}
    await picker.tap("work.get")
    assert picker.sees("No work right now")


async def test_a_station_that_is_full_says_so_and_shows_nothing_good() -> None:
    handset, picker = await a_picker(a_task())
    handset.clock.advance(s=120)
    handset.ledger.trouble = DiskFull()
    await picker.scan(BIN)
    assert picker.sees("This station is full. Stop, call the supervisor.")
    assert (picker.strip(), picker.tones.heard[-1]) == ("wrong", Tone.NEEDS_PERSON)
    again = await handset.window()
    assert again.sees("aisle 12, bay 3, level 2")


async def test_with_the_store_away_the_leased_list_is_walked() -> None:
    handset = a_handset(a_task())
    handset.store.away = True
    picker = await handset.window()
    await picker.scan("W.anna", "1234", "X.GETWORK")
    assert picker.sees("The store is away. You go on with what is here.")
    await picker.scan(BIN)
    assert picker.sees("Scan the item")


async def test_with_the_store_away_and_nothing_leased_the_screen_says_so() -> None:
    handset = a_handset()
    handset.store.away = True
    picker = await handset.window()
    await picker.scan("W.anna", "1234", "X.GETWORK")
    assert picker.sees("The store is away, and nothing is left here")
    handset.store.away = False
    picker.seat.redraw()
    await picker.window.settle()
    assert not picker.sees("The store is away, and nothing is left here")
    assert picker.sees("Scan GET WORK")


async def test_a_list_left_at_another_station_is_taken_over_by_ok() -> None:
    handset = a_handset()
    handset.store.answers["get_work"] = {"picklist_ids": [], "current": None, "elsewhere": [LIST]}
    picker = await handset.window()
    await picker.scan("W.anna", "1234", "X.GETWORK")
    assert picker.sees("P-1042 is elsewhere. OK takes it over.")
    handset.store.answers["get_work"] = {"picklist_ids": [LIST], "current": LIST, "elsewhere": []}
    handset.store.on_pull = lambda: handset.ledger.receive(a_list(1, state=PicklistState.PAUSED), a_task())
    await picker.scan("X.OK")
    assert picker.sees("aisle 12, bay 3, level 2")
    assert not picker.sees("OK takes it over")


async def test_get_work_at_the_end_of_a_walk_finishes_it_too() -> None:
    handset, picker = await a_picker(a_task())
    handset.store.answers["get_work"] = {}
    await picker.scan(BIN, SOCKS_EAN, "T.T-1", "X.GETWORK")
    picklist = handset.ledger.get(Picklist, LIST)
    assert picklist is not None
    assert picklist.state is PicklistState.PICKED
    assert picker.sees("No work right now")


async def test_what_is_to_be_put_right_is_shown_between_lists() -> None:
    handset = a_handset(rows=(recount(),))
    picker = await handset.window()
    await picker.scan("W.anna", "1234")
    await picker.tap("remedy-D-1")
    assert picker.sees("Something was missing here.")
    await picker.scan(BIN)
    assert picker.sees("A-12-03-2")
    assert picker.sees("Merino socks, grey 42")
    await picker.scan("X.D.4", "X.OK")
    assert getattr(handset.ledger.facts[-1], "quantity_each", None) == 4
    assert picker.sees("Scan GET WORK")


async def test_scanning_the_bin_of_what_is_to_be_put_right_begins_it() -> None:
    handset = a_handset(rows=(recount(),))
    picker = await handset.window()
    await picker.scan("W.anna", "1234", BIN, "X.D.4", "X.OK")
    assert getattr(handset.ledger.facts[-1], "quantity_each", None) == 4


async def test_bringing_what_packing_misses_begins_at_the_tote_or_the_bin_and_says_where_to_fetch_it() -> None:
    for begun_by, asked in (("T.T-1", "Scan the bin A-12-03-2"), (BIN, "Scan the item")):
        handset = a_handset(rows=(missed(),))
        picker = await handset.window()
        await picker.scan("W.anna", "1234", begun_by)
        assert picker.sees("Bring once more")
        assert picker.sees(asked)
        assert (picker.strip() == "wrong", misses(handset)) == (False, [])
        assert picker.texts().count("A-12") == 1


async def test_the_bin_of_units_in_a_hand_opens_their_remedy_and_is_no_miss() -> None:
    handset = a_handset(rows=(put_back(tote_id=""),))
    picker = await handset.window()
    await picker.scan("W.anna", "1234", BIN)
    assert picker.sees("Scan the item")
    assert (picker.strip() == "wrong", misses(handset)) == (False, [])
    await picker.scan(SOCKS_EAN, SOCKS_EAN, BIN)
    assert getattr(handset.ledger.facts[-1], "how", "") == "put_back"


async def test_units_in_a_closed_carton_are_put_back_from_that_carton() -> None:
    handset = a_handset(rows=(put_back(tote_id="", carton="2"),))
    picker = await handset.window()
    await picker.scan("W.anna", "1234", BIN)
    assert picker.sees("Carton 2")


@pytest.mark.parametrize("code", ["X.OK", "X.D.1", "X.A.1", "1"])
async def test_what_has_no_tote_and_no_bin_is_begun_by_ok_or_by_its_number(code: str) -> None:
    handset = a_handset(rows=(missed(tote_id="", location_id=""),))
    picker = await handset.window()
    await picker.scan("W.anna", "1234", code)
    assert picker.sees("Packing misses this.")
    await picker.scan("L.A-12-03-2", SOCKS_EAN, "X.OK")
    assert getattr(handset.ledger.facts[-1], "how", "") == "brought"


async def test_the_second_thing_to_put_right_is_begun_by_its_number_and_there_is_no_third() -> None:
    handset = a_handset(rows=(recount(), missed(number=2)))
    picker = await handset.window()
    await picker.scan("W.anna", "1234", "X.D.3")
    assert picker.strip() == "wrong"
    await picker.scan("X.D.2")
    assert picker.sees("Packing misses this.")


@pytest.mark.parametrize("theme", list(ThemeName))
@pytest.mark.parametrize("language", ["en", "de", "qps"])
async def test_every_face_is_drawn_in_every_theme_and_language(theme: ThemeName, language: str) -> None:
    handset = a_handset(a_task(quantity_each=2), a_task(2, place="A-13-01-1"), worker=anna(language=language))
    handset.theme, handset.language = theme, language
    picker = await handset.window()
    trouble = WORDS[language].say("shell.trouble")
    for codes in (("W.anna",), ("1234",), ("X.GETWORK",), (BIN,), (SOCKS_EAN, SOCKS_EAN), ("T.T-1",)):
        await picker.scan(*codes)
        assert not picker.sees(trouble)
        missing = [text for text in picker.texts() if text.startswith(("pick.", "work.", "sign_in.", "home."))]
        assert not missing
