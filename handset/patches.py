"""What we change in files that are not ours: each change is checked against what it expects to find.

A new version of Flet or Pyodide that no longer looks like this stops the build, before a handset finds out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version

from handset.trouble import SiteTrouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """Args:
    file: path below Flet's web client.
    expected: stands in it exactly once.
    becomes: what stands there in our site.
    why: what goes wrong without it.
    """

    file: str
    expected: str
    becomes: str
    why: str


PATCHES = (
    Patch(
        file="pyodide/pyodide.asm.mjs",
        expected="function ___syscall_fdatasync(fd){try{var stream=SYSCALLS.getStreamFromFD(fd);return 0}",
        becomes=(
            "function ___syscall_fdatasync(fd){try{var stream=SYSCALLS.getStreamFromFD(fd);"
            "return stream.stream_ops?.fsync?.(stream)??0}"
        ),
        why="SQLite syncs its book by fdatasync, and Emscripten's does nothing: a power cut loses scans shown good",
    ),
    Patch(
        file="flutter_bootstrap.js",
        expected=(
            "    serviceWorkerSettings: {\n"
            '        serviceWorkerVersion: "1804020039" /* Flutter\'s service worker is deprecated and will be removed '
            "in a future Flutter release. */,\n"
            "    },\n"
        ),
        becomes="",
        why="Flutter's service worker would take the place of ours, and keeps nothing for a shift without a network",
    ),
)


def patched(files: dict[str, bytes], patches: Iterable[Patch] = PATCHES) -> dict[str, bytes]:
    """The same files with every patch made.

    Raises:
        SiteTrouble: a file is missing, or does not hold what a patch expects exactly once.
    """
    done = dict(files)
    for patch in patches:
        found = done.get(patch.file, b"").count(patch.expected.encode())
        if found != 1:
            raise SiteTrouble(
                f"{patch.file} of flet-web {version('flet-web')} holds {found} times instead of once what our patch "
                f"changes. Without the patch: {patch.why}. Look in handset/patches.py whether this version still needs "
                f"it, and how it has to be written; expected was: {patch.expected.strip()[:120]}"
            )
        done[patch.file] = done[patch.file].replace(patch.expected.encode(), patch.becomes.encode())
    return done
