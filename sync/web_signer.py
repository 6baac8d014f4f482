"""The station's key in the browser's own keeping, for stations that are a page. Only imported there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from pyodide.ffi import JsException, to_js

from app.errors import BrowserTooOld, LedgerDamaged, LedgerReadOnly, LedgerTrouble

_TROUBLE: dict[str, type[LedgerTrouble]] = {
    "KeyTooOld": BrowserTooOld,
    "KeyDamaged": LedgerDamaged,
    "KeyUnkept": LedgerReadOnly,
}


class WebSigner:
    """Signs with a WebCrypto key that nobody can take out of the browser, not this program either.

    Args:
        key: what `deviceKey` of `handset/page/device_key.mjs` gives.
    """

    def __init__(self, key: Any) -> None:
        self._key = key

    @classmethod
    async def opened(cls, device_key: Callable[[], Awaitable[Any]]) -> WebSigner:
        """The device's signer; makes the key when there is none.

        Args:
            device_key: `deviceKey` of `handset/page/device_key.mjs`.

        Raises:
            BrowserTooOld: it has no Ed25519.
            LedgerDamaged: something else is kept in the key's place.
            LedgerReadOnly: the key cannot be read or kept.
        """
        try:
            return cls(await device_key())
        except JsException as trouble:
            raise _TROUBLE.get(trouble.name, LedgerTrouble)(f"device key: {trouble.message}") from trouble

    async def public_key(self) -> bytes:
        raw: bytes = self._key.publicKey().to_bytes()
        return raw

    async def sign(self, message: bytes) -> bytes:
        signature = await self._key.sign(to_js(message))
        raw: bytes = signature.to_bytes()
        return raw
