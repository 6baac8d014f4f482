from __future__ import annotations

import argon2

from devices.pin_check import Argon2PinCheck

QUICK = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def test_the_right_pin_opens_and_a_wrong_one_does_not() -> None:
    pins = Argon2PinCheck()
    assert pins.matches(QUICK.hash("482913"), "482913")
    assert not pins.matches(QUICK.hash("482913"), "482914")


def test_a_damaged_hash_matches_nothing() -> None:
    pins = Argon2PinCheck()
    assert not pins.matches("", "482913")
    assert not pins.matches("$argon2id$v=19$broken", "482913")
