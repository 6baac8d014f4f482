"""README.md tells a stranger the truth: its commands, addresses, variables, prefixes and rooms exist."""

from __future__ import annotations

import re
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from app.domain.codes import PREFIXES
from app.domain.facts import FACT_TYPES
from app.settings import station_settings
from demo.__main__ import options
from demo.shift import Ports
from devices.printer_address import printer_at

HOUSE = Path(__file__).parent.parent
README = (HOUSE / "README.md").read_text()
MAKEFILE = (HOUSE / "Makefile").read_text()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE))))
def test_each_make_command_exists(target: str) -> None:
    assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE)


@pytest.mark.parametrize("module", sorted(set(re.findall(r"python -m ([a-z_.]+)", README))))
def test_each_module_that_is_to_be_run_exists(module: str) -> None:
    assert find_spec(module) is not None


def test_the_addresses_are_those_of_make_run() -> None:
    ports = Ports()
    assert set(re.findall(r"127\.0\.0\.1:(\d+)", README)) == {
        str(port) for port in (ports.handset, ports.packing, ports.bench, ports.page, ports.store, ports.printer)
    }


def test_the_options_of_make_run_are_understood() -> None:
    said = [options(given.split()) for given in re.findall(r'make run ARGS="?(--[^"`]+)"?', README)]
    assert any(chosen.lan for chosen in said)
    assert any(chosen.store_port != Ports().store for chosen in said)


def test_the_prefixes_of_our_codes_are_those_that_are_printed() -> None:
    said = set(re.findall(r"`([A-Z]\.)`", README))
    assert said <= set(PREFIXES)
    assert len(said) >= len(PREFIXES) - 1


def test_the_rooms_of_the_map_exist() -> None:
    house = README.split("## The house", 1)[1].split("```")[1]
    rooms = re.findall(r"^(\S+?)/? {2,}", house, re.MULTILINE)
    assert rooms
    assert [room for room in rooms if not (HOUSE / room).exists()] == []


def test_the_station_s_settings_file_is_one() -> None:
    stated = tomllib.loads(README.split("```toml", 1)[1].split("```", 1)[0])
    settings = station_settings(stated)
    assert settings.enrolment_code
    for address in (settings.printer, *re.findall(r"escpos\+[a-z]+://[^\s,]+|zpl\+file://[^\s,]+", README)):
        printer, _ = printer_at("label", address)
        assert printer.printer_id == "label"
        printer.close()


def test_each_picture_is_there() -> None:
    pictures = re.findall(r"\]\(([^)]+\.png)\)", README)
    assert [path for path in pictures if not (HOUSE / path).is_file()] == []


def test_the_glossary_knows_the_words_of_the_facts() -> None:
    """Whoever reads a log finds each noun that facts begin with in the glossary or among what people do."""
    nouns = {kind.split(".")[0] for kind in FACT_TYPES} - {"scan", "fact"}
    missing = {noun for noun in nouns if noun.replace("_", " ")[:4] not in README.lower()}
    assert missing == set()
