"""What a label says, where its bars stand, and what is refused."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from io import BytesIO
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from app.domain.gtin import check_digit
from app.domain.printing import LabelDesign, LabelIntent
from app.errors import LabelFault, LabelUnprintable
from devices.label_designs import CAPTIONS
from devices.label_layout import LabelLayout, main
from devices.label_proof import misread, utterances
from devices.label_sheet import Drawing
from devices.label_symbols import CodeRefused, Kind, Utterance, code_symbol, sscc_symbol

SSCC = "106141412345678908"
FULL: dict[LabelDesign, dict[str, str]] = {
    LabelDesign.SHIPPING: {
        "sscc": SSCC,
        "ship_to": "Hannelore Müller\nAlte Straße 112\n10119 Berlin\nGermany",
        "order_reference": "WEB-100482",
        "carton_of": "1 of 2",
        "service": "Express 24",
        "ship_by": "24 Nov 16:30",
        "weight": "4.85 kg",
    },
    LabelDesign.LICENCE_PLATE: {"code": "LP-0000417", "title": "Drill", "goes_to": "return_to_vendor", "note": "20418"},
    LabelDesign.LOCATION: {"code": "B:A-07-03-2", "spoken": "A-07-03-2", "zone": "A", "check_digits": "42"},
    LabelDesign.TOTE: {"code": "T:017", "title": "T 017"},
    LabelDesign.BADGE: {"code": "W:1007", "title": "Marta Nowak"},
}
SAYS = {
    LabelDesign.SHIPPING: Utterance(identifier="]C1", text="00" + SSCC),
    LabelDesign.LICENCE_PLATE: Utterance(identifier="]C0", text="LP-0000417"),
    LabelDesign.LOCATION: Utterance(identifier="]C0", text="B:A-07-03-2"),
    LabelDesign.TOTE: Utterance(identifier="]C0", text="T:017"),
    LabelDesign.BADGE: Utterance(identifier="]Q1", text="W:1007"),
}
LAYOUTS = {dpi: LabelLayout(dpi=dpi) for dpi in (203, 300)}


def a_label(design: LabelDesign = LabelDesign.SHIPPING, **changed: str) -> LabelIntent:
    return LabelIntent(design=design, fields=FULL[design] | changed)


def columns_of_black(drawing: Drawing, row_dots: int) -> list[tuple[int, int]]:
    """(first dot, length) of each black run in one row of the bitmap."""
    row = [drawing.bitmap.getpixel((x, row_dots)) == 0 for x in range(drawing.bitmap.width)]
    starts = [x for x, black in enumerate(row) if black and (x == 0 or not row[x - 1])]
    return [(x, next((n for n in range(x, len(row)) if not row[n]), len(row)) - x) for x in starts]


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("design", list(LabelDesign))
def test_every_design_is_read_as_it_was_meant(design: LabelDesign, dpi: int) -> None:
    bitmap = LAYOUTS[dpi].drawing(a_label(design)).bitmap
    assert bitmap.mode == "1"
    assert utterances(bitmap) == [SAYS[design]]


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("design", list(LabelDesign))
def test_a_preview_is_the_same_in_greys_so_that_small_words_do_not_smear(design: LabelDesign, dpi: int) -> None:
    picture = Image.open(BytesIO(LAYOUTS[dpi].preview_png(a_label(design))))
    assert (picture.mode, picture.width) == ("L", 560)
    assert len(picture.getcolors() or ()) > 2
    assert utterances(picture) == [SAYS[design]]


@pytest.mark.parametrize(
    ("dpi", "size", "module_dots", "least_height_dots"), [(203, (812, 1218), 4, 254), (300, (1200, 1800), 6, 375)]
)
def test_the_sscc_meets_the_logistic_label(
    dpi: int, size: tuple[int, int], module_dots: int, least_height_dots: int
) -> None:
    drawing = LAYOUTS[dpi].drawing(a_label())
    assert drawing.bitmap.size == size
    lowest = drawing.placed[-1]
    assert lowest.symbol.kind is Kind.GS1_128
    assert lowest.height_dots >= least_height_dots
    for row in (lowest.top_dots, lowest.top_dots + lowest.height_dots - 1):
        runs = columns_of_black(drawing, row)
        # Nothing else stands beside the bars: the first and the last black dot are the symbol's own.
        assert runs[0][0] >= 10 * module_dots
        assert sum(runs[-1]) <= drawing.bitmap.width - 10 * module_dots
        assert sum(runs[-1]) - runs[0][0] == lowest.width_dots == 156 * module_dots
        assert all((start - runs[0][0]) % module_dots == 0 and length % module_dots == 0 for start, length in runs)


def test_a_wrong_check_digit_is_refused_though_the_writer_would_take_it() -> None:
    wrong = SSCC[:-1] + "7"
    assert zxingcpp.create_barcode(f"(00){wrong}", zxingcpp.BarcodeFormat.Code128, gs1=True).valid
    with pytest.raises(LabelUnprintable, match="sscc: wrong check digit"):
        LAYOUTS[203].preview_png(a_label(sscc=wrong))


@given(st.text("0123456789", min_size=17, max_size=17), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_never_passes_the_check(digits: str, place: int, off_by: int) -> None:
    changed = digits[:place] + str((int(digits[place]) + off_by) % 10) + digits[place + 1 :]
    with pytest.raises(CodeRefused):
        sscc_symbol(changed + check_digit(digits))


@pytest.mark.parametrize("digits", ["", "12345", SSCC + "0", "1061414123456789٠8", "10614141234567890²", "A" * 18])
def test_what_is_no_sscc_is_refused_by_its_name(digits: str) -> None:
    with pytest.raises(LabelUnprintable, match="sscc: an SSCC has 18 digits"):
        LAYOUTS[203].preview_png(a_label(sscc=digits))


@pytest.mark.parametrize(
    ("design", "changed", "reason"),
    [
        (LabelDesign.SHIPPING, {"ship_to": "\n \x00\n"}, "ship_to: is empty"),
        (LabelDesign.SHIPPING, {"ship_to": "x" * 90}, "ship_to: does not fit"),
        (LabelDesign.SHIPPING, {"ship_to": "\n".join("abcdefghijklmnop")}, "ship_to: does not fit"),
        (LabelDesign.SHIPPING, {"ship_to": "x" * 4000}, "ship_to: longer than 400 characters"),
        (LabelDesign.SHIPPING, {"ship_to": "北京市\n100000"}, "ship_to: no letter for '北'"),
        (LabelDesign.SHIPPING, {"order_reference": ""}, "order_reference: is empty"),
        (LabelDesign.SHIPPING, {"order_reference": "W" * 60}, "order_reference: does not fit"),
        (LabelDesign.SHIPPING, {"service": "W" * 60}, "service: does not fit"),
        (LabelDesign.TOTE, {"code": ""}, "code: a code has 1 to 48 characters"),
        (LabelDesign.TOTE, {"code": "T:1\r"}, "code: a code holds printable ASCII only"),
        (LabelDesign.TOTE, {"code": "T:ü"}, "code: a code holds printable ASCII only"),
        (LabelDesign.TOTE, {"code": "T:\ud800"}, "code: a code holds printable ASCII only"),
        (LabelDesign.TOTE, {"code": "abcdefghij" * 4}, "code: does not fit with its quiet zones"),
        (LabelDesign.BADGE, {"title": "\u200b"}, "title: is empty"),
    ],
)
def test_what_cannot_be_printed_is_refused_by_its_name(
    design: LabelDesign, changed: dict[str, str], reason: str
) -> None:
    with pytest.raises(LabelUnprintable) as refused:
        LAYOUTS[203].printer_bytes(a_label(design, **changed))
    assert refused.value.reason == reason


LONG = "W" * 60


@pytest.mark.parametrize(
    ("design", "changed", "fault"),
    [
        (LabelDesign.SHIPPING, {"ship_to": "\n \x00\n"}, LabelFault.ADDRESS_EMPTY),
        (LabelDesign.SHIPPING, {"ship_to": f"Anna\n{LONG}\n10119 Berlin\nDE"}, LabelFault.STREET_TOO_LONG),
        (LabelDesign.SHIPPING, {"ship_to": f"Anna\n1 High St\n1 {LONG}\nGB"}, LabelFault.TOWN_TOO_LONG),
        (LabelDesign.SHIPPING, {"ship_to": "x" * 401}, LabelFault.ADDRESS_TOO_LONG),
        (LabelDesign.SHIPPING, {"ship_to": "Anna\n北京市\n100000"}, LabelFault.ADDRESS_LETTERS),
        (LabelDesign.SHIPPING, {"order_reference": LONG}, LabelFault.TEXT),
        (LabelDesign.SHIPPING, {"order_reference": "北"}, LabelFault.TEXT),
        (LabelDesign.LICENCE_PLATE, {"title": ""}, LabelFault.TEXT),
        (LabelDesign.SHIPPING, {"sscc": "123"}, LabelFault.CODE),
        (LabelDesign.TOTE, {"code": "T:ü"}, LabelFault.CODE),
    ],
)
def test_what_cannot_be_printed_is_refused_by_what_people_can_mend(
    design: LabelDesign, changed: dict[str, str], fault: LabelFault
) -> None:
    with pytest.raises(LabelUnprintable) as refused:
        LAYOUTS[203].printer_bytes(a_label(design, **changed))
    assert refused.value.fault is fault


def test_emoji_and_control_characters_are_left_out_and_the_parcel_goes() -> None:
    clean = LAYOUTS[203].preview_png(a_label(ship_to="Anna\n1 High St\nLondon"))
    soiled = LAYOUTS[203].preview_png(a_label(ship_to="An\x1bna 😀\r\n\r\n1 High\t\tSt\ud83d\nLon\u202edon"))
    assert soiled == clean


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=30))
def test_no_text_crashes_the_drawing(ship_to: str, order: str, service: str) -> None:
    refusal = ""
    try:
        drawing = LAYOUTS[203].drawing(a_label(ship_to=ship_to, order_reference=order, service=service))
        assert utterances(drawing.bitmap) == [SAYS[LabelDesign.SHIPPING]]
    except LabelUnprintable as refused:
        refusal = refused.reason
    assert refusal.partition(":")[0] in {"", "ship_to", "order_reference", "service"}


def test_a_long_town_shrinks_and_stays_inside_the_label() -> None:
    drawing = LAYOUTS[203].drawing(a_label(ship_to="A\nB 1\n58119 Llanfairpwllgwyngyllgogerychwyrn"))
    right_margin = drawing.bitmap.crop((drawing.bitmap.width - 30, 0, drawing.bitmap.width, 440))
    assert right_margin.getextrema() == (1, 1)


def test_a_line_of_many_words_is_broken_and_not_refused() -> None:
    street = "c/o Internationale Gesellschaft für Lagerlogistik mbH & Co. KG, Hinterhaus, 3. Obergeschoss"
    drawing = LAYOUTS[203].drawing(a_label(ship_to=f"{street}\n{street}\n10119 Berlin\nGermany"))
    right_margin = drawing.bitmap.crop((drawing.bitmap.width - 30, 0, drawing.bitmap.width, 440))
    assert right_margin.getextrema() == (1, 1)


def test_a_receipt_head_is_too_narrow_for_a_logistic_label() -> None:
    with pytest.raises(LabelUnprintable, match="812 dots wide, the head prints 576") as refused:
        LabelLayout(head_width_dots=576).printer_bytes(a_label())
    assert refused.value.fault is LabelFault.PRINTER


def test_a_scratch_through_the_bars_is_refused() -> None:
    drawing = LAYOUTS[203].drawing(a_label())
    meant = [drawing.placed[-1].symbol.says]
    assert misread(drawing.bitmap, meant) == ""
    bars = drawing.placed[-1]
    white = Image.new("1", (30, bars.height_dots), 1)
    drawing.bitmap.paste(white, (bars.left_dots + 300, bars.top_dots))
    assert "does not read as ]C100" in misread(drawing.bitmap, meant)


def test_a_second_symbol_on_the_label_is_refused() -> None:
    drawing = LAYOUTS[203].drawing(a_label())
    stray = code_symbol(Kind.CODE_128, "STRAY").picture(4, 100)
    drawing.bitmap.paste(1, (0, 0, drawing.bitmap.width, 200))
    drawing.bitmap.paste(stray, (100, 50))
    assert misread(drawing.bitmap, [drawing.placed[-1].symbol.says]) == "also reads as ]C0STRAY"


def test_a_plain_code_128_with_the_same_text_is_not_an_sscc() -> None:
    drawing = LAYOUTS[203].drawing(a_label())
    bars = drawing.placed[-1]
    plain = code_symbol(Kind.CODE_128, "00" + SSCC).picture(4, bars.height_dots)
    drawing.bitmap.paste(1, (0, bars.top_dots, drawing.bitmap.width, bars.top_dots + bars.height_dots))
    drawing.bitmap.paste(plain, (90, bars.top_dots))
    assert "also reads as ]C000" in misread(drawing.bitmap, [bars.symbol.says])


@pytest.mark.parametrize("language", ["en", "de"])
def test_each_small_word_on_labels_is_there_in_each_language(language: str) -> None:
    words = tomllib.loads((Path(__file__).parents[2] / "assets" / "words" / f"{language}.toml").read_text())
    assert words["label"].keys() == CAPTIONS.keys()


def test_missing_captions_fall_back_and_others_are_printed() -> None:
    german = LabelLayout(captions={"ship_to": "AN"})
    assert german.preview_png(a_label()) != LAYOUTS[203].preview_png(a_label())


def test_the_command_line_writes_what_the_printer_gets(tmp_path: Path) -> None:
    asked = tmp_path / "label.json"
    asked.write_text(json.dumps(dataclasses.asdict(a_label(LabelDesign.TOTE))), encoding="utf-8")
    assert main([str(asked), "--language", "zpl", "-o", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out").read_bytes() == LAYOUTS[203].printer_bytes(a_label(LabelDesign.TOTE))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "\x00",
        '{"design": "tote"}',
        '{"design": "door", "fields": {}}',
        '{"design": "tote", "fields": {}}',
        '{"design": "tote", "fields": {"code": 7}}',
    ],
)
def test_the_command_line_says_what_is_wrong_in_one_line(
    text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = tmp_path / "label.json"
    asked.write_text(text, encoding="utf-8")
    assert main([str(asked), "-o", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("label_refused reason=")
    assert said.count("\n") == 1
    assert not (tmp_path / "out").exists()
