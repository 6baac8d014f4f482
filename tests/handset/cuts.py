"""Cuts the power of a handset at many moments, and counts the scans that it had said were good and has no more.

    python -m tests.handset.cuts [--cuts 50] [--seed 1] [--deeds 400] [--unsynced]

Chromium scans under `shim.c`, which writes down what its page's process does to the files of OPFS; then the folder is
built as a disk holds it at each moment, with what was synced alone and with some of the rest, and the book is opened in
a browser as at a start. One line of JSON.

Not looked at: the browser's own index of the names of files (LevelDB: `Paths`, `Origins`). Chromium never syncs its
log, so that a file's name is on the disk only when the system has written it back, some 30 s after the file was made;
before that a power cut takes all files of the page, and Chromium writes over them. The slots of a book are made at the
first start, and never renamed in that index.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.browser.chromium import chromium
from tests.handset.kills import handset
from tests.handset.site import Site, site
from tests.power.cuts import compiler
from tests.power.disk import ACKNOWLEDGED, Op, read_journal

SHIM = Path(__file__).with_name("shim.c")
DEEDS = 400
SAYS_WITHIN_S = 120
_HEAD = struct.Struct("<cQQQ")


def cut(cuts: int, *, seed: int = 1, deeds: int = DEEDS, synced: bool = True) -> dict[str, Any]:
    """Let a handset scan, and cut its power `cuts` times; what was found, see `inside/power_cuts.py`.

    Args:
        synced: False plants a fault: a drive that forgets all syncs but the first thirty.
    """
    with site() as served, tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        work = Path(made).resolve()
        ops = list(_named(read_journal(_journal(work, served, deeds)), work / "profile"))
        if not synced:
            syncs = [op for op in ops if op.kind == b"S"][30:]
            forgotten = set(map(id, syncs))
            ops = [op for op in ops if id(op) not in forgotten]
        served.files["journal"] = b"".join(_HEAD.pack(*op[:3], len(op.data)) + op.data for op in ops)
        return asyncio.run(_looked_at(served, cuts, seed))


def _journal(work: Path, served: Site, deeds: int) -> Path:
    """Let a browser scan under the shim; where that wrote what it did."""
    found = compiler()
    assert found is not None, "no C compiler"
    shim, journal = work / "shim.so", work / "journal"
    subprocess.run([found, "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", shim, SHIM, "-ldl"], check=True)
    names = {"LD_PRELOAD": shim, "FLOORHAND_POWER_FOLDER": work / "profile", "FLOORHAND_POWER_JOURNAL": journal}
    with (
        handset(served, work / "profile", environment={name: str(path) for name, path in names.items()}),
        journal.open("ab", buffering=0) as acknowledgements,
    ):
        said: dict[str, Any] = {}
        while said.get("commits", 0) < deeds:
            said = served.said.get(timeout=SAYS_WITHIN_S)
            assert "trouble" not in said, said
            if "seq" in said:
                text = json.dumps(said).encode()
                acknowledgements.write(_HEAD.pack(ACKNOWLEDGED, 0, 0, len(text)) + text)
    return journal


def _named(ops: Iterator[Op], profile: Path) -> Iterator[Op]:
    """The operations, with each file's name before its first: all were made before anything was written."""
    files = profile.glob("Default/File System/*/t/00/*")
    names = {path.stat().st_ino: f"slot-{int(path.name):02}" for path in files}
    for inode, name in names.items():
        yield Op(b"C", inode, 0, name.encode())
    yield Op(b"D", 0, 0, b"")
    yield from ops


async def _looked_at(served: Site, cuts: int, seed: int) -> dict[str, Any]:
    async with chromium() as browser:
        page = browser.pages[0]
        await page.goto(served.url)
        asked = "args => ask('tests.handset.inside.power_cuts', ...args)"
        found: dict[str, Any] = json.loads(await page.evaluate(asked, [cuts, seed]))
        return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cuts", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--deeds", type=int, default=DEEDS)
    parser.add_argument("--unsynced", action="store_true")
    asked = parser.parse_args()
    found = cut(asked.cuts, seed=asked.seed, deeds=asked.deeds, synced=not asked.unsynced)
    print(json.dumps(found))
    return 0 if found["acknowledged"] and not (found["lost"] or found["broken"]) else 1


if __name__ == "__main__":
    sys.exit(main())
