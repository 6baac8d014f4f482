"""Codes in pictures, by the engines of a process or by that of a page."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.ports import CodeReader
from tests.contracts.code_reader_contract import CodeReaderContract

PICTURES = "FLOORHAND_PICTURES"

if sys.platform == "emscripten":
    import handset_page
    import js

    from app.errors import DeviceMissing
    from devices.zxing_wasm import ZxingWasm, engines

    class TestInAPage(CodeReaderContract):
        """The pictures are drawn by the process that started this one: see `tests/handset/test_in_pyodide.py`."""

        def reader(self) -> CodeReader:
            return ZxingWasm(handset_page.codes.readCodes, now_ms=lambda: 0)

        def picture(self, name: str) -> bytes:
            return Path(os.environ[PICTURES], name).read_bytes()

        async def test_an_ean_that_nobody_expects_waits_for_a_second_frame(self) -> None:
            [scan] = await self.reader().read(self.picture("ean13.png"))
            assert not scan.confirmed

        async def test_a_decoder_that_does_not_load_is_said_to_be_missing(self) -> None:
            reader = ZxingWasm(lambda *_: js.Promise.reject(js.Error.new("gone")), now_ms=lambda: 0)
            with pytest.raises(DeviceMissing):
                await reader.read(self.picture("qr.png"))

        def test_the_engine_says_its_version(self) -> None:
            assert engines(handset_page.codes.version)["zxing-wasm"].startswith("3.")

else:
    from devices.barcodes import Decoder
    from tests.contracts.code_pictures import drawn

    class TestInAProcess(CodeReaderContract):
        @pytest.fixture(autouse=True)
        def _decoder(self) -> Iterator[None]:
            self.decoder = Decoder(budget_ms=5_000)
            yield
            self.decoder.close()

        def reader(self) -> CodeReader:
            return self.decoder

        def picture(self, name: str) -> bytes:
            return drawn()[name]
