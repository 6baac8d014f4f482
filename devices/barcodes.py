"""Pictures in, scans out: the `CodeReader` of stations that have the engines.

`python -m devices.barcodes PATH…` prints one line of JSON for each picture, and names on stderr what is no picture.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from app.domain.scan import Scan, Symbology
from app.errors import FrameDamaged
from devices.engines import engines, installed

if TYPE_CHECKING:
    from devices.pictures import Grey
    from devices.tally import Found

__all__ = ["Decoder", "engines"]


def _now_ms() -> int:
    return time.monotonic_ns() // 1_000_000


class Decoder:
    """Read barcodes in pictures, one picture at a time, on a thread of its own.

    OpenCV is loaded on that thread with the first picture: it takes a third of a second and 30 MiB, which a station
    without a camera never spends.

    Args:
        budget_ms: time for one picture; a stage that has begun is not cut short.
        any_itf: take ITF of other lengths than 14 too, when both engines agree on it.
        now_ms: the station's monotonic clock.
    """

    def __init__(self, *, budget_ms: int = 250, any_itf: bool = False, now_ms: Callable[[], int] = _now_ms) -> None:
        self.budget_ms = budget_ms
        self.any_itf = any_itf
        self._now_ms = now_ms
        self._turn = 0
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="barcodes")

    async def read(
        self, picture: bytes, *, expected: frozenset[Symbology] | None = None, expected_text: str | None = None
    ) -> list[Scan]:
        """Read every code in one JPEG, PNG or WebP, from left to right; empty when nothing is readable.

        A weak symbology that one engine alone read comes with `confirmed=False`, unless it is the expected text:
        `app.domain.looks` waits for a second frame then.

        Raises:
            FrameDamaged: the bytes are no picture.
        """
        at_ms = self._now_ms()
        loop = asyncio.get_running_loop()
        found, shrunk = await loop.run_in_executor(self._thread, self.find, picture, expected, expected_text)
        return [one.scan(at_ms, shrunk=shrunk) for one in found]

    def find(
        self, picture: bytes, expected: frozenset[Symbology] | None = None, expected_text: str | None = None
    ) -> tuple[list[Found], float]:
        """What `read` finds, on the caller's thread: with the engines' own words, corners in shrunk pixels."""
        from devices.pictures import grey_of

        grey, shrunk = grey_of(picture)
        return self.find_in(grey, expected, expected_text), shrunk

    def find_in(
        self, grey: Grey, expected: frozenset[Symbology] | None = None, expected_text: str | None = None
    ) -> list[Found]:
        """The same in pixels that are at hand, as from `devices.frames`."""
        from devices.cascade import read_codes

        until_ms = self._now_ms() + self.budget_ms
        self._turn += 1
        return read_codes(
            grey,
            expected=expected,
            expected_text=expected_text,
            any_itf=self.any_itf,
            turn=self._turn - 1,
            time_left=lambda: self._now_ms() < until_ms,
        )

    def close(self) -> None:
        """End the thread; pictures that wait are not read."""
        self._thread.shutdown(wait=False, cancel_futures=True)


def _row(found: Found, shrunk: float) -> dict[str, object]:
    return {
        "symbology": found.read.symbology.value,
        "text": found.read.text,
        "bytes_hex": found.read.data.hex(),
        "aim_id": found.read.aim_id,
        "corners": [[round(x * shrunk), round(y * shrunk)] for x, y in found.read.corners],
        "engine": found.read.engine,
        "confirmed": found.confirmed,
    }


def main(paths: Sequence[str]) -> int:
    """Read each picture on its own and print one line of JSON for it; 1 when one of them was no picture."""
    if not installed():
        print("no decoding engine is installed", file=sys.stderr)
        return 1
    decoder = Decoder(budget_ms=2_000, any_itf=True)
    unread = 0
    for path in paths:
        begun_ns = time.perf_counter_ns()
        try:
            found, shrunk = decoder.find(Path(path).read_bytes())
        except (FrameDamaged, OSError) as error:
            print(f"{path}: {error}", file=sys.stderr)
            unread += 1
            continue
        took_ms = round((time.perf_counter_ns() - begun_ns) / 1e6, 2)
        print(json.dumps({"file": path, "codes": [_row(one, shrunk) for one in found], "ms": took_ms}), flush=True)
    return 1 if unread else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
