"""`python -P leash.py main.py …` or `… -m store …`: runs that as Python would; the process ends with standard input.

The launcher holds the other end and never writes: the kernel lets go of it when the launcher dies, however it dies.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

ENDS_WITHIN_S = 10.0


def end_with_the_launcher() -> None:
    """Wait for the end of standard input, then end this process in order; by force when it does not listen."""
    # Not through `sys.stdin`: who waits there holds a lock that the interpreter wants at its end.
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(ENDS_WITHIN_S)
    os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    threading.Thread(target=end_with_the_launcher, name="leash", daemon=True).start()
    del sys.argv[0]
    if sys.argv[0] == "-m":
        del sys.argv[0]
        sys.path.insert(0, os.getcwd())
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        sys.path.insert(0, os.path.dirname(os.path.abspath(sys.argv[0])))
        runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
