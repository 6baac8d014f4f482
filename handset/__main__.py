"""`python -m handset`: build the site of a station that lives in the browser."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from handset.build import build
from handset.release import BUDGET_BYTES, mebibytes
from handset.squeeze import BEST
from handset.trouble import SiteTrouble


def main(arguments: Sequence[str] | None = None) -> int:
    """Build it and say what it weighs; the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m handset", description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("var/site"), help="the site's folder (default: %(default)s)")
    parser.add_argument("--as-it-is", action="store_true", help="squeeze nothing: for a handset on this machine")
    options = parser.parse_args(arguments)
    print("building the handset's site; what is squeezed for the first time takes minutes", flush=True)
    try:
        site = build(options.out, quality=None if options.as_it_is else BEST)
    except SiteTrouble as trouble:
        print(f"the site cannot be built: {trouble}", file=sys.stderr)
        return 1
    weight = "nothing is squeezed" if site.bytes_brotli is None else f"{mebibytes(site.bytes_brotli)} on its way there"
    print(
        f"{options.out}: release {site.version}, {len(site.files)} files; a handset keeps {mebibytes(site.bytes_raw)}, "
        f"{weight} (allowed: {mebibytes(BUDGET_BYTES)})"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
