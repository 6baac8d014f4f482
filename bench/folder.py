"""Where a benchmark works: on the disk that the checkout is on, out of everybody's way."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# `/tmp` may be memory, and says nothing of a disk; `var` is not kept in the repository.
_VAR = Path(__file__).parent.parent / "var"


@contextmanager
def a_folder() -> Iterator[Path]:
    """A fresh folder, gone when the block ends."""
    _VAR.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_VAR, prefix="bench-") as folder:
        yield Path(folder)
