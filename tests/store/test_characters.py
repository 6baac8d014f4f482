"""What stands in a name or a code can be seen; what a script needs passes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.printable import printable
from tests.store.shop import Json, Shop, a_line, a_product, an_order, stocked

HIDDEN = [
    *("\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069"),
    *("\u200b", "\u2060", "\ufeff", "\u00ad", "\u180e", "\u3164", "\u2028", "\u2029", "\u200e", "\u200f"),
    *("\x00", "\x07", "\x1b", "\x1d", "\n", "\t", "\x7f", "\x85", "\x9b", "\U000e0041"),
]
NAMES = [
    "محمد الأحمد",
    "שרה כהן",
    "علی\u200cرضا",  # Persian: a non-joiner inside the word
    "क्\u200dष",  # Devanagari: a joiner keeps the half letter
    "നന്\u200dമ",
    "שד׳ רוטשילד \u200f12\u200e",
    "Nguyễn Thị Ánh",
    "Łucja Bąk",
    "李小龙",
    "김철수",
    "Zoë 👩\u200d👧 🇩🇪",
    "O’Brien & Söhne",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_any_script_passes_as_it_is(name: str) -> None:
    assert printable(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("char", HIDDEN, ids=lambda char: f"U+{ord(char):04X}")
def test_a_character_that_nobody_sees_is_named_with_its_field_and_place(shop: Shop, char: str) -> None:
    address: Json = {**an_order()["ship_to"], "name": f"Ada{char}Byron"}
    answer = stocked(shop).post("/v1/orders", an_order(ship_to=address))

    [problem] = answer.json()["problems"]
    assert problem["path"] == "ship_to.name"
    assert f"U+{ord(char):04X}" in problem["reason"]
    assert problem["reason"].endswith("at place 4")


@pytest.mark.parametrize("name", ["Ada\u200dByron", "\u200cعلی", "علی\u200c", "Ada\u200f", "\u200f"])
def test_a_joiner_or_a_mark_where_no_script_needs_it_hides(name: str) -> None:
    with pytest.raises(ValueError, match=r"invisible character U\+"):
        printable(name)


@pytest.mark.parametrize("field", ["sku", "gtin", "name", "category", "picture"])
def test_no_field_of_a_product_hides_anything(shop: Shop, field: str) -> None:
    good = a_product(category="general", picture="socks.png")
    answer = shop.load("products", {**good, field: f"{good[field][:1]}\u202e{good[field][1:]}"})

    assert [problem["path"] for problem in answer.json()["problems"]] == [field]


def test_no_code_of_an_order_hides_anything(shop: Shop) -> None:
    answer = stocked(shop).post("/v1/orders", an_order("10\u200b01", lines=[a_line(sku="SO\u2066CKS")]))

    assert {problem["path"] for problem in answer.json()["problems"]} >= {"external_reference", "lines[0].sku"}


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.characters(categories=["L", "M", "N", "P", "S", "Cf", "Cc", "Cs", "Zs"]), max_size=20))
def test_a_text_passes_composed_or_the_reason_says_why(text: str) -> None:
    kept, why = None, ""
    try:
        kept = printable(text)
    except ValueError as reason:
        why = str(reason)
    if kept is None:
        assert "U+" in why or why == "begins or ends with a space"
        return
    assert kept == unicodedata.normalize("NFC", text)
    kept.encode()
    assert not {"Cc", "Cs", "Zl", "Zp"} & {unicodedata.category(char) for char in kept}
