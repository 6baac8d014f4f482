"""Argon2id by WebAssembly, for stations that are a page: some 50 ms for a PIN. Only imported there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import js
from pyodide.ffi import JsException, to_js

from app.domain.pins import Costs
from devices.pin_check import Argon2id


def web_argon2id(hash_raw: Callable[[Any, Any, Any], Awaitable[Any]]) -> Argon2id:
    """Hashes by `argon2idHash` of `handset/page/pins.mjs`."""

    async def argon2id(pin: bytes, costs: Costs) -> bytes:
        paid = {
            "passes": costs.passes,
            "memoryKib": costs.memory_kib,
            "lanes": costs.lanes,
            "length": costs.length,
        }
        try:
            raw = await hash_raw(to_js(pin), to_js(costs.salt), to_js(paid, dict_converter=js.Object.fromEntries))
        except JsException as trouble:
            raise ValueError(trouble.message) from trouble
        hashed: bytes = raw.to_bytes()
        return hashed

    return argon2id
