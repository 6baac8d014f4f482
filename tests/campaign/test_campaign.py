"""Whatever is cut and killed: what was acknowledged is held, once and in order, and the stock adds up."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.campaign.campaign import SHORT, Size, campaign
from tests.campaign.databases import ENGINES
from tests.campaign.planted import FAULTS
from tests.campaign.trouble import Troubles

# It ends by itself long before; a machine that does something else as well takes its time.
pytestmark = pytest.mark.timeout(400)

SMALL = Size(
    stations=2,
    facts=160,
    pause_s=0.1,
    hole_s=1.0,
    troubles=Troubles(stations=3, stores=4, databases=0, darks=0, shuts=0),
)


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


@pytest.mark.parametrize("planted", sorted(FAULTS))
async def test_a_fault_that_was_planted_is_found(planted: str, tmp_path: Path) -> None:
    try:
        report = await campaign("sqlite", 3, SMALL, tmp_path, planted=planted)
    except TimeoutError:
        return  # a station whose chain the store contradicts never sends the rest
    assert not report.verdict.clean
