"""What a `CodeReader` makes of pictures: the same in a process and in a page."""

from __future__ import annotations

from abc import ABC, abstractmethod

import pytest

from app.domain.scan import Source, Symbology
from app.errors import FrameDamaged
from app.ports import CodeReader

EAN = "4006381333931"
NO_PICTURES = (b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBPVP8X")
GS1_TEXT = "010401234567890110AB\x1d21C"


class CodeReaderContract(ABC):
    @abstractmethod
    def reader(self) -> CodeReader: ...

    @abstractmethod
    def picture(self, name: str) -> bytes:
        """One of `tests.contracts.code_pictures`."""

    @pytest.mark.parametrize(
        ("name", "text", "symbology"),
        [
            ("code128.png", "L.A-01-02", Symbology.CODE128),
            ("qr.png", "T.0007", Symbology.QR),
            ("qr.jpg", "T.0007", Symbology.QR),
            ("datamatrix.png", "W.ANNA7", Symbology.DATAMATRIX),
            ("aztec.png", "C.M", Symbology.AZTEC),
            ("pdf417.png", "P.000123", Symbology.PDF417),
            ("gs1_128.png", GS1_TEXT, Symbology.GS1_128),
            ("gs1_datamatrix.png", GS1_TEXT, Symbology.GS1_DATAMATRIX),
            ("gs1_qr.png", GS1_TEXT, Symbology.GS1_QR),
            ("turned.png", "L.A-01-02", Symbology.CODE128),
        ],
    )
    async def test_what_we_print_is_read_and_needs_no_second_look(
        self, name: str, text: str, symbology: Symbology
    ) -> None:
        [scan] = await self.reader().read(self.picture(name))
        assert (scan.text, scan.symbology, scan.source, scan.confirmed) == (text, symbology, Source.CAMERA, True)

    async def test_an_ean_is_read_and_the_expected_one_needs_no_second_look(self) -> None:
        [scan] = await self.reader().read(self.picture("ean13.png"))
        assert (scan.text, scan.symbology) == (EAN, Symbology.EAN13)
        [scan] = await self.reader().read(self.picture("ean13.png"), expected_text=EAN.zfill(14))
        assert scan.confirmed

    async def test_itf_needs_fourteen_digits_and_its_check_digit(self) -> None:
        assert await self.reader().read(self.picture("itf_short.png")) == []
        assert await self.reader().read(self.picture("itf_wrong.png")) == []
        [scan] = await self.reader().read(self.picture("itf14.png"))
        assert scan.text == "10614141000415"

    async def test_only_the_symbologies_of_the_step_are_read(self) -> None:
        picture = self.picture("qr.png")
        assert await self.reader().read(picture, expected=frozenset({Symbology.EAN13, Symbology.CODE128})) == []
        assert len(await self.reader().read(picture, expected=frozenset({Symbology.QR}))) == 1
        assert len(await self.reader().read(picture, expected=frozenset({Symbology.GS1_QR}))) == 1

    async def test_two_codes_come_from_left_to_right_with_their_places(self) -> None:
        left, right = await self.reader().read(self.picture("two.png"))
        assert (left.text, right.text) == ("LEFT", "RIGHT")
        assert len(left.corners_px) == len(right.corners_px) == 4
        assert max(x for x, _ in left.corners_px) < min(x for x, _ in right.corners_px)

    async def test_where_nothing_is_nothing_is_read(self) -> None:
        assert await self.reader().read(self.picture("blank.png")) == []

    @pytest.mark.parametrize(
        "picture", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBPVP8X"]
    )
    async def test_what_is_no_picture_is_refused(self, picture: bytes) -> None:
        with pytest.raises(FrameDamaged):
            await self.reader().read(picture)

    async def test_a_picture_that_was_cut_in_its_head_is_refused(self) -> None:
        with pytest.raises(FrameDamaged):
            await self.reader().read(self.picture("qr.png")[:40])

    async def test_a_picture_that_claims_the_moon_is_refused_unread(self) -> None:
        header = self.picture("qr.png")
        with pytest.raises(FrameDamaged):
            await self.reader().read(header[:16] + (60_000).to_bytes(4, "big") * 2 + header[24:])
