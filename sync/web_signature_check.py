"""Whether a key signed a message, for stations that are a page. Only imported there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyodide.ffi import to_js

from sync.grants import SignatureCheck
from sync.signer import from_base64url


def web_signature_check(is_signed: Callable[[Any, Any, Any], bool]) -> SignatureCheck:
    """The same as `sync.signature_check.is_signed`, made of `isSigned` of `handset/page/signed.mjs`."""

    def check(message: bytes, signature: str, public_key: str) -> bool:
        try:
            signed, key = from_base64url(signature), from_base64url(public_key)
        except ValueError:
            return False
        return is_signed(to_js(message), to_js(signed), to_js(key))

    return check
