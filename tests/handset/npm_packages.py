"""The page's JavaScript libraries, for tests: laid out under `vendor/` as the site has them."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class NpmPackage:
    """Args:
    files: what the page takes, by its place under `vendor/`.
    """

    name: str
    version: str
    sha512: str
    files: dict[str, str]


PACKAGES = (
    NpmPackage(
        name="zxing-wasm",
        version="3.1.6",
        sha512="mU7UNuvl+hOT+nlSOQTMHZ2tM8lRMsbjDIp5IO/+HmBl/FOq77q0OSZPJ3cm42A9c1MKU6Uve67FiGdkhsrT9g==",
        files={
            "zxing-wasm/es/reader/index.js": "dist/es/reader/index.js",
            "zxing-wasm/es/share.js": "dist/es/share.js",
            "zxing-wasm/reader/zxing_reader.wasm": "dist/reader/zxing_reader.wasm",
        },
    ),
    NpmPackage(
        name="hash-wasm",
        version="4.13.0",
        sha512="GrWl7wsV46fKIXQZB5ebskLZLAmKL6d9RS0fspCxDeQyjoNu1AfTJTMLPOJyfzaQm0ldFiwFN21/w+sE/kgEFQ==",
        files={"hash-wasm/index.esm.min.js": "dist/index.esm.min.js"},
    ),
    NpmPackage(
        name="@noble/hashes",
        version="2.4.0",
        sha512="X5XaVWZIBCT7HHZGm5I7ZQXDwLG+bGXuSrMQAW+7Zvl87h1kmc1ZB1VSRJcpUfoUrGQp4Fkoxm5kZ+Ms+aW+eA==",
        files={f"noble/hashes/{name}": name for name in ("sha2.js", "_md.js", "_u64.js", "utils.js")},
    ),
    NpmPackage(
        name="@noble/ed25519",
        version="3.2.0",
        sha512="criDgRlnUA09hchYrTy/JUWPIEap5rZxQe6wDWzRx51oWWpDRcUpuNzlgPxDJaOK6AsW9c0wKcj3rKRv6t+bPQ==",
        files={"noble/ed25519/index.js": "index.js"},
    ),
)


def lay_out(vendor: Path) -> None:
    """Fetch the packages by npm, and put what the page takes of them into `vendor`.

    Raises:
        ValueError: a package is not the one that was pinned.
        CalledProcessError: npm is not here, or found no package.
    """
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as folder:
            _fetch(package, Path(folder))
            for place, name in package.files.items():
                target = vendor / place
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(Path(folder, "package", name), target)


def _fetch(package: NpmPackage, folder: Path) -> None:
    named = f"{package.name}@{package.version}"
    subprocess.run(["npm", "pack", "--silent", named], cwd=folder, check=True, capture_output=True)
    [archive] = folder.glob("*.tgz")
    if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != package.sha512:
        raise ValueError(f"{named} is not what was pinned")
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
