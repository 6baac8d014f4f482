"""The printable sheet: what its command cards say, and that they have room to say it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from fpdf import FPDF

from app.domain.codes import Command
from demo.cards import COMMAND_NOTES, COMMAND_WORDS, Card, cards
from demo.sheet import CARD_MM, sheet_page, sheet_pdf
from demo.warehouse import demo_warehouse

FONTS = Path(__file__).parents[2] / "assets" / "fonts"


@pytest.fixture(scope="module")
def commands() -> list[Card]:
    return [card for card in cards(demo_warehouse(1, date(2026, 3, 2)), [], []) if card.section == "commands"]


def test_a_command_is_called_what_the_screens_call_it_in_either_language(commands: list[Card]) -> None:
    titles = {card.text: card.title for card in commands}
    assert titles["X.GETWORK"] == "Get work · Arbeit holen"
    assert titles["X.FINISH"] == "Finish · Fertig"
    assert titles["X.OK"] == "OK"


def test_every_command_that_is_no_number_has_a_name_and_a_note() -> None:
    named = {command for command in Command if command.digit is None and command.answer is None}
    assert set(COMMAND_WORDS) == set(COMMAND_NOTES) == named


@pytest.mark.parametrize("asked", ["A-05-04-1", "a-05·04·1", "L.A-05-04-1"])
def test_a_bin_is_found_from_whatever_section_is_open_and_as_the_handset_writes_it(asked: str) -> None:
    every_card = cards(demo_warehouse(1, date(2026, 3, 2)), [], [])
    assert sheet_page(every_card, "badges", asked).count('<section class="card') == 1


ORDER = {
    "external_reference": "T10001",
    "channel": "trade",
    "lines": [{"sku": f"19-{1000 + number}", "quantity_each": 12} for number in range(4)],
}


def test_the_slip_of_a_tote_is_found_by_what_lies_in_it() -> None:
    every_card = cards(demo_warehouse(1, date(2026, 3, 2)), [ORDER], [])
    found = sheet_page(every_card, "badges", "19-1002")
    assert "T10001 · trade" in found
    assert "O.T10001" in found


def test_a_slip_names_all_that_lies_in_the_tote_on_paper_too() -> None:
    (slip,) = (card for card in cards(demo_warehouse(1, date(2026, 3, 2)), [ORDER], []) if card.section == "orders")
    pdf = FPDF()
    pdf.add_font("words", fname=str(FONTS / "AtkinsonHyperlegibleNext_400Regular.ttf"))
    pdf.set_font("words", "", 6.5)
    assert len(slip.note) <= 52
    assert pdf.get_string_width(slip.note) <= CARD_MM[0] - 4
    pdf.output()


def test_the_last_card_is_no_wider_than_the_others_and_what_was_left_out_stands_below_them() -> None:
    every_card = cards(demo_warehouse(1, date(2026, 3, 2)), [], [])
    html = sheet_page(every_card, "items", "")
    css = (Path(__file__).parents[2] / "demo" / "page.css").read_text()
    wide = [rule.split("{")[0] for rule in css.splitlines() if "grid-column: 1 / -1" in rule]
    assert [selector.strip() for selector in wide] == [".wide, .cards > p"]
    assert "wide" not in html
    assert html.index(" more: search, or open the PDF.") < html.index("</main>")


def test_a_command_is_found_on_the_page_in_either_language(commands: list[Card]) -> None:
    for asked in ("get work", "arbeit holen"):
        assert sheet_page(commands, "commands", asked).count('<section class="card') == 1


def test_the_names_have_room_on_paper(commands: list[Card]) -> None:
    pdf = FPDF()
    pdf.add_font("words", style="B", fname=str(FONTS / "AtkinsonHyperlegibleNext_700Bold.ttf"))
    pdf.set_font("words", "B", 8)
    for card in commands:
        assert len(card.title) <= 42, card.title
        assert pdf.get_string_width(card.title) <= CARD_MM[0] - 4, card.title
    # Only a finished document closes its fonts by itself.
    pdf.output()
    assert sheet_pdf(commands, str(FONTS)).startswith(b"%PDF")
