"""PINs and their hashes, as the store sends them and as a station keeps them."""

from __future__ import annotations

import argon2
import pytest

from app.domain.pins import seal
from devices.pin_check import Argon2PinCheck

QUICK = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
OURS, ANOTHERS = b"this device's secret", b"another device's secret"


def test_the_right_pin_opens_and_a_wrong_one_does_not() -> None:
    pins, kept = Argon2PinCheck(OURS), seal(QUICK.hash("482913"), OURS)
    assert pins.matches(kept, "482913")
    assert not pins.matches(kept, "482914")
    assert not pins.matches(kept, "")


@pytest.mark.parametrize("length", [12, 16, 31, 32, 64])
def test_a_hash_of_any_length_is_kept(length: int) -> None:
    hasher = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, hash_len=length)
    assert Argon2PinCheck(OURS).matches(seal(hasher.hash("482913"), OURS), "482913")


def test_what_another_device_keeps_is_good_for_nothing_here() -> None:
    assert not Argon2PinCheck(OURS).matches(seal(QUICK.hash("482913"), ANOTHERS), "482913")


def test_what_is_kept_says_nothing_of_the_hash() -> None:
    hashed = QUICK.hash("482913")
    kept = seal(hashed, OURS)
    assert hashed.split("$")[4] == kept.split("$")[4]
    assert hashed.split("$")[5] not in kept
    with pytest.raises(argon2.exceptions.VerificationError):
        argon2.PasswordHasher().verify(kept, "482913")


def test_a_hash_of_before_is_taken_as_it_is() -> None:
    pins = Argon2PinCheck(OURS)
    assert pins.matches(QUICK.hash("482913"), "482913")
    assert not pins.matches(QUICK.hash("482913"), "482914")


@pytest.mark.parametrize(
    "damaged",
    [
        "",
        "482913",
        "$argon2id$v=19$broken",
        "$argon2id+device",
        "$argon2id+device$v=19$m=8,t=1,p=1$c29tZXNhbHQ$x.y",
        "$argon2id+device$v=19$m=8,t=1,p=1$c29tZXNhbHQ$43.",
        "$argon2id+device$v=19$m=8,t=1,p=1$c29tZXNhbHQ$-1.AAAA",
        "$argon2id+device$v=19$m=0,t=0,p=0$c29tZXNhbHQ$43.AAAA",
        "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$ä",
    ],
)
def test_a_damaged_hash_matches_nothing(damaged: str) -> None:
    assert not Argon2PinCheck(OURS).matches(damaged, "482913")


@pytest.mark.parametrize("none", ["", "482913", "$2b$12$abcdefghijklmnopqrstuv", "$argon2id$v=19$m=8,t=1,p=1$salt"])
def test_what_is_no_hash_is_not_kept(none: str) -> None:
    assert seal(none, OURS) == ""
    assert not Argon2PinCheck(OURS).matches("", "482913")
