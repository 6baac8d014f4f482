"""PINs and their hashes, as the store sends them and as a station keeps them."""

from __future__ import annotations

import sys

import pytest

from app.domain.pins import seal
from app.ports import PinCheck
from devices.pin_check import Argon2PinCheck
from tests.contracts.pin_check_contract import OURS, QUICK, PinCheckContract

if sys.platform == "emscripten":
    import handset_page

    from devices.argon2_wasm import web_argon2id

    class TestInAPage(PinCheckContract):
        def pins(self, secret: bytes) -> PinCheck:
            return Argon2PinCheck(secret, web_argon2id(handset_page.pins.argon2idHash))

else:
    import argon2

    from devices.argon2_thread import argon2id

    class TestOnAThread(PinCheckContract):
        def pins(self, secret: bytes) -> PinCheck:
            return Argon2PinCheck(secret, argon2id)

    def test_a_sealed_hash_is_none_that_others_can_verify() -> None:
        with pytest.raises(argon2.exceptions.VerificationError):
            argon2.PasswordHasher().verify(seal(QUICK, OURS), "482913")


def test_what_is_kept_says_nothing_of_the_hash() -> None:
    kept = seal(QUICK, OURS)
    assert QUICK.split("$")[4] == kept.split("$")[4]
    assert QUICK.split("$")[5] not in kept


@pytest.mark.parametrize("none", ["", "482913", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=8,t=1,p=1$salt"])
def test_what_is_no_hash_is_not_kept(none: str) -> None:
    assert seal(none, OURS) == ""
