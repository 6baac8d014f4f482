"""What a browser's Python takes from PyPI: wheels of `requirements-handset.lock`, unpacked."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from handset.kept import HOUSE, kept
from handset.trouble import SiteTrouble

LOCK = HOUSE / "requirements-handset.lock"
# What Pyodide 314 is, in the words of wheels.
PYTHON, PLATFORM = "3.14", "pyemscripten_2026_0_wasm32"


def packages(lock: Path = LOCK) -> Path:
    """A folder to put on `sys.path`.

    Raises:
        SiteTrouble: a wheel cannot be had for this Python, or is not the one that was pinned.
    """
    return kept("wheels", [lock.read_bytes(), PLATFORM.encode()], lambda folder: _unpack(lock, folder))


def _unpack(lock: Path, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as wheels:
        where = ["--python-version", PYTHON, "--implementation", "cp", "--platform", PLATFORM, "--dest", wheels]
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "download", "--no-deps"]
        wanted = [*pip, "--only-binary=:all:", "--require-hashes", *where, "--requirement", str(lock)]
        done = subprocess.run(wanted, capture_output=True, text=True)
        if done.returncode:
            raise SiteTrouble(f"pip did not bring what {lock.name} pins: {done.stderr.strip()[-300:]}")
        for wheel in sorted(Path(wheels).glob("*.whl")):
            with zipfile.ZipFile(wheel) as packed:
                packed.extractall(folder)
