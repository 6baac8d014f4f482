"""`make failover`: three dead primaries in one shift, and the same without waiting for standbys, which loses facts.

One line of JSON. `asynchronous_lost` is the planted fault: it shows that a loss would be seen.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.failover.a_cluster import a_cluster
from tests.failover.a_failover import Figures, shift

FAILOVERS = 3


def run(failovers: int, *, synchronous: bool) -> Figures:
    with tempfile.TemporaryDirectory() as folder, a_cluster(synchronous=synchronous) as cluster:
        return asyncio.run(shift(Path(folder), cluster, failovers=failovers))


def main() -> int:
    figures = run(FAILOVERS, synchronous=True)
    careless = run(1, synchronous=False)
    ok = (figures.lost, figures.doubled) == (0, 0) and careless.lost > 0
    said = {"claim": "failover", **asdict(figures), "asynchronous_lost": careless.lost, "ok": ok}
    print(json.dumps(said))
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
