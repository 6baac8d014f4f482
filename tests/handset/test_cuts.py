"""The power goes while a handset scans in Chromium.

Needs a C compiler: without one it is left out, and says so; where `CI=true` that is a failure.
"""

from __future__ import annotations

import os

import pytest

from tests.handset.cuts import cut
from tests.power.cuts import compiler

CUTS = 20


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_every_scan_that_a_browser_said_was_good_is_there_when_the_power_is_back() -> None:
    if compiler() is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no C compiler on this machine, and CI must not leave the power cuts out")
        pytest.skip("NO POWER CUTS WERE TRIED: no C compiler on this machine; install gcc and libc6-dev")
    found = cut(CUTS, seed=3, deeds=200)
    assert (found["lost"], found["broken"]) == (0, 0), found["examples"]
    assert (found["cuts"], found["starts"]) == (CUTS, 2 * CUTS)
    assert found["acknowledged"] > 1_000
