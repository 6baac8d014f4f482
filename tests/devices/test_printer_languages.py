"""Bitmap to bytes and back: by hand, by an independent decoder, and by the simulated printer, dot for dot."""

from __future__ import annotations

import base64
import binascii
import re
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from devices import escpos_raster, zpl
from devices.simulated_language import Event, Finished, Interpreter, Question


@st.composite
def bitmaps(draw: st.DrawFn) -> Image.Image:
    width, height = draw(st.integers(1, 130)), draw(st.integers(1, 300))
    noise = draw(st.binary(min_size=1, max_size=64))
    row_bytes = (width + 7) // 8
    data = (noise * (row_bytes * height // len(noise) + 1))[: row_bytes * height]
    return Image.frombytes("1", (width, height), data)


def events_of(*pieces: bytes) -> list[Event]:
    interpreter = Interpreter()
    happened: list[Event] = []
    for piece in pieces:
        interpreter.hear(piece)
        while event := interpreter.next():
            happened.append(event)
    return happened


def the_label(*pieces: bytes) -> Finished:
    (label,) = events_of(*pieces)
    assert isinstance(label, Finished)
    return label


def same_dots(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and one.convert("L").tobytes() == other.convert("L").tobytes()


@settings(max_examples=60, deadline=None)
@given(bitmaps(), st.integers(0, 4000))
def test_zpl_gives_the_same_dots_back(bitmap: Image.Image, cut: int) -> None:
    sent = zpl.label(bitmap)
    label = the_label(sent[:cut], sent[cut:])
    assert label.language == "zpl"
    assert same_dots(label.bitmap, bitmap)


@settings(max_examples=60, deadline=None)
@given(bitmaps(), st.integers(0, 4000))
def test_escpos_gives_the_same_dots_back_on_rows_of_whole_bytes(bitmap: Image.Image, cut: int) -> None:
    sent = escpos_raster.label(bitmap)
    label = the_label(sent[:cut], sent[cut:])
    padded = Image.new("1", ((bitmap.width + 7) // 8 * 8, bitmap.height), 1)
    padded.paste(bitmap, (0, 0))
    assert label.language == "escpos"
    assert same_dots(label.bitmap, padded)


@settings(max_examples=60, deadline=None)
@given(bitmaps())
def test_z64_decodes_without_our_own_decoder(bitmap: Image.Image) -> None:
    field = re.search(rb"\^GFA,(\d+),(\d+),(\d+),:Z64:([^:]+):([0-9A-F]{4})\^FS", zpl.label(bitmap))
    assert field
    data = zlib.decompress(base64.b64decode(field[4]))
    assert len(data) == int(field[1]) == int(field[2]) == int(field[3]) * bitmap.height
    assert int(field[5], 16) == crc16_of(field[4])
    rows = [data[y * int(field[3]) : (y + 1) * int(field[3])] for y in range(bitmap.height)]
    for y, row in enumerate(rows):
        dots = "".join(f"{byte:08b}" for byte in row)
        assert dots[: bitmap.width] == "".join("10"[bitmap.getpixel((x, y)) != 0] for x in range(bitmap.width))
        assert "1" not in dots[bitmap.width :]


def crc16_of(data: bytes) -> int:
    """CRC-16/XMODEM, bit by bit."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ (0x1021 if crc & 0x8000 else 0)
        crc &= 0xFFFF
    return crc


def test_escpos_bytes_are_those_of_the_command_reference() -> None:
    bitmap = Image.new("1", (9, 2), 1)
    bitmap.putpixel((0, 0), 0)
    bitmap.putpixel((8, 1), 0)
    assert escpos_raster.label(bitmap) == (
        b"\x1b\x40"  # ESC @: initialise
        b"\x1d\x61\x00"  # GS a 0: no automatic status
        b"\x1d\x76\x30\x00"  # GS v 0, normal size
        b"\x02\x00\x02\x00"  # 2 bytes a row, 2 rows
        b"\x80\x00"  # ●········
        b"\x00\x80"  # ········●
        b"\x1d\x56\x42\x00"  # GS V 66 0: feed and cut
    )


def test_tall_labels_go_in_bands_of_240_rows() -> None:
    sent = escpos_raster.label(Image.new("1", (8, 500), 1))
    heights = [int.from_bytes(size, "little") for size in re.findall(rb"\x1dv0\x00\x01\x00(..)", sent, re.DOTALL)]
    assert heights == [240, 240, 20]


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Main St 7", b"^FH_^FDMain St 7^FS"),
        ("^XZ~JA_\\", b"^FH_^FD_5EXZ_7EJA_5F_5C^FS"),
        ("a\r\n\x00", b"^FH_^FDa_0D_0A_00^FS"),
        ("ü", b"^FH_^FD_C3_BC^FS"),
        ("\ud800", b"^FH_^FD?^FS"),
    ],
)
def test_no_text_becomes_a_command(text: str, sent: bytes) -> None:
    assert zpl.escaped_field(text) == sent


@pytest.mark.parametrize(
    "data",
    [b"80000080", b"8000\n0080", b"8,0080", b"8I0H080"],
)
def test_plain_and_compressed_hexadecimal_are_drawn(data: bytes) -> None:
    label = the_label(b"^XA^PW16^LL2^FO0,0^GFA,4,4,2," + data + b"^FS^XZ")
    assert [(x, y) for y in range(2) for x in range(16) if label.bitmap.getpixel((x, y)) == 0] == [(0, 0), (8, 1)]


def test_a_repeat_count_and_a_repeated_row_are_drawn() -> None:
    label = the_label(b"^XA^PW16^LL2^FO0,0^GFA,4,4,2,JF:^FS^XZ")
    assert label.bitmap.getextrema() == (0, 0)


def test_a_graphic_stands_where_its_origin_says() -> None:
    label = the_label(b"^XA^PW24^LL4^FO9,2^GFA,1,1,1,80^FS^XZ")
    assert [(x, y) for y in range(4) for x in range(24) if label.bitmap.getpixel((x, y)) == 0] == [(9, 2)]


def test_a_damaged_graphic_is_not_printed() -> None:
    sent = bytearray(zpl.label(Image.new("1", (64, 64), 0)))
    place = sent.index(b":Z64:") + 8
    sent[place] = ord("A") if sent[place] != ord("A") else ord("B")
    assert events_of(bytes(sent)) == []


def test_a_small_graphic_that_unpacks_to_a_gigabyte_is_not_printed() -> None:
    packed = base64.b64encode(zlib.compress(bytes(30_000_000), 9))
    bomb = b"^XA^FO0,0^GFA,8,8,1,:Z64:%s:%04X^FS^XZ" % (packed, binascii.crc_hqx(packed, 0))
    label = the_label(bomb)
    assert label.bitmap.size == (812, 1218)


NEARLY_COMMANDS = [b"\x1dv0", b"\x1dV", b"\x1b", b"^XA", b"^XZ", b"^GFA,4,4,2,", b"\x10\x04", b"! U1 getvar", b"~HS"]


@given(st.lists(st.binary(max_size=40) | st.sampled_from(NEARLY_COMMANDS), max_size=30))
def test_no_bytes_crash_the_printer(pieces: list[bytes]) -> None:
    labels = [event for event in events_of(*pieces) if isinstance(event, Finished)]
    assert all(label.bitmap.mode == "1" for label in labels)


def test_real_time_questions_are_heard_across_pieces_and_once() -> None:
    interpreter = Interpreter()
    heard = [interpreter.hear(piece) for piece in (b"\x10", b"\x04", b"\x02~", b"H", b"S\x10\x04\x04", b"x")]
    assert [len(asked) for asked in heard] == [0, 0, 1, 0, 2, 0]
    assert heard[4] == [Question.HOST_STATUS, Question.PAPER]


@pytest.mark.parametrize(
    "answer", [b"", b"\x02\x03" * 3, b"\x02030,x,0,1218,000,0,0,0,000,0,0,0\x03", b"HTTP/1.1 200 OK", b"\xff" * 90]
)
def test_what_is_no_host_status_is_none(answer: bytes) -> None:
    assert zpl.read_status(answer) is None
