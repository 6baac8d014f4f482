"""Argon2id on a thread, for stations that are a process: some 20 ms for a PIN, in which scans go on being taken."""

from __future__ import annotations

import asyncio

import argon2
from argon2.low_level import Type, hash_secret_raw

from app.domain.pins import Costs


async def argon2id(pin: bytes, costs: Costs) -> bytes:
    """The raw hash.

    Raises:
        ValueError: the costs make no hash on this machine.
    """
    return await asyncio.to_thread(_hashed, pin, costs)


def _hashed(pin: bytes, costs: Costs) -> bytes:
    try:
        return hash_secret_raw(
            secret=pin,
            salt=costs.salt,
            time_cost=costs.passes,
            memory_cost=costs.memory_kib,
            parallelism=costs.lanes,
            hash_len=costs.length,
            type=Type.ID,
        )
    except (argon2.exceptions.HashingError, OverflowError) as trouble:
        raise ValueError(str(trouble)) from trouble
