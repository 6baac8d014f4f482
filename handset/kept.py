"""What takes long to make and is the same each time: kept in `var/`, by what it is made of."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

HOUSE = Path(__file__).parent.parent
KEPT = HOUSE / "var" / "kept"


def digest(parts: Iterable[bytes]) -> str:
    """A short name for these bytes, in this order."""
    whole = hashlib.sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8, "big"))
        whole.update(part)
    return whole.hexdigest()[:24]


def kept(name: str, made_of: Iterable[bytes], make: Callable[[Path], None]) -> Path:
    """The folder that `make` has filled, once for all that it is made of; two processes may ask at once."""
    folder = KEPT / f"{name}-{digest(made_of)}"
    if folder.exists():
        return folder
    KEPT.mkdir(parents=True, exist_ok=True)
    part = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=KEPT))
    try:
        make(part)
        part.rename(folder)
    except BaseException as trouble:
        shutil.rmtree(part, ignore_errors=True)
        if not (isinstance(trouble, OSError) and folder.exists()):  # another process has been quicker
            raise
    return folder
