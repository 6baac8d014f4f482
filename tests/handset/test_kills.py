"""The whole browser is killed while a handset scans."""

from __future__ import annotations

import pytest

from tests.handset.kills import kill

KILLS = 3


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_every_scan_that_was_acknowledged_is_there_after_the_browser_was_killed() -> None:
    report = kill(KILLS, seed=3)
    assert report.good, report
    assert report.kills == KILLS
    assert report.flushes >= report.commits > 0
