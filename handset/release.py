"""One release of the site: what it is made of, what a handset keeps of it, and what that weighs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping

from handset.client import DRAWN_BY, IF_ASKED_FOR
from handset.trouble import SiteTrouble

# What the order store reads; it serves nothing that is not in it.
LIST = "release.json"
SERVICE_WORKER = "service_worker.js"
_PLACE_IN_SERVICE_WORKER = b"__RELEASE__"
BUDGET_BYTES = 13 * 1024 * 1024
_VERSION_DIGITS = 16


def hashes_of(files: Mapping[str, bytes]) -> dict[str, str]:
    """SHA-256 of each file, in hexadecimal, by path; sorted."""
    return {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}


def with_release(template: bytes, hashes: Mapping[str, str]) -> tuple[str, bytes]:
    """The release's name, and the service worker that keeps it. The name is the same for the same bytes, and no others.

    Args:
        template: the service worker, with a place for the release.
        hashes: of all other files.

    Raises:
        SiteTrouble: it has no such place, or several.
    """
    if template.count(_PLACE_IN_SERVICE_WORKER) != 1:
        raise SiteTrouble(
            f"{SERVICE_WORKER} has to hold {_PLACE_IN_SERVICE_WORKER.decode()} once: the release goes there"
        )
    release = {"files": dict(hashes), "drawnBy": DRAWN_BY, "ifAskedFor": if_asked_for(hashes)}
    version = hashlib.sha256(template + json.dumps(release, sort_keys=True).encode()).hexdigest()[:_VERSION_DIGITS]
    told = json.dumps({"version": version, **release}, sort_keys=True)
    return version, template.replace(_PLACE_IN_SERVICE_WORKER, told.encode())


def if_asked_for(names: Iterable[str]) -> list[str]:
    """What a handset keeps only once it has asked for it: ways to draw that are nobody's first, and licences."""
    return sorted(name for name in names if name in IF_ASKED_FOR or name.endswith("LICENSE") or "/OFL-" in name)


def kept(names: Iterable[str], drawn_by: str) -> list[str]:
    """What a handset keeps that draws in this way."""
    others = {name for each in DRAWN_BY.values() for name in each} - set(DRAWN_BY[drawn_by])
    names = set(names)
    return sorted(names - others - set(if_asked_for(names)) - {LIST})


def heaviest(bytes_each: Mapping[str, int]) -> tuple[str, int]:
    """The way of drawing for which a handset keeps the most bytes, and how many."""
    weights = {way: sum(bytes_each[name] for name in kept(bytes_each, way)) for way in DRAWN_BY}
    return max(weights.items(), key=lambda weight: weight[1])


def check_budget(way: str, bytes_brotli: int) -> None:
    """Raises:
    SiteTrouble: a handset would have to fetch more than we allow.
    """
    if bytes_brotli > BUDGET_BYTES:
        raise SiteTrouble(
            f"a handset that draws by {way} would fetch {mebibytes(bytes_brotli)}, more than the "
            f"{mebibytes(BUDGET_BYTES)} that we allow: leave something out (handset/client.py, handset/station.py), or "
            "decide anew what it may weigh (handset/release.py)"
        )


def mebibytes(count: int) -> str:
    return f"{count / 1024 / 1024:.2f} MiB"
