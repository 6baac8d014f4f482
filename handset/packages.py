"""The packages from PyPI that a station needs in the browser: exactly those of `requirements-handset.lock`."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from handset.archive import unzipped
from handset.shelf import Shelf
from handset.trouble import SiteTrouble

LOCK = Path(__file__).parent.parent / "requirements-handset.lock"
# What Pyodide 314 in flet-web 1.0.5 is, in pip's words.
FOR_PYODIDE = (
    "--python-version=3.14",
    "--implementation=cp",
    "--platform=pyemscripten_2026_0_wasm32",
    "--only-binary=:all:",
    "--no-deps",
)
NOT_NEEDED_SUFFIXES = frozenset({".pyi", ".typed", ".dart", ".yaml", ".tab"})
EXTENSION = ".so"


def package_files(shelf: Shelf) -> dict[str, bytes]:
    """Every file of the packages that is needed while the station runs, by its path, e.g. `flet/app.py`.

    Raises:
        SiteTrouble: they cannot be had, or are not those of the lock.
    """
    _same_flet()
    files: dict[str, bytes] = {}
    for wheel in sorted(_wheels(shelf).glob("*.whl")):
        files |= {name: data for name, data in unzipped(wheel.read_bytes()).items() if _is_needed(name)}
    return files


def _wheels(shelf: Shelf) -> Path:
    """The folder of the wheels; fetched once for each lock."""
    place = shelf.folder / f"wheels-{hashlib.sha256(LOCK.read_bytes()).hexdigest()[:16]}"
    if not place.exists():
        # With hashes: pip refuses whatever is not what somebody has looked at.
        fetch = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        with TemporaryDirectory(dir=shelf.folder) as half:
            asked = [*fetch, *FOR_PYODIDE, f"--dest={half}/wheels", f"--requirement={LOCK}"]
            done = subprocess.run(asked, capture_output=True, text=True)
            if done.returncode:
                raise SiteTrouble(f"the handset's packages cannot be fetched: {done.stderr.strip()[-1000:]}")
            # Another build may have been quicker.
            with suppress(OSError):
                Path(half, "wheels").rename(place)
    return place


def _is_needed(name: str) -> bool:
    path = PurePosixPath(name)
    elsewhere = path.parts[0].endswith((".dist-info", ".data")) or path.parts[0] == "flutter"
    return not elsewhere and path.suffix not in NOT_NEEDED_SUFFIXES


def _same_flet() -> None:
    """Flet's two halves speak a wire of their own, which each version may change."""
    client = version("flet-web")
    if f"\nflet=={client} " not in "\n" + LOCK.read_text():
        raise SiteTrouble(f"the web client is Flet {client}, {LOCK.name} has another one: run `make lock`")
