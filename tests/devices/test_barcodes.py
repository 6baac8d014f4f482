"""Pictures in, scans out; a misread is worse than a miss."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from app.domain.gtin import check_digit
from app.domain.scan import Symbology
from app.errors import FrameDamaged
from app.ports import CodeReader
from devices import engines
from devices.barcodes import Decoder, main
from devices.cascade import read_codes
from devices.picture_header import claimed_size
from devices.pictures import MAX_PIXELS, Grey, grey_of

zxingcpp = pytest.importorskip("zxingcpp")
both_engines = pytest.mark.skipif(len(engines.installed()) < 2, reason="left out: zbar is not installed")
PHOTOGRAPHS = Path(__file__).parents[2] / ".." / "shared" / "data" / "barcodes"


def a_symbol(text: str, kind: str, *, scale: int = 3, turned_deg: float = 0, **options: bool) -> Grey:
    """A rendered symbol in the middle of a white page, turned if wanted."""
    barcode = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind), **options)
    symbol = np.array(barcode.to_image(scale=scale))
    if symbol.shape[0] < symbol.shape[1] // 3:
        symbol = np.repeat(symbol, max(1, symbol.shape[1] // 3 // symbol.shape[0]), axis=0)
    side = int(max(symbol.shape) * 1.6)
    page = np.full((side, side), 255, np.uint8)
    top, left = (side - symbol.shape[0]) // 2, (side - symbol.shape[1]) // 2
    page[top : top + symbol.shape[0], left : left + symbol.shape[1]] = symbol
    matrix = cv2.getRotationMatrix2D((side / 2, side / 2), turned_deg, 1)
    turned = cv2.warpAffine(page, matrix, (side, side), flags=cv2.INTER_LINEAR, borderValue=255)
    return np.asarray(turned, dtype=np.uint8)


def png(pixels: NDArray[np.integer[Any] | np.floating[Any]]) -> bytes:
    return cv2.imencode(".png", pixels)[1].tobytes()


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    decoder = Decoder(budget_ms=5_000)
    yield decoder
    decoder.close()


@pytest.mark.parametrize(
    ("text", "kind", "symbology"),
    [
        ("L.A-01-02", "Code128", Symbology.CODE128),
        ("T.0007", "QRCode", Symbology.QR),
        ("W.ANNA7", "DataMatrix", Symbology.DATAMATRIX),
        ("C.M", "Aztec", Symbology.AZTEC),
        ("P.000123", "PDF417", Symbology.PDF417),
        ("4006381333931", "EAN13", Symbology.EAN13),
    ],
)
async def test_what_we_print_is_read(decoder: Decoder, text: str, kind: str, symbology: Symbology) -> None:
    [scan] = await decoder.read(png(a_symbol(text, kind)))
    assert (scan.text, scan.symbology) == (text, symbology)
    assert len(scan.corners_px) == 4


@pytest.mark.parametrize(
    ("kind", "symbology"),
    [("Code128", Symbology.GS1_128), ("DataMatrix", Symbology.GS1_DATAMATRIX), ("QRCode", Symbology.GS1_QR)],
)
async def test_gs1_symbols_say_so_and_keep_their_separators(decoder: Decoder, kind: str, symbology: Symbology) -> None:
    [scan] = await decoder.read(png(a_symbol("(01)04012345678901(10)AB(21)C", kind, gs1=True)))
    assert (scan.text, scan.symbology) == ("010401234567890110AB\x1d21C", symbology)


@pytest.mark.parametrize("turned_deg", [20, 33, 45, 57, 70, 110, 200])
async def test_a_turned_label_is_stood_upright(decoder: Decoder, turned_deg: int) -> None:
    [scan] = await decoder.read(png(a_symbol("L.A-01-02", "Code128", turned_deg=turned_deg)))
    assert scan.text == "L.A-01-02"


async def test_two_codes_come_from_left_to_right(decoder: Decoder) -> None:
    page = np.hstack([a_symbol("LEFT", "QRCode", scale=5), a_symbol("RIGHT", "QRCode", scale=5)])
    assert [scan.text for scan in await decoder.read(png(page))] == ["LEFT", "RIGHT"]


@both_engines
async def test_an_ean_that_both_engines_read_is_confirmed(decoder: Decoder) -> None:
    [scan] = await decoder.read(png(a_symbol("4006381333931", "EAN13")))
    assert scan.confirmed


async def test_an_ean_that_one_engine_reads_waits_for_a_second_frame(
    decoder: Decoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_zbar", None)
    [scan] = await decoder.read(png(a_symbol("4006381333931", "EAN13")))
    assert not scan.confirmed
    [scan] = await decoder.read(png(a_symbol("4006381333931", "EAN13")), expected_text="04006381333931")
    assert scan.confirmed


@both_engines
async def test_without_zxing_the_other_engine_reads(decoder: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_zxingcpp", None)
    [scan] = await decoder.read(png(a_symbol("L.A-01-02", "Code128")))
    assert scan.text == "L.A-01-02"
    [scan] = await decoder.read(png(a_symbol("4006381333931", "EAN13")))
    assert not scan.confirmed


async def test_without_any_engine_nothing_is_readable(decoder: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_zxingcpp", None)
    monkeypatch.setattr(engines, "_zbar", None)
    assert await decoder.read(png(a_symbol("T.7", "QRCode"))) == []
    assert set(engines.engines().values()) == {""}


async def test_itf_needs_fourteen_digits_and_its_check_digit(decoder: Decoder) -> None:
    assert await decoder.read(png(a_symbol("0053611912", "ITF"))) == []
    assert await decoder.read(png(a_symbol("10614141000416", "ITF"))) == []
    [scan] = await decoder.read(png(a_symbol("10614141000415", "ITF")))
    assert scan.text == "10614141000415"


async def test_only_the_symbologies_of_the_step_are_read(decoder: Decoder) -> None:
    picture = png(a_symbol("T.7", "QRCode"))
    assert await decoder.read(picture, expected=frozenset({Symbology.EAN13, Symbology.CODE128})) == []
    assert len(await decoder.read(picture, expected=frozenset({Symbology.QR}))) == 1


def test_the_search_ends_when_the_time_is_up() -> None:
    asked: list[int] = []

    def no_time() -> bool:
        asked.append(1)
        return False

    assert read_codes(np.full((300, 300), 255, np.uint8), time_left=no_time) == []
    assert len(asked) == 1


async def test_pictures_of_every_depth_are_read(decoder: Decoder) -> None:
    grey = a_symbol("T.7", "QRCode")
    clear = np.zeros((*grey.shape, 4), np.uint8)
    clear[:, :, 3] = 255 - grey
    for pixels in (grey, cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), grey.astype(np.uint16) * 257, clear):
        assert [scan.text for scan in await decoder.read(png(pixels))] == ["T.7"]
    for ending in (".jpg", ".webp"):
        assert [scan.text for scan in await decoder.read(cv2.imencode(ending, grey)[1].tobytes())] == ["T.7"]


async def test_pictures_of_a_pixel_hold_no_code(decoder: Decoder) -> None:
    for shape in ((1, 1), (1, 500), (500, 1), (2, 2), (3, 3), (16, 16)):
        assert await decoder.read(png(np.zeros(shape, np.uint8))) == []


async def test_corners_are_in_pixels_of_the_picture_that_was_sent(decoder: Decoder) -> None:
    page = np.full((4_000, 5_000), 255, np.uint8)
    symbol = a_symbol("T.7", "QRCode", scale=20)
    page[2_500 : 2_500 + symbol.shape[0], 3_500 : 3_500 + symbol.shape[1]] = symbol
    [scan] = await decoder.read(png(page))
    assert all(3_500 <= x <= 5_000 and 2_500 <= y <= 4_000 for x, y in scan.corners_px)


def test_a_hundred_megapixels_are_shrunk_and_read() -> None:
    page = np.full((10_000, 10_000), 255, np.uint8)
    symbol = a_symbol("T.7", "QRCode", scale=40)
    page[1_000 : 1_000 + symbol.shape[0], 1_000 : 1_000 + symbol.shape[1]] = symbol
    grey, shrunk = grey_of(cv2.imencode(".png", page, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes())
    assert grey.size <= 12_000_000
    assert shrunk == pytest.approx(10_000 / grey.shape[1])
    assert [found.read.text for found in read_codes(grey)] == ["T.7"]


@pytest.mark.parametrize("ending", [".png", ".jpg", ".webp"])
@pytest.mark.parametrize("share", [0.02, 0.3])
async def test_half_a_picture_is_damaged_or_read_and_never_more(decoder: Decoder, ending: str, share: float) -> None:
    whole = cv2.imencode(ending, a_symbol("T.7", "QRCode", scale=10))[1].tobytes()
    damaged = False
    try:
        scans = await decoder.read(whole[: int(len(whole) * share)])
        assert [scan.text for scan in scans] in ([], ["T.7"])
    except FrameDamaged:
        damaged = True
    assert damaged or ending == ".jpg"


@pytest.mark.parametrize("picture", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBPVP8X"])
async def test_what_is_no_picture_is_refused(decoder: Decoder, picture: bytes) -> None:
    with pytest.raises(FrameDamaged):
        await decoder.read(picture)


async def test_a_picture_that_claims_the_moon_is_refused_unread(decoder: Decoder) -> None:
    header = png(np.zeros((1, 1), np.uint8))
    bomb = header[:16] + (60_000).to_bytes(4, "big") * 2 + header[24:]
    assert claimed_size(bomb) == (60_000, 60_000)
    assert MAX_PIXELS < 60_000 * 60_000
    with pytest.raises(FrameDamaged):
        await decoder.read(bomb)


@given(st.binary(max_size=300), st.sampled_from([b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"RIFF\x90\0\0\0WEBPVP8L"]))
@settings(max_examples=60)
def test_no_bytes_at_all_break_the_reader(tail: bytes, head: bytes) -> None:
    damaged = False
    try:
        grey, _ = grey_of(head + tail)
        assert grey.dtype == np.uint8
    except FrameDamaged:
        damaged = True
    assert damaged or head


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 359))
@settings(max_examples=15, deadline=None)
def test_no_ean_is_ever_confirmed_wrong(body: str, turned_deg: int) -> None:
    ean = body + check_digit(body)
    for found in read_codes(a_symbol(ean, "EAN13", turned_deg=turned_deg)):
        assert found.read.text == ean or not found.confirmed


def test_the_decoder_is_the_code_reader_of_the_core(decoder: Decoder) -> None:
    reader: CodeReader = decoder
    assert reader is decoder


async def test_pictures_are_read_one_at_a_time(decoder: Decoder) -> None:
    pictures = [png(a_symbol(f"T.{number}", "QRCode")) for number in range(5)]
    scans = await asyncio.gather(*(decoder.read(picture) for picture in pictures))
    assert [scan.text for [scan] in scans] == [f"T.{number}" for number in range(5)]


def test_the_command_line_goes_on_after_what_is_no_picture(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = tmp_path / "good.png", tmp_path / "bad.png"
    good.write_bytes(png(a_symbol("T.7", "QRCode")))
    bad.write_bytes(b"no picture")
    assert main([str(bad), str(tmp_path / "none.png"), str(good)]) == 1
    said = capsys.readouterr()
    [row] = [json.loads(line) for line in said.out.splitlines()]
    assert row["file"] == str(good)
    assert [(code["text"], code["bytes_hex"], code["aim_id"]) for code in row["codes"]] == [("T.7", "542e37", "]Q1")]
    assert str(bad) in said.err
    assert "none.png" in said.err


@pytest.mark.skipif(not PHOTOGRAPHS.is_dir(), reason="left out: the sample photographs are not on this machine")
@both_engines
def test_photographs_are_read_better_than_by_zxing_alone_and_none_is_confirmed_wrong() -> None:
    decoder = Decoder(budget_ms=5_000, any_itf=True)
    ours = zxings = 0
    for path in sorted(PHOTOGRAPHS.glob("*/*.txt")):
        picture = next(one for one in path.parent.iterdir() if one.stem == path.stem and one.suffix != ".txt")
        truth = path.read_text(encoding="utf-8", errors="replace").replace("\r\n", "\n").strip()
        grey, _ = grey_of(picture.read_bytes())
        plain = zxingcpp.read_barcodes(grey, text_mode=zxingcpp.TextMode.Plain)
        zxings += any(code.text.replace("\r\n", "\n").strip() == truth for code in plain)
        found = decoder.find_in(grey)
        ours += any(one.read.text.replace("\r\n", "\n").strip() == truth for one in found)
        if picture.parent.name.startswith(("ean", "upc", "itf", "code", "codabar")):
            wrong = [one.read.text for one in found if one.confirmed and not truth.startswith(one.read.text)]
            assert not wrong, picture
    decoder.close()
    assert ours > zxings


@pytest.mark.skipif(not PHOTOGRAPHS.is_dir(), reason="left out: the sample photographs are not on this machine")
def test_nothing_is_read_where_nothing_is() -> None:
    decoder = Decoder(budget_ms=5_000, any_itf=True)
    for picture in sorted(PHOTOGRAPHS.glob("falsepositives-*/*")):
        assert decoder.find(picture.read_bytes())[0] == [], picture
    decoder.close()
