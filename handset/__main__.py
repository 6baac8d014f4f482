"""`python -m handset`: build the handset's site into `var/site`, and print how much a handset fetches, as one JSON line."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from handset.build import BUDGET_BYTES, build
from handset.kept import HOUSE
from handset.trouble import SiteTrouble


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m handset", description=__doc__)
    parser.add_argument("--out", type=Path, default=HOUSE / "var" / "site", help="folder of the site (%(default)s)")
    options = parser.parse_args(arguments)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    try:
        site = build(options.out)
    except SiteTrouble as trouble:
        print(f"The handset's site cannot be built. {trouble}", file=sys.stderr)
        return 1
    print(json.dumps({**asdict(site), "budget_bytes": BUDGET_BYTES}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
