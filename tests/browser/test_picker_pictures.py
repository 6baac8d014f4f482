"""The picker's screens in Chromium at their size: three themes, long words, and German."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import pytest

from app.domain.picking import PickState
from app.domain.picklists import PicklistState
from app.domain.scan import Scan, Symbology
from tests.browser.album import THINGS, TOTES, an_album
from tests.browser.chromium import FAKE_CAMERA
from tests.fakes.discrepancies import put_back, recount
from tests.fakes.picking import (
    CASE_EAN,
    GLOVES,
    GLOVES_EAN,
    MILK_EAN,
    PHONE,
    PHONE_EAN,
    SOCKS_EAN,
    a_list,
    a_lot_task,
    a_task,
    a_walked_cart,
)
from tests.screens.picker import a_handset, anna

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

BIN, SECOND, THIRD = "L.A-12-03-2", "L.A-13-01-1", "L.A-14-09-3"
PHONE_NO_1 = f"]C101{PHONE_EAN.zfill(14)}21SN-88412"


async def test_the_door_is_readable_also_after_a_wrong_pin() -> None:
    async with an_album(a_handset()) as album:
        await album.shown("1-door", "Scan your badge")
        await album.scan("W.nobody")
        await album.shown("1-door-unknown", "This badge is not known")
        await album.scan("W.anna")
        await album.shown("2-pin", "Type your PIN, then OK", narrow=True)
        await album.scan("9999")
        await album.shown("2-pin-wrong", "4 tries are left", narrow=True)
        await album.scan(*(["9999"] * 4))
        await album.shown("2-pin-locked", "locked for 5 minutes", narrow=True)
    assert album.outside == []


async def test_a_list_is_readable_at_arms_length_in_every_theme_and_in_long_words() -> None:
    tasks = (
        a_task(1, quantity_each=3),
        a_task(2, order_id="O-2", quantity_each=2),
        a_lot_task(3, place=SECOND[2:], quantity_each=2),
        a_task(4, product=PHONE, place=THIRD[2:], quantity_each=2, order_id="O-2"),
        a_task(5, product=GLOVES, place=THIRD[2:]),
    )
    handset = a_handset(*tasks, rows=(*THINGS, *TOTES, recount(), replace(put_back(), discrepancy_id="D-2")))
    async with an_album(handset) as album:
        shown, scan, press = album.shown, album.scan, album.press
        await scan("W.anna", "1234")
        await shown("3-work", "Scan GET WORK")
        await scan("X.GETWORK")
        await shown("4-bin", "Scan the bin", narrow=True)
        await scan("L.A-12-04-1")
        await shown("5-wrong-bin", "That is A-12-04-1")
        await scan(BIN)
        await shown("5-item", "Scan the item")
        await scan(GLOVES_EAN)
        await shown("5-wrong-item", "That is for A-14-09-3")
        await scan(SOCKS_EAN, CASE_EAN)
        await shown("5-case", "Open it, scan one")
        await scan(SOCKS_EAN, SOCKS_EAN)
        await shown("6-tote", "Scan a free tote for A1", narrow=True)
        await scan(SOCKS_EAN)
        await shown("6-enough", "3 are enough")
        await scan("T.040")
        await shown("6-next-order", "Stay here, next order")
        await scan(SOCKS_EAN, "X.D.9", "X.OK")
        await shown("6-number-wrong", "you typed 9")
        await scan(SOCKS_EAN, "T.040")
        await shown("6-wrong-tote", "That is tote A1 (040)", narrow=True)
        await scan("T.017")
        await shown("4-next-bin", "Go to A-13-01-1")
        await scan("X.SKIP")
        await shown("4-skipped", "Go to A-14-09-3")
        await scan("X.UNDO")
        await shown("4-undone", "Taken back")
        await press("Short")
        await shown("7-short", "Out of reach?", narrow=True)
        await press("Back")
        await scan(SECOND)
        await press("Short")
        await shown("7-short-at-the-bin", "What is wrong here?", narrow=True)
        await press("Back")
        await shown("5-lot", "lot L2409", narrow=True)
        await press("Number")
        await shown("8-keys", "Type how many in all", narrow=True)
        await scan(MILK_EAN)
        await shown("5-lot-wanted", "Now its lot code")
        await scan(f"]C101{MILK_EAN.zfill(14)}10L2310")
        await shown("5-wrong-lot", "That is lot L2310")
        await scan(*[f"]C101{MILK_EAN.zfill(14)}10L2409"] * 2)
        await shown("6-tote-chosen", "Tote 040", narrow=True)
        await scan("X.FINISH")
        await shown("6-tote-full", "040 is full")
        await scan("T.039", THIRD, PHONE_EAN)
        await shown("5-serial", "Now its serial number")
        await scan(PHONE_NO_1, PHONE_NO_1)
        await shown("5-serial-again", "was scanned before", narrow=True)
        await scan("X.SHORT.NONE")
        await shown("6-short", "Scan tote B2")
        await scan("T.017", THIRD, "X.SHORT.NONE")
        await shown("9-all-done", "Scan FINISH", narrow=True)
    assert album.outside == []


async def test_six_totes_stand_at_the_end_of_a_walk_and_none_is_out_of_sight() -> None:
    tasks, rows = a_walked_cart(("A1", "A2", "A3", "B1", "B2", "B3"), quantity_each=12)
    async with an_album(a_handset(*tasks, rows=tuple(rows))) as album:
        await album.scan("W.anna", "1234", "X.GETWORK")
        await album.shown("9-six-totes", "Scan FINISH", narrow=True)
    assert album.outside == []


async def test_a_list_of_a_colleague_and_one_of_another_station_are_told_apart_from_ones_own() -> None:
    ben = replace(anna(), worker_id="W-ben", name="Benedikta", badge="ben")
    theirs = a_list(2, state=PicklistState.PAUSED, worker_id="W-ben")
    new = a_list(9, picklist_id="P-7K3M9Q2A5X", zone="B", worker_id="W-ben")
    tasks = (a_task(1, state=PickState.PLACED, picked_each=1, placed_each=1), a_task(2))
    handset = a_handset(*tasks, rows=(ben, theirs, new))
    handset.store.answers["get_work"] = {"elsewhere": ["P-W0DX4RHG8M"]}
    async with an_album(handset) as album:
        await album.scan("W.anna", "1234", "X.GETWORK")
        await album.shown("3-elsewhere", "P-W0DX4RHG8M is elsewhere", narrow=True, scrolls=True)
        await album.press(re.compile("P-1042"))
        await album.shown("3-left-here", "P-1042 is Benedikta's", narrow=True, scrolls=True)
    assert album.outside == []


async def test_away_from_the_store_what_is_owed_is_on_every_screen() -> None:
    handset = a_handset(a_task(quantity_each=12), rows=THINGS)
    async with an_album(handset) as album:
        await album.scan("W.anna", "1234")
        handset.store.away = True
        await album.scan("X.GETWORK")
        await album.shown("4-offline", "The store is away", narrow=True)
        await album.scan(BIN, *[SOCKS_EAN] * 11)
        await album.shown("5-offline-owed", "11 of 12")
        await album.scan("X.SIGNOUT")
        await album.shown("1-door-offline", "Scan your badge")
    assert album.outside == []


class SeesNothing:
    """A reader before whose camera no code lies."""

    async def read(
        self, picture: bytes, *, expected: frozenset[Symbology] | None = None, expected_text: str | None = None
    ) -> list[Scan]:
        return []


@pytest.mark.parametrize(
    ("name", "extra", "seen"),
    [
        ("c-looking", FAKE_CAMERA, "Hold the code in the frame"),
        ("c-missing", (), "No camera here"),
    ],
)
async def test_the_camera_says_what_it_looks_for(name: str, extra: Sequence[str], seen: str) -> None:
    handset = a_handset(a_lot_task(quantity_each=2), rows=(*THINGS, *TOTES), reader=SeesNothing())
    async with an_album(handset, extra=extra) as album:
        await album.scan("W.anna", "1234", "X.GETWORK", BIN)
        await album.shown(f"{name}-button", "Scan the item", narrow=True)
        await album.press("Camera")
        await album.shown(name, seen, narrow=True)
    assert album.outside == []
