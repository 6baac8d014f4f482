"""The primary dies under load, a standby takes its place: nothing acknowledged is missing, nothing is double."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.failover.a_cluster import a_cluster
from tests.failover.a_failover import shift


@pytest.mark.timeout(300)
async def test_a_primary_that_dies_while_everybody_picks_takes_no_pick_with_it(tmp_path: Path) -> None:
    with a_cluster() as cluster:
        died = cluster.primary
        figures = await shift(tmp_path, cluster, failovers=1)
        # Somebody starts the dead one as it is: it thinks that it leads, and nobody follows it.
        cluster.nodes[died].start()
        acknowledges = cluster.acknowledges(died)

    assert (figures.lost, figures.doubled) == (0, 0)
    assert figures.facts > 0
    assert not acknowledges
