"""Codes that come as lines: whole ones count, whatever the scanner ends them with."""

from __future__ import annotations

import os

import pytest

from app.domain.scan import Scan, Source, Symbology
from devices.scan_lines import MAX_CHARS, Lines, scans


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_a_line_may_come_in_pieces_and_end_as_scanners_end_them(end: bytes) -> None:
    lines = Lines()
    assert lines.feed(b"L.A-") == []
    assert lines.feed(b"01" + end + b"T.7" + end + b"40") == ["L.A-01", "T.7"]


def test_what_frames_a_code_is_no_part_of_it() -> None:
    assert Lines().feed(b"\x02T.7\x03\r\n\r\n") == ["T.7"]


def test_a_line_without_end_is_cut_and_still_too_long() -> None:
    lines = Lines()
    for _ in range(10):
        lines.feed(b"9" * 1000)
    (text,) = lines.feed(b"\n")
    assert len(text) == MAX_CHARS + 1
    assert Lines().feed(b"\xff\n") == ["\ufffd"]


async def test_codes_are_read_until_the_scanner_is_gone() -> None:
    scanner, cable = os.pipe()
    os.write(cable, b"]C1T.7\nT.8\nT.")
    os.close(cable)
    heard = [scan async for scan in scans(scanner, lambda: 5)]
    os.close(scanner)
    assert heard == [
        Scan(text="T.7", source=Source.SERIAL, at_ms=5, symbology=Symbology.GS1_128),
        Scan(text="T.8", source=Source.SERIAL, at_ms=5),
    ]


async def test_a_scanner_that_was_never_there_is_like_one_that_is_gone() -> None:
    assert [scan async for scan in scans(-1, lambda: 5)] == []
