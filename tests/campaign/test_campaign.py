"""Whatever is cut and killed: what was acknowledged is held, once and in order, and the stock adds up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.campaign.campaign import campaign
from tests.campaign.databases import ENGINES
from tests.campaign.size import SHORT, SMALL
from tests.campaign.trouble import Troubles

# It ends by itself long before; a machine that does something else as well takes its time.
pytestmark = pytest.mark.timeout(400)
STATIONS_DIE = Troubles(stations=5, stores=0, databases=0, darks=0, shuts=0)


@pytest.mark.parametrize("engine", ENGINES)
async def test_nothing_that_was_acknowledged_is_lost_and_nothing_counts_twice(engine: str, tmp_path: Path) -> None:
    report = await campaign(engine, 7, SHORT, tmp_path)

    assert report.verdict.lost == []
    assert report.verdict.doubled == []
    assert report.verdict.wrong == []
    assert report.verdict.acknowledged >= SHORT.facts
    assert report.kills["stations"] >= SHORT.troubles.stations
    assert report.kills["store"] > SHORT.troubles.stores
    assert sum(report.cuts.values()) > 10


# `make campaign` tries every fault that can be planted.
async def test_a_station_that_beeps_before_its_commit_is_found_out(tmp_path: Path) -> None:
    report = await campaign("sqlite", 3, replace(SMALL, troubles=STATIONS_DIE), tmp_path, planted="early_tone")

    assert report.verdict.lost
