"""What a picker puts right between two lists, in Chromium: three themes, long words, and German."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.browser.album import THINGS, an_album
from tests.fakes.discrepancies import missed, put_back, recount
from tests.fakes.picking import GLOVES_EAN, MILK_EAN
from tests.screens.picker import a_handset

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

BIN, SECOND = "L.A-12-03-2", "L.A-13-01-1"


async def test_what_is_to_be_put_right_is_readable_step_by_step() -> None:
    back = replace(put_back(product_id="milk", lot="L2409"), discrepancy_id="D-2")
    bring = missed(3, product_id="gloves", quantity_each="12")
    bring_anywhere = missed(4, tote_id="", location_id="")
    lot = replace(recount(product_id="milk", lot="L2409", location_id=SECOND[2:]), discrepancy_id="D-5")
    handset = a_handset(rows=(*THINGS, recount(), back, bring, bring_anywhere, lot))
    async with an_album(handset) as album:
        shown, scan = album.shown, album.scan
        await scan("W.anna", "1234")
        await shown("r-work", "Count again", narrow=True, scrolls=True)
        await scan("X.D.2")
        await shown("r-put-back-tote", "Scan tote T-1", narrow=True)
        await scan("T.T-2")
        await shown("r-put-back-wrong-tote", "That is tote T-2")
        await scan("T.T-1")
        await shown("r-put-back-item", "Scan the item", narrow=True)
        await scan(*[f"]C101{MILK_EAN.zfill(14)}10L2409"] * 2)
        await shown("r-put-back-bin", "Scan the bin A-12-03-2", narrow=True)
        await scan("X.BACK", "X.D.3")
        await shown("r-bring-bin", "Packing misses this")
        await scan(BIN)
        await shown("r-bring-item", "Scan the item")
        await scan(*[GLOVES_EAN] * 12)
        await shown("r-bring-confirm", "into tote T-1", narrow=True)
        await scan("X.BACK", "X.D.4")
        await shown("r-bring-any-bin", "Scan the bin")
        await scan("X.BACK", "X.D.1", BIN)
        await shown("r-recount", "Type how many lie there", narrow=True)
        await scan("X.D.4")
        await shown("r-recount-typed", "Type how many lie there")
        await scan("X.OK")
        await shown("r-done", "Put right. Thank you.", scrolls=True)
        await scan(SECOND)
        await shown("r-recount-lot", "Type how many of lot L2409", narrow=True)
    assert album.outside == []
