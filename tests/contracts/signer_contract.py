"""What proves a device to be itself, wherever its key is kept."""

from __future__ import annotations

from abc import ABC, abstractmethod

import pytest

from app.errors import LedgerDamaged
from sync.grants import SignatureCheck
from sync.signer import Signer, base64url, device_secret


class SignerContract(ABC):
    @abstractmethod
    async def opened(self) -> Signer:
        """The device's signer, as a start of the program finds it; the first start makes the key."""

    @abstractmethod
    async def another(self) -> Signer:
        """Another device's."""

    @abstractmethod
    def damage(self) -> None:
        """Put something else in the key's place."""

    @abstractmethod
    def is_signed(self) -> SignatureCheck: ...

    async def test_the_key_is_the_same_after_each_start(self) -> None:
        first = await (await self.opened()).public_key()
        assert len(first) == 32
        assert await (await self.opened()).public_key() == first

    async def test_each_device_has_a_key_of_its_own(self) -> None:
        assert await (await self.opened()).public_key() != await (await self.another()).public_key()

    @pytest.mark.parametrize("message", [b"", b"floorhand-token\n\x00\xff", b"x" * 100_000])
    async def test_a_signature_is_the_keys_and_of_this_message_only(self, message: bytes) -> None:
        signer = await self.opened()
        signature, key = await signer.sign(message), base64url(await signer.public_key())
        assert len(signature) == 64
        assert self.is_signed()(message, base64url(signature), key)
        assert not self.is_signed()(message + b".", base64url(signature), key)
        assert not self.is_signed()(message, base64url(signature), base64url(await (await self.another()).public_key()))

    async def test_a_message_is_signed_in_one_way_only(self) -> None:
        first = await (await self.opened()).sign(b"a message")
        assert await (await self.opened()).sign(b"a message") == first

    async def test_a_secret_for_a_purpose_is_the_same_after_each_start(self) -> None:
        pins = await device_secret(await self.opened(), "pins")
        assert await device_secret(await self.opened(), "pins") == pins
        assert await device_secret(await self.opened(), "other") != pins
        assert await device_secret(await self.another(), "pins") != pins

    async def test_a_damaged_key_is_said_to_be_so_and_not_made_anew(self) -> None:
        await self.opened()
        self.damage()
        for _ in range(2):
            with pytest.raises(LedgerDamaged):
                await self.opened()
