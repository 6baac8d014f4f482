"""The site, from its parts to its folder."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from handset.client import client_files
from handset.links import check_links
from handset.npm import vendored
from handset.release import LIST, SERVICE_WORKER, check_budget, hashes_of, heaviest, kept, with_release
from handset.shelf import Shelf
from handset.squeeze import BEST, squeezed
from handset.station import HOUSE, station_archives
from handset.trouble import SiteTrouble

PAGE = Path(__file__).parent / "page"
CACHE = HOUSE / "var" / "handset-cache"
# Of our assets: words are in the station's archive, the rest belongs to the page that a station's own server shows.
_NOT_FROM_ASSETS = frozenset({"index.html", "link.js", "manifest.json"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site that was built.

    Args:
        version: the same for the same inputs.
        bytes_raw: what a handset keeps at most.
        bytes_brotli: what it fetches for that; None when nothing was squeezed.
        files: paths of all files, those without `.br` and `.gz`.
    """

    version: str
    bytes_raw: int
    bytes_brotli: int | None
    files: tuple[str, ...]


def build(out: Path, *, page: Path = PAGE, cache: Path = CACHE, quality: int | None = BEST) -> Site:
    """Build the site in `out`, in the place of the one that was there.

    Args:
        page: our own files of it.
        cache: where what was fetched, compiled and squeezed is kept; may be deleted.
        quality: of brotli, to 11; None squeezes nothing, for a handset on this very machine.

    Raises:
        SiteTrouble: it cannot be built; says why, and what to do.
    """
    shelf = Shelf(cache)
    ours = _page_files(page)
    service_worker = ours.pop(SERVICE_WORKER, b"")
    files = {**client_files(), **_assets(), **vendored(shelf), **station_archives(shelf), **ours}
    vendor = {name: data for name, data in files.items() if name.startswith("vendor/")}
    check_links(files, {**ours, **vendor})
    hashes = hashes_of(files)
    version, service_worker = with_release(service_worker, hashes)
    whole = {**files, SERVICE_WORKER: service_worker}
    forms = {} if quality is None else squeezed(whole, shelf, quality)
    way, bytes_brotli = heaviest(
        {name: min(map(len, (data, *forms.get(name, {}).values()))) for name, data in whole.items()}
    )
    bytes_raw = sum(len(whole[name]) for name in kept(whole, way))
    if forms:
        check_budget(way, bytes_brotli)
    _write(out, whole, forms, _list(version, whole, forms))
    return Site(
        version=version, bytes_raw=bytes_raw, bytes_brotli=bytes_brotli if forms else None, files=tuple(sorted(whole))
    )


def _page_files(page: Path) -> dict[str, bytes]:
    return {path.relative_to(page).as_posix(): path.read_bytes() for path in sorted(page.rglob("*")) if path.is_file()}


def _assets() -> dict[str, bytes]:
    files = _page_files(HOUSE / "assets")
    return {
        name: data
        for name, data in files.items()
        if name not in _NOT_FROM_ASSETS and not name.startswith("words/") and not name.endswith(".py")
    }


def _list(version: str, whole: Mapping[str, bytes], forms: Mapping[str, Mapping[str, bytes]]) -> bytes:
    """What the order store goes by: each file's hash, and the forms in which it is there."""
    app = tomllib.loads((HOUSE / "pyproject.toml").read_text())["project"]["version"]
    files = {name: {"sha256": each, "codings": sorted(forms.get(name, ()))} for name, each in hashes_of(whole).items()}
    return json.dumps({"version": version, "app": app, "files": files}, indent=1).encode()


def _write(out: Path, whole: Mapping[str, bytes], forms: Mapping[str, Mapping[str, bytes]], release: bytes) -> None:
    """Beside it first, then in its place: who serves it meanwhile has the old one or the new one."""
    if out.exists() and any(out.iterdir()) and not (out / LIST).exists():
        raise SiteTrouble(f"{out} holds something else than a site: name another folder by --out, or empty it")
    new, old = out.with_name(out.name + ".new"), out.with_name(out.name + ".old")
    for stale in (new, old):
        shutil.rmtree(stale, ignore_errors=True)
    for name, data in {**whole, LIST: release}.items():
        place = new / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
        for coding, form in forms.get(name, {}).items():
            place.with_name(f"{place.name}.{coding}").write_bytes(form)
    if out.exists():
        out.rename(old)
    new.rename(out)
    shutil.rmtree(old, ignore_errors=True)
