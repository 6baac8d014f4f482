"""Run tests inside the very Python that a browser gets: Pyodide of the flet_web wheel, under node.

`python -m tests.handset.in_pyodide tests/sync/test_ledger.py -k number` does it by hand; options are pytest's.

What differs from a browser: files are node's or in memory, `fetch` and WebCrypto are node's own, nothing is IndexedDB.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import flet_web
from playwright._impl._driver import compute_driver_executable

from handset.npm import vendored
from handset.shelf import Shelf
from tests.contracts.bad_wire import a_bad_wire
from tests.contracts.code_pictures import drawn
from tests.devices.test_code_reader import PICTURES
from tests.sync.test_courier_over_the_wire import STORE
from tests.sync.test_transport import NOBODY, WIRE
from tests.sync.wire import a_wire_store_with

HOUSE = Path(__file__).parents[2]
LOCK = HOUSE / "requirements-handset-test.lock"
KEPT = HOUSE / "var" / "handset-test"
PYODIDE = Path(flet_web.__file__).parent / "web" / "pyodide"
# The platform of the wheels that this Pyodide takes.
PYTHON, PLATFORM = "3.14", "pyemscripten_2026_0_wasm32"
INI = "/floorhand/tests/handset/in_pyodide.ini"


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    passed: bool
    text: str


async def run(*args: str) -> Report:
    """What pytest in Pyodide says; `args` are its own, with paths as seen from the house's root."""
    with tempfile.TemporaryDirectory() as folder:
        for name, picture in drawn().items():
            Path(folder, name).write_bytes(picture)
        async with a_bad_wire() as addresses, a_wire_store_with("T1") as store:
            mounts = {
                "/floorhand": HOUSE,
                "/packages": _kept(LOCK.read_bytes(), _fetch_wheels),
                "/pycache": _folder(KEPT / "pycache"),
                "/pictures": folder,
            }
            env = {
                "PYTHONPATH": "/packages:/floorhand",
                "PYTHONPYCACHEPREFIX": "/pycache",
                "CI": os.environ.get("CI", ""),
                PICTURES: "/pictures",
                WIRE: addresses.wire,
                NOBODY: addresses.nobody,
                STORE: store.url,
            }
            process = await asyncio.create_subprocess_exec(
                *_node(),
                str(HOUSE / "tests" / "handset" / "in_pyodide.mjs"),
                str(PYODIDE),
                str(page_folder()),
                json.dumps({place: str(root) for place, root in mounts.items()}),
                json.dumps(env),
                *("-c", INI, "--rootdir", "/floorhand", "-p", "tests.handset.one_loop"),
                *(f"/floorhand/{arg}" if (HOUSE / arg.partition("::")[0]).exists() else arg for arg in args),
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
            )
            try:
                said, _ = await process.communicate()
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
    return Report(passed=process.returncode == 0, text=said.decode())


def _node() -> Sequence[str]:
    """Node as playwright carries it: pinned by the lock of our tests, and with stack switching (JSPI)."""
    return compute_driver_executable()[:1]


def page_folder() -> Path:
    """The page's modules with their libraries beside them, as in the site; modules are found by where they lie."""
    page = _folder(KEPT / "page")
    for place, content in vendored(Shelf(KEPT / "shelf")).items():
        _folder((page / place).parent)
        (page / place).write_bytes(content)
    for module in (HOUSE / "handset" / "page").glob("*.mjs"):
        shutil.copyfile(module, page / module.name)
    return page


def _fetch_wheels(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as wheels:
        where = ["--python-version", PYTHON, "--implementation", "cp", "--platform", PLATFORM, "-d", wheels]
        pip = [sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", "download"]
        subprocess.run([*pip, "--no-deps", "--only-binary=:all:", "--require-hashes", *where, "-r", LOCK], check=True)
        for wheel in Path(wheels).glob("*.whl"):
            with zipfile.ZipFile(wheel) as packed:
                packed.extractall(folder)


def _kept(made_of: bytes, make: Callable[[Path], None]) -> Path:
    """What `make` has put into a folder, once for all that it is made of."""
    folder = KEPT / hashlib.sha256(made_of).hexdigest()[:16]
    if not folder.exists():
        part = Path(tempfile.mkdtemp(dir=_folder(KEPT)))
        try:
            make(part)
            part.rename(folder)
        except BaseException as trouble:
            shutil.rmtree(part)
            if not folder.exists() or not isinstance(trouble, OSError):  # another process may have been quicker
                raise
    return folder


def _folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    return path


if __name__ == "__main__":
    report = asyncio.run(run(*sys.argv[1:]))
    print(report.text)
    sys.exit(not report.passed)
