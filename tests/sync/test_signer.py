"""The device's key: in a file of its own, or in the browser's keeping."""

from __future__ import annotations

import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from sync.grants import SignatureCheck
from sync.signer import Signer
from tests.contracts.signer_contract import SignerContract

if sys.platform == "emscripten":
    import handset_page
    import js
    from pyodide.ffi import JsException

    from app.errors import BrowserTooOld, LedgerReadOnly
    from sync.web_signature_check import web_signature_check
    from sync.web_signer import WebSigner

    class Keys:
        """What IndexedDB does in a browser: keeps an object, and shows nothing of it."""

        def __init__(self) -> None:
            self.kept: Any = js.undefined

        async def get(self) -> Any:
            return self.kept

        async def put(self, pair: Any) -> None:
            self.kept = pair

    class TestInAPage(SignerContract):
        @pytest.fixture(autouse=True)
        def _keys(self) -> None:
            self.keys = Keys()

        async def opened(self) -> Signer:
            return await WebSigner.opened(lambda: handset_page.device_key.deviceKey(self.keys))

        async def another(self) -> Signer:
            return await WebSigner.opened(lambda: handset_page.device_key.deviceKey(Keys()))

        def damage(self) -> None:
            self.keys.kept = js.Object.fromEntries([])

        def is_signed(self) -> SignatureCheck:
            return web_signature_check(handset_page.signed.isSigned)

        async def test_the_key_cannot_be_taken_out(self) -> None:
            await self.opened()
            for form in ("pkcs8", "jwk"):
                with pytest.raises(JsException, match="not extractable"):
                    await js.crypto.subtle.exportKey(form, self.keys.kept.privateKey)

        async def test_a_key_that_could_be_taken_out_is_not_used(self) -> None:
            pair = await js.crypto.subtle.generateKey("Ed25519", True, ["sign", "verify"])
            self.keys.kept = pair
            with pytest.raises(Exception, match="no key of this device"):
                await self.opened()

        async def test_a_browser_without_this_kind_of_key_is_too_old(self, monkeypatch: pytest.MonkeyPatch) -> None:
            monkeypatch.setattr(js.crypto.subtle, "generateKey", lambda *_: js.Promise.reject(js.Error.new("no")))
            with pytest.raises(BrowserTooOld):
                await self.opened()

        async def test_a_key_that_cannot_be_kept_is_not_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
            monkeypatch.setattr(self.keys, "put", lambda _: js.Promise.reject(js.Error.new("QuotaExceeded")))
            with pytest.raises(LedgerReadOnly):
                await self.opened()

else:
    from sync.signature_check import is_signed
    from sync.signer_file import FileSigner

    class TestInAFile(SignerContract):
        @pytest.fixture(autouse=True)
        def _path(self, tmp_path: Path) -> None:
            self.path, self.other = tmp_path / "key", tmp_path / "another's"

        async def opened(self) -> Signer:
            return FileSigner(self.path)

        async def another(self) -> Signer:
            return FileSigner(self.other)

        def damage(self) -> None:
            self.path.write_bytes(b"short")

        def is_signed(self) -> SignatureCheck:
            return is_signed

        async def test_only_the_owner_may_read_the_key(self) -> None:
            await self.opened()
            assert stat.S_IMODE(self.path.stat().st_mode) == 0o600
