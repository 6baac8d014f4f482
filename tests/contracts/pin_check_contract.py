"""Whether a PIN is its worker's, whoever hashes."""

from __future__ import annotations

from abc import ABC, abstractmethod

import pytest

from app.domain.pins import seal
from app.ports import PinCheck

OURS, ANOTHERS = b"this device's secret", b"another device's secret"
PIN = "482913"
# Made by argon2-cffi of `PIN`, with one salt: as quick as can be, in each length, on two lanes, at the store's costs.
QUICK = "$argon2id$v=19$m=8,t=1,p=1$c29tZSBzYWx0IG9mIGl0Lg$rXBJF40uQhDmiRocyXg2l/1cj+wrCeWD9jW0xYp3450"
OF_ANY_LENGTH = (
    "$argon2id$v=19$m=8,t=1,p=1$c29tZSBzYWx0IG9mIGl0Lg$Q5EV5A2nonIVgIkC",
    "$argon2id$v=19$m=8,t=1,p=1$c29tZSBzYWx0IG9mIGl0Lg$pGxBh4/1NlvxghG4gnppxQ",
    "$argon2id$v=19$m=8,t=1,p=1$c29tZSBzYWx0IG9mIGl0Lg$XSOsdIGy6FMHqIa9HjsIMmMZ4x7hVv7lYr9v4/nfPQ",
    "$argon2id$v=19$m=8,t=1,p=1$c29tZSBzYWx0IG9mIGl0Lg$rXBJF40uQhDmiRocyXg2l/1cj+wrCeWD9jW0xYp3450",
    "$argon2id$v=19$m=8,t=1,p=1$c29tZSBzYWx0IG9mIGl0Lg$"
    "cA8D1nDzigud1NnZvURQ2oqhNIjLk4v01CmQSSWVWoj1gdJF1G1mY0CvFTQxjrP8xTD2Vyvia9OIhTbTnbY3pw",
)
TWO_LANES = "$argon2id$v=19$m=16,t=1,p=2$c29tZSBzYWx0IG9mIGl0Lg$v09J0Bg1yDpb71MNwrOM4MSQCkiJjLc1t/kG4acYP4k"
AT_THE_STORES_COSTS = (
    "$argon2id$v=19$m=19456,t=2,p=1$c29tZSBzYWx0IG9mIGl0Lg$ImT/5PozYyj6VtkHJmjyv1S6sFoN4zkBLxC6jE1MBy0"
)


class PinCheckContract(ABC):
    @abstractmethod
    def pins(self, secret: bytes) -> PinCheck: ...

    @pytest.mark.parametrize("hashed", [*OF_ANY_LENGTH, TWO_LANES, AT_THE_STORES_COSTS])
    async def test_the_right_pin_opens_and_a_wrong_one_does_not(self, hashed: str) -> None:
        pins, kept = self.pins(OURS), seal(hashed, OURS)
        assert await pins.matches(kept, PIN)
        assert not await pins.matches(kept, "482914")
        assert not await pins.matches(kept, "")

    async def test_what_another_device_keeps_is_good_for_nothing_here(self) -> None:
        assert not await self.pins(OURS).matches(seal(QUICK, ANOTHERS), PIN)

    async def test_a_hash_of_before_is_taken_as_it_is(self) -> None:
        assert await self.pins(OURS).matches(QUICK, PIN)
        assert not await self.pins(OURS).matches(QUICK, "482914")

    @pytest.mark.parametrize(
        "damaged",
        [
            "",
            PIN,
            "$argon2id$v=19$broken",
            "$argon2id+device",
            "$argon2id+device$v=19$m=8,t=1,p=1$c29tZXNhbHQ$x.y",
            "$argon2id+device$v=19$m=8,t=1,p=1$c29tZXNhbHQ$43.",
            "$argon2id+device$v=19$m=8,t=1,p=1$c29tZXNhbHQ$-1.AAAA",
            "$argon2id+device$v=19$m=8,t=1,p=1$c29tZXNhbHQ$99999999999999999999.AAAA",
            "$argon2id+device$v=19$m=0,t=0,p=0$c29tZXNhbHQ$43.AAAA",
            "$argon2id+device$v=19$m=8,t=1,p=1$$43.AAAA",
            "$argon2id+device$v=19$m=8,t=1,p=99$c29tZXNhbHQ$43.AAAA",
            "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$ä",
            QUICK.replace("v=19", "v=16"),
            QUICK.replace("argon2id", "argon2i"),
            QUICK[:-1],
            QUICK + "AAAA",
        ],
    )
    async def test_a_damaged_hash_matches_nothing(self, damaged: str) -> None:
        assert not await self.pins(OURS).matches(damaged, PIN)
