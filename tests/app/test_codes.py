"""What a scan means, by its form alone."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.codes import MAX_CHARS, PREFIXES, Code, CodeKind, Command, identify, printed
from app.domain.gtin import check_digit
from app.domain.scan import Scan, Source, Symbology
from app.domain.unreadable import Gs1Damaged
from app.errors import UnreadableCode

GS = "\x1d"


def meant(text: str, symbology: Symbology | None = None) -> Code:
    return identify(Scan(text=text, source=Source.WEDGE, symbology=symbology))


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("L.A-01-02-3", CodeKind.LOCATION, "A-01-02-3"),
        ("T.0007", CodeKind.TOTE, "0007"),
        ("W.ANNA7", CodeKind.BADGE, "ANNA7"),
        ("C.M", CodeKind.CARTON_TYPE, "M"),
        ("R.RMA-1001", CodeKind.RETURN, "RMA-1001"),
        ("P.000123", CodeKind.LICENCE_PLATE, "000123"),
        ("O.web-1001", CodeKind.ORDER, "web-1001"),
        ("E.7KQ2", CodeKind.ENROLMENT, "7KQ2"),
        ("S.LANE-1", CodeKind.STAGING, "LANE-1"),
        ("t.0007", CodeKind.TOTE, "0007"),
        ("l.a-01-02-3", CodeKind.LOCATION, "A-01-02-3"),
        ("W.anna7", CodeKind.BADGE, "anna7"),
        ("o.web-1001", CodeKind.ORDER, "web-1001"),
        ("]C0T.0007", CodeKind.TOTE, "0007"),
    ],
)
def test_our_own_codes_are_known_by_their_prefix(text: str, kind: CodeKind, value: str) -> None:
    code = meant(text)
    assert (code.kind, code.value) == (kind, value)


def test_command_codes_are_read_as_commands() -> None:
    assert meant("X.GETWORK").command is Command.GET_WORK
    assert meant("x.short.none").command is Command.SHORT_NONE
    five = meant("X.D.5").command
    assert five is not None
    assert five.digit == 5
    second = meant("X.A.2").command
    assert second is not None
    assert second.answer == 2


def test_a_command_that_nobody_printed_is_no_command() -> None:
    assert meant("X.SELFDESTRUCT").kind is CodeKind.OTHER


@pytest.mark.parametrize("command", Command)
def test_every_command_is_printed_and_read_back(command: Command) -> None:
    assert meant(printed(CodeKind.COMMAND, command)).command is command


@given(
    st.sampled_from(sorted(set(PREFIXES.values()) - {CodeKind.COMMAND})),
    st.from_regex(r"[0-9A-Za-z._/-]{1,40}", fullmatch=True),
)
def test_what_we_print_is_read_back(kind: CodeKind, value: str) -> None:
    code = meant(printed(kind, value))
    assert (code.kind, code.value) == (kind, value)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (CodeKind.TOTE, ""),
        (CodeKind.TOTE, "Ö 1"),
        (CodeKind.OTHER, "A"),
        (CodeKind.SSCC, "1"),
        (CodeKind.COMMAND, "NO"),
    ],
)
def test_what_no_scanner_could_type_is_not_printed(kind: CodeKind, value: str) -> None:
    with pytest.raises(ValueError, match="no code of ours"):
        printed(kind, value)


@pytest.mark.parametrize(
    "text", ["4006381333931", "04006381333931", "]E04006381333931", "]C10104006381333931", "(01)04006381333931"]
)
def test_an_item_is_known_by_its_gtin_however_it_is_written(text: str) -> None:
    code = meant(text)
    assert (code.kind, code.value, code.gtin) == (CodeKind.ITEM, "04006381333931", "04006381333931")


def test_lot_expiry_and_serial_come_with_the_item() -> None:
    code = meant(f"]d201040063813339311726020010LOT7{GS}21S9")
    assert (code.lot, code.serial, code.expires_on) == ("LOT7", "S9", date(2026, 2, 28))


def test_a_scanner_without_aim_identifiers_is_understood_too() -> None:
    code = meant("010400638133393110LOT7")
    assert (code.gtin, code.lot) == ("04006381333931", "LOT7")


def test_lot_and_expiry_alone_are_details_of_an_item() -> None:
    code = meant("17261231" + "10LOT7", Symbology.GS1_128)
    assert (code.kind, code.lot, code.expires_on) == (CodeKind.ITEM_DETAIL, "LOT7", date(2026, 12, 31))


def test_a_pallet_label_says_what_is_in_it_and_how_many() -> None:
    code = meant("]C102040063813339313724")
    assert (code.kind, code.gtin, code.quantity_each) == (CodeKind.ITEM, "04006381333931", 24)


@pytest.mark.parametrize(
    "text", ["00106141412345678908", "]C100106141412345678908", "(00)106141412345678908", "106141412345678908"]
)
def test_an_sscc_is_known_however_it_is_written(text: str) -> None:
    code = meant(text)
    assert (code.kind, code.value, code.sscc) == (CodeKind.SSCC, "106141412345678908", "106141412345678908")


def test_twenty_digits_with_a_wrong_check_digit_are_somebody_elses_number() -> None:
    assert meant("00106141412345678909").kind is CodeKind.OTHER


def test_an_sscc_with_a_wrong_check_digit_under_gs1_128_is_damaged() -> None:
    with pytest.raises(Gs1Damaged):
        meant("00106141412345678909", Symbology.GS1_128)


def test_a_upce_is_the_item_of_its_upca() -> None:
    assert meant("04252614", Symbology.UPCE).gtin == "00042100005264"


@pytest.mark.parametrize(
    "text", ["1Z999AA10123456784", "web-1001", "SN 12/7", "4006381333932", "https://example.com/a", "(555) 123"]
)
def test_clean_text_that_we_do_not_know_is_no_error(text: str) -> None:
    code = meant(text)
    assert (code.kind, code.value, code.raw) == (CodeKind.OTHER, text, text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \r\n",
        "A" * 4_000,
        "AB\x00C",
        "AB\x1bC",
        "T.\N{PILE OF POO}",
        "\N{ARABIC-INDIC DIGIT ONE}" * 13,
        "]C1",
        "A\x7f",
    ],
)
def test_what_is_no_code_is_refused_and_shown_short(text: str) -> None:
    with pytest.raises(UnreadableCode) as refused:
        meant(text)
    assert len(refused.value.scanned) <= 40
    assert refused.value.scanned.isascii()


@pytest.mark.parametrize(
    "text", ["]C1010400638133", f"]C10104006381333931{GS}{GS}10A", f"10A{GS}99", "0104006381333931" + "05X", "(01)0400"]
)
def test_half_a_gs1_string_is_refused(text: str) -> None:
    with pytest.raises(Gs1Damaged):
        meant(text)


@given(st.text(max_size=MAX_CHARS + 20), st.sampled_from([None, *Symbology]))
def test_any_scan_at_all_is_understood_or_refused(text: str, symbology: Symbology | None) -> None:
    with suppress(UnreadableCode):
        code = meant(text, symbology)
        assert code.value
        assert code.raw


@given(st.text("0123456789", min_size=13, max_size=13))
def test_a_case_code_is_an_item_in_fourteen_digits(body: str) -> None:
    gtin = body + check_digit(body)
    assert meant(gtin, Symbology.ITF).gtin == gtin
