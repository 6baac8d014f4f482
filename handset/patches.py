"""What is changed in other people's files, and why. Each place must be there as it was: another version stops the build."""

from __future__ import annotations

import re
from dataclasses import dataclass

from handset.trouble import SiteTrouble


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """One change.

    Args:
        file: its place in the site.
        found: a pattern that must be found once.
        becomes: what stands there afterwards, as `re.sub` takes it.
        why: what goes wrong without it.
    """

    file: str
    found: str
    becomes: str
    why: str


PATCHES = (
    Patch(
        file="pyodide/pyodide.asm.mjs",
        found=r"(function ___syscall_fdatasync\(fd\)\{try\{var stream=SYSCALLS\.getStreamFromFD\(fd\);)return 0\}",
        becomes=r"\1return stream.stream_ops?.fsync?.(stream)??0}",
        why="SQLite syncs by fdatasync, and Emscripten's does nothing: a power cut would take scans that were shown good",
    ),
    Patch(
        file="flutter_bootstrap.js",
        found=r"serviceWorkerSettings: \{[^}]*\},",
        becomes="",
        why="Flutter's own service worker keeps nothing, and takes the place of ours",
    ),
)


def patched(files: dict[str, bytes], patches: tuple[Patch, ...] = PATCHES) -> dict[str, bytes]:
    """The files with every patch made.

    Raises:
        SiteTrouble: a file, or the place in it, is not as it was: Flet or Pyodide have another version.
    """
    files = dict(files)
    for patch in patches:
        if patch.file not in files:
            raise SiteTrouble(f"There is no {patch.file} any more. It had to be changed because: {patch.why}.")
        changed, count = re.subn(patch.found, patch.becomes, files[patch.file].decode())
        if count != 1:
            raise SiteTrouble(
                f"{patch.file} has {count} places, not one, that look as in Flet 1.0.5 and Pyodide 314.0.7. It has to be"
                f" changed because: {patch.why}. Look at the new version, and mend handset/patches.py."
            )
        files[patch.file] = changed.encode()
    return files
