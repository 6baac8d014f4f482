"""`python -P leashed.py main.py …` or `… -m store …`: runs that as Python would, and dies with whoever started it.

Standard input stays the program's own: a station's scanner is at its other end. `FLOORHAND_PLANTED` names a fault that
is planted into the program first, so that a campaign can be seen to find it.
"""

from __future__ import annotations

import ctypes
import os
import runpy
import signal
import sys
from pathlib import Path

HOUSE = Path(__file__).parent.parent.parent
_PR_SET_PDEATHSIG = 1


def die_with_the_launcher(launcher: int) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != launcher:  # it was quicker
        sys.exit(1)


def main() -> None:
    die_with_the_launcher(int(os.environ.pop("FLOORHAND_LAUNCHER")))
    sys.path.insert(0, str(HOUSE))
    if planted := os.environ.pop("FLOORHAND_PLANTED", ""):
        from tests.campaign.planted import FAULTS

        FAULTS[planted]()
    del sys.argv[0]
    if sys.argv[0] == "-m":
        del sys.argv[0]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
