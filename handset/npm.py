"""The packages from npm that the page imports: exactly those of `npm.toml`, byte by byte."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import subprocess
import tarfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from handset.bytecode import node
from handset.shelf import Shelf
from handset.trouble import SiteTrouble

LIST = Path(__file__).parent / "npm.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class NpmPackage:
    """Args:
    integrity: npm's own word for the package's bytes: `sha512-` and their digest in base64.
    files: the path in the site, and that in the package.
    """

    name: str
    version: str
    integrity: str
    files: Mapping[str, str]


def npm_packages() -> list[NpmPackage]:
    """What the list says."""
    return [NpmPackage(name=name, **said) for name, said in tomllib.loads(LIST.read_text()).items()]


def vendored(shelf: Shelf) -> dict[str, bytes]:
    """Every file of the list by its path in the site.

    Raises:
        SiteTrouble: a package cannot be had, or is not the one of the list.
    """
    files: dict[str, bytes] = {}
    for package in npm_packages():
        inside = _unpacked(checked(package, _fetched(package, shelf)))
        try:
            files |= {place: inside[name] for place, name in package.files.items()}
        except KeyError as missing:
            raise SiteTrouble(
                f"{package.name} {package.version} holds no {missing}: look in handset/npm.toml"
            ) from None
    return files


def checked(package: NpmPackage, packed: bytes) -> bytes:
    """The same bytes.

    Raises:
        SiteTrouble: they are not what the list says of the package.
    """
    came = "sha512-" + base64.b64encode(hashlib.sha512(packed).digest()).decode()
    if came != package.integrity:
        raise SiteTrouble(
            f"{package.name} {package.version} is not what it was: npm brought {came}, handset/npm.toml says "
            f"{package.integrity}. Somebody has to look into it before it goes to a handset."
        )
    return packed


def _fetched(package: NpmPackage, shelf: Shelf) -> bytes:
    key = shelf.key("npm", package.name, package.integrity)
    return shelf.get(key) or shelf.put(key, checked(package, _pack(package)))


def _pack(package: NpmPackage) -> bytes:
    npm = node("npm")
    with TemporaryDirectory() as folder:
        done = subprocess.run(
            [npm, "pack", "--silent", f"--pack-destination={folder}", f"{package.name}@{package.version}"],
            cwd=folder,
            # npm is a program of Node, and looks for it on the path.
            env={**os.environ, "PATH": f"{Path(npm).parent}{os.pathsep}{os.environ.get('PATH', '')}"},
            capture_output=True,
            text=True,
        )
        packed = list(Path(folder).glob("*.tgz"))
        if done.returncode or len(packed) != 1:
            said = (done.stderr or done.stdout).strip()[-500:]
            raise SiteTrouble(f"npm does not bring {package.name} {package.version}: {said}")
        return packed[0].read_bytes()


def _unpacked(packed: bytes) -> dict[str, bytes]:
    """The package's files; npm puts each below a folder of its own."""
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        entries = [(entry.name.partition("/")[2], archive.extractfile(entry)) for entry in archive if entry.isfile()]
        return {name: file.read() for name, file in entries if file is not None}
