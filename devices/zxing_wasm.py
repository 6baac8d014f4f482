"""Pictures in, scans out, for stations that are a page: zxing-cpp as WebAssembly. Only imported there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import js
from pyodide.ffi import JsException, to_js

from app.domain.scan import Scan, Symbology
from app.errors import DeviceMissing, FrameDamaged
from devices.picture_header import refuse_unread
from devices.read import Read
from devices.tally import Tally, asked_for
from devices.zxing_formats import asked_formats, symbology_of

# A camera's picture has a million, a phone's photograph twelve; each takes a byte, and a handset has little memory.
MAX_PIXELS = 50_000_000


class ZxingWasm:
    """The `CodeReader` of a page. There is one engine, so that nothing weak is confirmed but the expected text.

    Args:
        read_codes: `readCodes` of `handset/page/codes_beside.mjs`, or of `codes.mjs`.
        now_ms: the station's monotonic clock.
    """

    def __init__(self, read_codes: Callable[[Any, Any], Awaitable[Any]], *, now_ms: Callable[[], int]) -> None:
        self._read_codes = read_codes
        self._now_ms = now_ms

    async def read(
        self, picture: bytes, *, expected: frozenset[Symbology] | None = None, expected_text: str | None = None
    ) -> list[Scan]:
        """Read every code in one JPEG, PNG or WebP, from left to right; empty when nothing is readable.

        Raises:
            FrameDamaged: the bytes are no picture.
            DeviceMissing: the decoder did not load.
        """
        at_ms = self._now_ms()
        refuse_unread(picture, over_pixels=MAX_PIXELS)
        options = to_js({"formats": asked_formats(asked_for(expected))}, dict_converter=js.Object.fromEntries)
        try:
            codes = (await self._read_codes(to_js(picture), options)).to_py()
        except JsException as trouble:
            if trouble.name == "FrameDamaged":
                raise FrameDamaged("picture", trouble.message) from trouble
            raise DeviceMissing("zxing-wasm", f"{trouble.name}: {trouble.message}") from trouble
        tally = Tally(expected_text=expected_text, any_itf=False)
        tally.add([read for code in codes if (read := _read(code))])
        return [found.scan(at_ms) for found in tally.found()]


def _read(code: Mapping[str, Any]) -> Read | None:
    symbology = symbology_of(code["format"], code["symbologyIdentifier"])
    if symbology is None:
        return None
    return Read(
        text=code["text"],
        data=bytes(code["bytes"]),
        symbology=symbology,
        aim_id=code["symbologyIdentifier"],
        corners=tuple((x, y) for x, y in code["corners"]),
        engine="zxing-cpp",
    )


def engines(version: str) -> dict[str, str]:
    """The decoder's version, as `devices.engines.engines` has those of a process.

    Args:
        version: `version` of `handset/page/codes.mjs`.
    """
    return {"zxing-wasm": version}
