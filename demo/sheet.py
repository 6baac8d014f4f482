"""The printable sheet, as a page for a screen and as a PDF for paper. Both are drawn from the same cards."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

import numpy
from fpdf import FPDF

from demo.cards import SQUARE, Card

SECTIONS: dict[str, str] = {
    "handset": "A handset of your own",
    "badges": "Badges",
    "commands": "Command codes",
    "totes": "Totes",
    "cartons": "Cartons",
    "orders": "Order slips",
    "returns": "Parcels that come back",
    "items": "Items",
    "cases": "Cases",
    "bins": "Bins",
}
CARDS_A_PAGE_OF_THE_SCREEN = 120
COLUMNS, ROWS = 3, 9
CARD_MM, ROW_MM, MARGIN_MM = (64.0, 30.5), 30.5, 9.0


def sheet_page(cards: Iterable[Card], section: str, search: str) -> str:
    """One section as HTML; with `search`, every card that says it, wherever it belongs."""
    # A handset writes a place with dots between its parts.
    wanted = search.strip().lower().replace("·", "-")
    found = [
        card
        for card in cards
        if (wanted in f"{card.title} {card.note} {card.text}".lower() if wanted else card.section == section)
    ]
    links = " ".join(
        f'<a href="/sheet?section={name}"{" class=here" if name == section else ""}>{escape(title)}</a>'
        for name, title in SECTIONS.items()
    )
    shown = "".join(_card_html(card) for card in found[:CARDS_A_PAGE_OF_THE_SCREEN])
    left = len(found) - CARDS_A_PAGE_OF_THE_SCREEN
    more = f"<p>{left} more: search, or open the PDF.</p>" if left > 0 else ""
    return f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Floorhand: printable sheet</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/page.css">
<body><header><h1>Printable sheet</h1><nav>{links} <a href="/sheet.pdf">PDF</a> <a href="/">Control page</a></nav>
<form action="/sheet"><input type="hidden" name="section" value="{escape(section)}">
<input name="search" value="{escape(search)}" placeholder="Search" aria-label="Search"></form></header>
<main class="cards">{shown or "<p>Nothing of that name.</p>"}{more}</main></body></html>"""


def _card_html(card: Card) -> str:
    svg = card.barcode().to_svg(add_hrt=False, add_quiet_zones=True)
    picture = svg[svg.index("<svg") :].replace("<svg ", '<svg preserveAspectRatio="none" ', 1)
    picture = _with_view_box(picture)
    shape = "square" if card.drawn in SQUARE else "bars"
    return (
        f'<section class="card {shape}"><h2>{escape(card.title)}</h2>{picture}'
        f"<code>{escape(card.readable)}</code><p>{escape(card.note)}</p></section>"
    )


def _with_view_box(svg: str) -> str:
    """The writer states only a size; a view box lets the page stretch the bars."""
    width = svg.split('width="', 1)[1].split('"', 1)[0]
    height = svg.split('height="', 1)[1].split('"', 1)[0]
    return svg.replace("<svg ", f'<svg viewBox="0 0 {width} {height}" ', 1)


def sheet_pdf(cards: Iterable[Card], font_dir: str) -> bytes:
    """Every card on A4, section by section.

    Args:
        font_dir: where the fonts of `assets/fonts` are.
    """
    pdf = FPDF(format="A4")
    pdf.set_auto_page_break(False)
    pdf.add_font("words", fname=f"{font_dir}/AtkinsonHyperlegibleNext_400Regular.ttf")
    pdf.add_font("words", style="B", fname=f"{font_dir}/AtkinsonHyperlegibleNext_700Bold.ttf")
    by_section: dict[str, list[Card]] = {name: [] for name in SECTIONS}
    for card in cards:
        by_section[card.section].append(card)
    for name, title in SECTIONS.items():
        for index, card in enumerate(by_section[name]):
            at = index % (COLUMNS * ROWS)
            if at == 0:
                pdf.add_page()
                pdf.set_font("words", "B", 11)
                pdf.text(MARGIN_MM, 12, title)
            _card_pdf(pdf, card, MARGIN_MM + at % COLUMNS * CARD_MM[0], 16 + at // COLUMNS * ROW_MM)
    return bytes(pdf.output())


def _card_pdf(pdf: FPDF, card: Card, x_mm: float, y_mm: float) -> None:
    pdf.set_draw_color(200)
    pdf.rect(x_mm, y_mm, CARD_MM[0], ROW_MM)
    pdf.set_font("words", "B", 8)
    pdf.text(x_mm + 2, y_mm + 4.5, card.title[:42])
    pdf.set_font("words", "", 6.5)
    pdf.text(x_mm + 2, y_mm + 25.2, card.readable)
    pdf.text(x_mm + 2, y_mm + 28.6, card.note[:52])
    bits = numpy.asarray(card.barcode().to_image(scale=1, add_hrt=False, add_quiet_zones=False)) == 0
    square = card.drawn in SQUARE
    module_mm = 15.0 / bits.shape[0] if square else min(0.38, (CARD_MM[0] - 12) / bits.shape[1])
    # The rows of a linear symbol are alike: one is enough, drawn as high as the card allows.
    rows = bits if square else bits[:1]
    height_mm = module_mm if square else 14.0
    pdf.set_fill_color(0)
    left_mm = x_mm + (CARD_MM[0] - bits.shape[1] * module_mm) / 2
    for row_index, row in enumerate(rows):
        for start, length in _runs(row):
            pdf.rect(
                left_mm + start * module_mm,
                y_mm + 6.5 + row_index * height_mm,
                length * module_mm,
                height_mm,
                style="F",
            )


def _runs(row: numpy.ndarray) -> Iterable[tuple[int, int]]:
    """(start, length) of each run of dark modules."""
    start = None
    for index, dark in enumerate([*row.tolist(), False]):
        if dark and start is None:
            start = index
        elif not dark and start is not None:
            yield start, index - start
            start = None
