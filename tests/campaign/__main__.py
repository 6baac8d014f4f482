"""`python -m tests.campaign`: the long campaign on each engine, one line of JSON for each.

Before it, small ones with a fault planted, a line for each: a campaign that cannot find anything proves nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from tests.campaign.campaign import campaign
from tests.campaign.databases import ENGINES
from tests.campaign.planted import FAULTS
from tests.campaign.size import LONG, SHORT, SMALL, Size

DRAINED_S_MAX = 10.0
SEED = 7


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.campaign", description=__doc__)
    parser.add_argument("--engine", choices=ENGINES, action="append", help="this one alone, and nothing planted")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--facts", type=int, help="another number of them")
    parser.add_argument("--short", action="store_true", help="as in `make test`")
    parser.add_argument("--keep", type=Path, help="a folder for books, databases and logs, which is not cleared")
    options = parser.parse_args()
    size = SHORT if options.short else LONG
    if options.facts:
        size = replace(size, facts=options.facts)
    missed = 0 if options.engine else max(_planted(fault, options.seed) for fault in FAULTS)
    return max(missed, *(_one(engine, options.seed, size, options.keep) for engine in options.engine or ENGINES))


def _one(engine: str, seed: int, size: Size, keep: Path | None) -> int:
    with tempfile.TemporaryDirectory(prefix="floorhand-campaign-", ignore_cleanup_errors=True) as scratch:
        report = asyncio.run(campaign(engine, seed, size, (keep or Path(scratch)) / engine))
    print(json.dumps(report.line), flush=True)
    for found in (*report.verdict.lost, *report.verdict.doubled, *report.verdict.wrong):
        print(found[:500], file=sys.stderr)
    return int(not report.verdict.clean or report.drained_s > DRAINED_S_MAX)


def _planted(fault: str, seed: int) -> int:
    with tempfile.TemporaryDirectory(prefix="floorhand-campaign-", ignore_cleanup_errors=True) as scratch:
        found = asyncio.run(campaign("sqlite", seed, SMALL, Path(scratch) / fault, planted=fault)).verdict
    print(json.dumps({"planted": fault, "found": not found.clean}), flush=True)
    return int(found.clean)


if __name__ == "__main__":
    sys.exit(main())
