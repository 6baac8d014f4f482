"""Who signed what: the same verdict wherever it is reached, and never anything but a verdict."""

from __future__ import annotations

from abc import ABC, abstractmethod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.grants import SignatureCheck
from sync.signer import base64url

# RFC 8032, section 7.1, test 3.
KEY = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
MESSAGE = bytes.fromhex("af82")
SIGNATURE = bytes.fromhex(
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
)
ANOTHERS = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
ORDER = 2**252 + 27742317777372353535851937790883648493
# The same signature with its second half one group order larger: good by the equation, refused by RFC 8032.
MALLEABLE = SIGNATURE[:32] + (int.from_bytes(SIGNATURE[32:], "little") + ORDER).to_bytes(32, "little")


class SignatureContract(ABC):
    @abstractmethod
    def check(self) -> SignatureCheck: ...

    def test_the_signature_of_the_standard_is_good(self) -> None:
        assert self.check()(MESSAGE, base64url(SIGNATURE), base64url(KEY)) is True

    @pytest.mark.parametrize(
        ("message", "signature", "key"),
        [
            (MESSAGE + b"\0", SIGNATURE, KEY),
            (b"", SIGNATURE, KEY),
            (MESSAGE, SIGNATURE, ANOTHERS),
            (MESSAGE, SIGNATURE[:-1], KEY),
            (MESSAGE, SIGNATURE + b"\0", KEY),
            (MESSAGE, b"", KEY),
            (MESSAGE, bytes(64), KEY),
            (MESSAGE, MALLEABLE, KEY),
            (MESSAGE, SIGNATURE, KEY[:-1]),
            (MESSAGE, SIGNATURE, KEY + b"\0"),
            (MESSAGE, SIGNATURE, b""),
            (MESSAGE, SIGNATURE, b"\xff" * 32),
            (MESSAGE, bytes(64), bytes(32)),
        ],
    )
    def test_anything_else_is_not(self, message: bytes, signature: bytes, key: bytes) -> None:
        assert self.check()(message, base64url(signature), base64url(key)) is False

    @pytest.mark.parametrize("text", ["", "A", "=", "====", "ab+/", "not base64", "é", "\x00", "A" * 86 + "!"])
    def test_what_is_no_base64_is_no_signature_and_no_key(self, text: str) -> None:
        assert self.check()(MESSAGE, text, base64url(KEY)) is False
        assert self.check()(MESSAGE, base64url(SIGNATURE), text) is False

    def test_a_text_that_was_cut_is_no_signature(self) -> None:
        whole = base64url(SIGNATURE)
        assert not any(self.check()(MESSAGE, whole[:length], base64url(KEY)) for length in range(len(whole)))

    @given(message=st.binary(max_size=20), signature=st.text(max_size=90), key=st.text(max_size=50))
    def test_whatever_comes_is_judged(self, message: bytes, signature: str, key: str) -> None:
        assert self.check()(message, signature, key) is False
