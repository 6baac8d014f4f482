"""GS1 data is read strictly, and what is wrong is said with its place."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain import gs1, gs1_rules
from app.domain.gs1_rules import NOT_JUDGED, RULES, check_pair, date_of
from app.domain.gs1_table import LINK_KEYS, TABLE
from app.domain.gtin import check_digit, expand_upce, gtin14, is_sscc
from app.domain.unreadable import Gs1Damaged, shown

GS = gs1.GS
DICTIONARY = Path(__file__).parents[2] / ".." / "shared" / "data" / "gs1" / "gs1-syntax-dictionary.txt"


def test_a_gs1_128_gives_item_expiry_lot_and_serial() -> None:
    assert gs1.elements_of(f"]C10104012345678901172612311012345{GS}21ABC") == (
        ("01", "04012345678901"),
        ("17", "261231"),
        ("10", "12345"),
        ("21", "ABC"),
    )


@pytest.mark.parametrize("aim", ["]C1", "]d2", "]Q3", "]e0", "]J1"])
def test_every_gs1_symbol_promises_elements(aim: str) -> None:
    assert gs1.elements_of(f"{aim}10A{GS}21B") == (("10", "A"), ("21", "B"))


def test_the_same_digits_are_an_item_under_an_ean_and_a_processor_under_gs1() -> None:
    assert gs1.elements_of("]E07032069804988") == (("01", "07032069804988"),)
    assert gs1.elements_of("7032069804988") == (("01", "07032069804988"),)
    with pytest.raises(Gs1Damaged) as refused:
        gs1.elements_of("]C17032069804988")
    assert refused.value.ai == "7032"


def test_brackets_are_read_as_people_write_them() -> None:
    assert gs1.parse(r"(01)04012345678901(10)A\(1") == (("01", "04012345678901"), ("10", "A(1"))


@pytest.mark.parametrize(
    ("text", "ai", "position"),
    [
        ("0104012345678902", "01", 2),  # wrong check digit
        ("17260231", "17", 2),  # no such day
        ("17261301", "17", 2),  # no such month
        ("01040123", "01", 8),  # cut off
        ("10", "10", 2),  # empty value
        (f"10{GS}21A", "10", 2),  # empty value before a separator
        ("10AB CD", "10", 4),  # a blank is no GS1 character
        ("05123", "", 0),  # unknown identifier
        ("422276" + "10A", "422", 6),  # missing separator behind a value of fixed length
        (f"10A{GS}{GS}21B", "", 4),  # two separators
        (f"10A{GS}10B", "10", 6),  # two lots
        ("0104012345678٩01", "01", 13),  # digits of another script
        ("", "", 0),
        ("37123456789", "37", 10),  # too long
        ("3100 12345", "3100", 4),
    ],
)
def test_damaged_data_is_refused_with_its_place(text: str, ai: str, position: int) -> None:
    with pytest.raises(Gs1Damaged) as refused:
        gs1.parse(text)
    assert (refused.value.ai, refused.value.position) == (ai, position)
    assert refused.value.wanted


def test_a_best_before_day_may_be_left_open() -> None:
    assert gs1.parse("15260200") == (("15", "260200"),)
    assert date_of("260200", this_year=2026) == date(2026, 2, 28)
    assert date_of("271200", this_year=2026) == date(2027, 12, 31)


@pytest.mark.parametrize(
    ("digits", "this_year", "day"),
    [
        ("760101", 2026, date(2076, 1, 1)),
        ("770101", 2026, date(1977, 1, 1)),
        ("990101", 2026, date(1999, 1, 1)),
        ("010101", 2099, date(2101, 1, 1)),
        ("490101", 2098, date(2049, 1, 1)),
        ("480101", 2098, date(2148, 1, 1)),
    ],
)
def test_the_century_is_the_nearest(digits: str, this_year: int, day: date) -> None:
    assert date_of(digits, this_year=this_year) == day


def test_every_gtin_becomes_fourteen_digits() -> None:
    assert gtin14("96385074") == "00000096385074"
    assert gtin14("036000291452") == "00036000291452"
    assert gtin14("4006381333931") == "04006381333931"
    assert gtin14("10614141000415") == "10614141000415"


@pytest.mark.parametrize("text", ["4006381333932", "400638133393", "", "400638133393A", "٤٠٠٦٣٨١٣٣٣٩٣١"])
def test_a_gtin_with_a_slip_is_refused(text: str) -> None:
    with pytest.raises(Gs1Damaged):
        gtin14(text)


@pytest.mark.parametrize(
    ("upce", "upca"),
    [
        ("04252614", "042100005264"),
        ("01234505", "012000003455"),
        ("01234133", "012300000413"),
        ("123457", None),
        ("425261", "042100005264"),
    ],
)
def test_a_upce_stands_for_a_upca(upce: str, upca: str | None) -> None:
    full = expand_upce(upce)
    assert len(full) == 12
    assert check_digit(full[:-1]) == full[-1]
    if upca:
        assert full == upca


def test_a_upce_with_a_wrong_check_digit_is_refused() -> None:
    with pytest.raises(Gs1Damaged):
        expand_upce("04252613")


def test_the_sscc_of_the_general_specifications_is_right() -> None:
    assert is_sscc("106141412345678908")
    assert not is_sscc("106141412345678909")


def test_check_pairs_are_those_of_the_general_specifications() -> None:
    assert check_pair("1987654Ad4X4bL5ttr2310c") == "2K"
    assert check_pair("12345_ABCDEFGHIJKLM") == "CP"


def test_a_digital_link_carries_the_same_elements() -> None:
    link = "https://example.com/shop/01/4012345678901/10/AB%2FC/21/7?17=261231&utm=x#top"
    assert gs1.elements_of(link) == (("01", "04012345678901"), ("10", "AB/C"), ("21", "7"), ("17", "261231"))
    assert gs1.elements_of("]Q1" + link) == gs1.elements_of(link)


def test_a_lot_that_looks_like_a_key_does_not_mislead_a_digital_link() -> None:
    assert gs1.elements_of("https://example.com/01/4012345678901/10/414/21/5") == (
        ("01", "04012345678901"),
        ("10", "414"),
        ("21", "5"),
    )


@pytest.mark.parametrize(
    "link",
    [
        "https://example.com/01/4012345678902",
        "https://example.com/01/4012345678901/21/7/10/A",
        "https://example.com/01/4012345678901?99999=1",
        "https://example.com/01/4012345678901/10",
    ],
)
def test_a_digital_link_with_a_slip_is_refused(link: str) -> None:
    with pytest.raises(Gs1Damaged):
        gs1.elements_of(link)


def test_every_rule_of_the_table_is_judged_or_named_as_not_judged() -> None:
    rules = {rule for ai in TABLE.values() for part in ai.parts for rule in part.rules}
    assert rules == RULES.keys() | NOT_JUDGED


def test_no_identifier_is_the_beginning_of_another() -> None:
    assert not [(a, b) for a in TABLE for b in TABLE if a != b and b.startswith(a)]


@pytest.mark.skipif(not DICTIONARY.exists(), reason="left out: the GS1 syntax dictionary is not on this machine")
def test_our_table_is_the_dictionary() -> None:
    theirs: dict[str, tuple[bool, list[str]]] = {}
    keys: set[str] = set()
    for line in DICTIONARY.read_text(encoding="utf-8").splitlines():
        row = re.match(r"(\d+)(?:-(\d+))?\s+([*?]*)\s+(\S.*?)(?:#|$)", line)
        if not row:
            continue
        spec = re.findall(r"(?:^|\s)(\[?[NXYZ](?:\.\.)?\d+\]?(?:,[a-z0-9]+)*)(?=\s|$)", row[4])
        if "dlpkey" in row[4]:
            keys.add(row[1])
        for number in range(int(row[1]), int(row[2] or row[1]) + 1):
            theirs[str(number).zfill(len(row[1]))] = ("*" in row[3], spec)
    assert TABLE.keys() == theirs.keys()
    assert LINK_KEYS.keys() == keys
    for ai, (predefined, spec) in theirs.items():
        ours = TABLE[ai]
        assert ours.separated is not predefined
        assert [_written(p.charset, p.least, p.most, p.optional, p.rules) for p in ours.parts] == spec


def _written(charset: str, least: int, most: int, optional: bool, rules: tuple[str, ...]) -> str:
    size = f"{charset}{most}" if least == most and not (least == 1 and most > 1) else f"{charset}..{most}"
    return (f"[{size}]" if optional else size) + "".join(f",{rule}" for rule in rules)


digits = st.text("0123456789", min_size=1)
free = st.text(st.sampled_from(sorted(gs1_rules._CHARSETS["X"])), min_size=1, max_size=20)
gtins = st.text("0123456789", min_size=13, max_size=13).map(lambda d: d + check_digit(d))
ssccs = st.text("0123456789", min_size=17, max_size=17).map(lambda d: d + check_digit(d))
days = st.dates(date(2000, 1, 1), date(2075, 12, 31)).map(lambda d: d.strftime("%y%m%d"))
elements = st.lists(
    st.one_of(
        st.tuples(st.just("00"), ssccs),
        st.tuples(st.sampled_from(["01", "02"]), gtins),
        st.tuples(st.sampled_from(["10", "21", "22"]), free),
        st.tuples(st.sampled_from(["11", "15", "17"]), days),
        st.tuples(st.sampled_from(["30", "37"]), st.text("0123456789", min_size=1, max_size=8)),
        st.tuples(st.sampled_from(["3103", "3202"]), st.text("0123456789", min_size=6, max_size=6)),
        st.tuples(st.sampled_from(["90", "99"]), free),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda pair: pair[0],
)


@given(elements)
def test_what_is_built_is_read_back(pairs: list[tuple[str, str]]) -> None:
    assert gs1.parse(gs1.build(pairs)) == tuple(pairs)
    assert gs1.parse(gs1.bracketed(pairs)) == tuple(pairs)


@given(st.text(max_size=80))
def test_any_text_at_all_is_read_or_refused(text: str) -> None:
    for aim in ("", "]C1", "]E0", "]E4", "]I1", "]Q1", "https://a.example/01/", "(01)"):
        damaged: Gs1Damaged | None = None
        try:
            assert gs1.elements_of(aim + text)
        except Gs1Damaged as error:
            damaged = error
        assert damaged is None or 0 <= damaged.position <= len(aim + text)


@given(gtins, st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_never_passes_as_an_item(gtin: str, place: int, shift: int) -> None:
    wrong = gtin[:place] + str((int(gtin[place]) + shift) % 10) + gtin[place + 1 :]
    with pytest.raises(Gs1Damaged):
        gs1.parse("01" + wrong)


@given(st.text(max_size=300))
def test_what_is_shown_of_a_scan_is_short_and_harmless(text: str) -> None:
    assume(text)
    seen = shown(text)
    assert 0 < len(seen) <= 40
    assert seen.isascii()
    assert seen.isprintable()


def test_each_line_on_stdin_gets_its_line_of_json() -> None:
    out = io.StringIO()
    gs1.main(io.StringIO(f"]C10104012345678901{'10A'}{GS}21B\r\n]C117260231\n\n", newline="\n"), out)
    good, bad, empty = [json.loads(line) for line in out.getvalue().splitlines()]
    assert good == {"ok": True, "elements": [["01", "04012345678901"], ["10", "A"], ["21", "B"]], "error": None}
    assert (bad["ok"], bad["ai"], bad["position"]) == (False, "17", 2)
    assert not empty["ok"]
