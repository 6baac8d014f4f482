"""The picker's screens in Chromium at their size, in three themes and in long words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.browser.gallery import a_window, pictures
from tests.fakes.discrepancies import put_back, recount
from tests.fakes.picking import GLOVES, MILK_EAN, SOCKS, SOCKS_EAN, a_lot_task, a_task
from tests.screens.picker import a_handset

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

HANDSET = ((360, 640),)
BIN, SECOND = "L.A-12-03-2", "L.A-13-01-1"


async def test_a_list_is_readable_at_arms_length_in_every_theme_and_in_long_words() -> None:
    pictured = (replace(SOCKS, picture="socks#5b6f95"), replace(GLOVES, picture="gloves#b8443c"))
    tasks = (a_task(1, quantity_each=3), a_task(2, order_id="O-2", quantity_each=2), a_lot_task(3, place=SECOND[2:]))
    returned = replace(put_back(), discrepancy_id="D-2")
    handset = a_handset(*tasks, rows=(*pictured, recount(), returned))
    async with a_window(handset.station) as (anna, seats):

        async def shown(name: str, text: str) -> None:
            await anna.sees(text)
            assert await pictures(anna, seats[-1], f"pick-{name}", HANDSET) == []

        await shown("1-door", "Scan your badge")
        await anna.scan("W.anna")
        await shown("2-pin", "Type your PIN, then OK")
        await anna.scan("1234")
        await shown("3-work", "Scan GET WORK")
        await anna.scan("X.BACK")
        await anna.scan(BIN)
        await shown("3-recount", "Type how many lie there")
        await anna.scan("X.BACK")
        await anna.scan("T.T-1")
        await shown("3-put-back", "Scan the item")
        await anna.scan("X.BACK")
        await anna.scan("X.GETWORK")
        await shown("4-bin", "Scan the bin")
        await anna.scan("L.A-12-04-1")
        await shown("5-wrong-bin", "That is A-12-04-1")
        for code in (BIN, SOCKS_EAN, SOCKS_EAN, SOCKS_EAN):
            await anna.scan(code)
        await shown("6-tote", "Scan tote A1")
        await anna.scan("T.T-1")
        await anna.press("Short")
        await shown("7-short", "What is wrong here?")
        await anna.scan("X.SHORT.FEWER")
        await anna.scan(SECOND)
        await anna.press("Keys")
        await shown("8-keys", "Type the number")
        for code in (f"]C101{MILK_EAN.zfill(14)}10L2409", "T.T-1"):
            await anna.scan(code)
        await shown("9-all-done", "Scan FINISH")
