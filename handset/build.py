"""The handset's site as a folder of files, the same bytes from the same inputs."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from handset.client import client_files
from handset.kept import HOUSE
from handset.npm import libraries
from handset.squeezed import squeezed
from handset.station import station_archive
from handset.trouble import SiteTrouble

PAGE = Path(__file__).with_name("page")
ASSETS = HOUSE / "assets"
ASSET_FOLDERS = ("fonts", "icons", "sounds", "pictures")
ASSET_FILES = ("keys.js", "rive_native.js", "favicon.png")
BUDGET_BYTES = 13 * 1024 * 1024
# What a browser fetches when it needs it: other ways to draw than its own, and papers.
NOT_AT_FIRST = re.compile(r"main\.dart\.js|canvaskit/(canvaskit|skwasm_heavy|chromium/).*|assets/NOTICES|.*/OFL-.*|.*\.py")
NEVER = re.compile(r".*\.py|.*/OFL-.*\.txt")
RELEASE, FILES = "__RELEASE__", '"__FILES__"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Args:
    release: names these bytes.
    bytes_raw, bytes_brotli: of what a handset fetches at first, as it is kept and as it is sent.
    """

    release: str
    files: int
    bytes_raw: int
    bytes_brotli: int


def build(out: Path, *, budget_bytes: int = BUDGET_BYTES) -> Site:
    """Build the site into `out`, in the place of what was there.

    Raises:
        SiteTrouble: it cannot be built, or a handset would have to fetch more than the budget.
    """
    files = _files()
    release = _release(files)
    files["index.html"] = files["index.html"].replace(RELEASE.encode(), release.encode())
    listed = {
        name: {"sha256": hashlib.sha256(content).hexdigest(), "first": not NOT_AT_FIRST.fullmatch(name)}
        for name, content in sorted(files.items())
    }
    worker = (PAGE / "service_worker.js").read_text()
    worker = worker.replace(RELEASE, release).replace(FILES, json.dumps(listed, separators=(",", ":")))
    sent = {name: squeezed(name, content) for name, content in files.items()}
    first = [name for name, entry in listed.items() if entry["first"]]
    site = Site(
        release=release,
        files=len(files),
        bytes_raw=sum(len(files[name]) for name in first),
        bytes_brotli=sum(len(sent[name].get(".br", files[name])) for name in first),
    )
    if site.bytes_brotli > budget_bytes:
        largest = sorted(first, key=lambda name: -len(sent[name].get(".br", files[name])))[:5]
        raise SiteTrouble(
            f"A handset would fetch {site.bytes_brotli:,} bytes, and {budget_bytes:,} are allowed."
            f" The largest: {', '.join(largest)}."
        )
    _write(out, {**files, "service_worker.js": worker.encode(), "release.json": json.dumps({"release": release}).encode()}, sent)
    return site


def _files() -> dict[str, bytes]:
    """Everything that is served but the service worker, by its place under `/handset/`."""
    files = client_files()
    folders = [(ASSETS / folder, f"{folder}/") for folder in ASSET_FOLDERS]
    for folder, place in [*folders, (libraries(), "vendor/"), (PAGE, "")]:
        for file in folder.rglob("*"):
            name = place + str(file.relative_to(folder))
            if file.is_file() and not NEVER.fullmatch(name):
                files[name] = file.read_bytes()
    for name in ASSET_FILES:
        files[name] = (ASSETS / name).read_bytes()
    files["assets/FontManifest.json"] = json.dumps(_fonts()).encode()
    files["station.zip"] = station_archive()
    del files["service_worker.js"]
    return files


def _fonts() -> list[dict[str, object]]:
    from screens.client_files import FONTS

    return FONTS


def _release(files: dict[str, bytes]) -> str:
    whole = hashlib.sha256((PAGE / "service_worker.js").read_bytes())
    for name in sorted(files):
        whole.update(f"{name}\0{hashlib.sha256(files[name]).hexdigest()}\n".encode())
    return whole.hexdigest()[:16]


def _write(out: Path, files: dict[str, bytes], sent: dict[str, dict[str, bytes]]) -> None:
    """All of it, or what was there stays: a store may be serving it."""
    part = out.with_name(f"{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    for name, content in files.items():
        target = part / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        for suffix, tight in sent.get(name, {}).items():
            target.with_name(target.name + suffix).write_bytes(tight)
    shutil.rmtree(out, ignore_errors=True)
    part.rename(out)
