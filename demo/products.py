"""Words and measures from which the demo's products are made. All of them are ours; no real maker is meant."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from app.domain.gtin import check_digit

# GS1 sets the prefix 952 aside for demonstrations: no real product carries such a number.
COMPANY_PREFIX = "9521234"

COLOURS = {
    "grey": "#7d8590",
    "navy": "#2b4a7f",
    "green": "#3c7d56",
    "red": "#b8443c",
    "yellow": "#d6a021",
    "white": "#c9ccd1",
    "black": "#3a3d42",
    "teal": "#2f8587",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Products that are alike.

    Args:
        picture: the drawing in `assets/pictures`.
        weight_g, size_mm: least and greatest of what one unit weighs and measures (length, width, height).
        variants: what tells the members apart besides their colour.
    """

    name: str
    picture: str
    category: str
    variants: tuple[str, ...]
    weight_g: tuple[int, int]
    size_mm: tuple[tuple[int, int], tuple[int, int], tuple[int, int]]
    makes: tuple[str, ...] = ("Merino", "Alpine", "Harbour", "Everyday")
    case_each: tuple[int, ...] = (6, 12)
    tracks_lot: bool = False
    tracks_serial: bool = False
    colours: tuple[str, ...] = field(default=tuple(COLOURS))


SIZES = ("36", "38", "40", "42", "44")
FAMILIES = (
    Family(
        name="socks",
        picture="socks",
        category="apparel",
        variants=SIZES,
        weight_g=(60, 110),
        size_mm=((180, 220), (80, 110), (20, 35)),
    ),
    Family(
        name="T-shirt",
        picture="shirt",
        category="apparel",
        variants=("S", "M", "L", "XL"),
        weight_g=(140, 240),
        size_mm=((240, 280), (180, 220), (15, 30)),
    ),
    Family(
        name="cap",
        picture="cap",
        category="apparel",
        variants=("one size",),
        weight_g=(80, 120),
        size_mm=((180, 220), (160, 180), (90, 110)),
        case_each=(10,),
    ),
    Family(
        name="mug",
        picture="mug",
        category="general",
        variants=("0.3 l", "0.4 l"),
        weight_g=(310, 420),
        size_mm=((110, 125), (85, 95), (95, 110)),
        makes=("Stoneware", "Enamel", "Harbour"),
    ),
    Family(
        name="notebook",
        picture="notebook",
        category="general",
        variants=("A5 lined", "A5 plain", "A6 lined"),
        weight_g=(160, 260),
        size_mm=((150, 210), (105, 150), (12, 20)),
        makes=("Quarto", "Fieldbook"),
        case_each=(20,),
    ),
    Family(
        name="torch",
        picture="torch",
        category="electronics",
        variants=("200 lm", "600 lm"),
        weight_g=(120, 260),
        size_mm=((120, 180), (35, 45), (35, 45)),
        makes=("Beacon", "Alpine"),
        colours=("black", "yellow", "red"),
    ),
    Family(
        name="headphones",
        picture="headphones",
        category="electronics",
        variants=("on-ear", "over-ear"),
        weight_g=(220, 340),
        size_mm=((190, 210), (170, 190), (70, 90)),
        makes=("Sonora",),
        case_each=(4,),
        tracks_serial=True,
        colours=("black", "white", "navy", "teal"),
    ),
    Family(
        name="USB cable",
        picture="cable",
        category="electronics",
        variants=("1 m", "2 m", "3 m"),
        weight_g=(30, 80),
        size_mm=((120, 150), (70, 90), (15, 25)),
        makes=("Linea", "Beacon"),
        case_each=(24,),
        colours=("black", "white", "grey"),
    ),
    Family(
        name="jam",
        picture="jar",
        category="food",
        variants=("apricot", "cherry", "plum", "quince"),
        weight_g=(380, 420),
        size_mm=((70, 75), (70, 75), (95, 105)),
        makes=("Orchard", "Farmhouse"),
        tracks_lot=True,
        colours=("yellow", "red"),
    ),
    Family(
        name="tea",
        picture="tea",
        category="food",
        variants=("green", "black", "peppermint", "rooibos"),
        weight_g=(90, 140),
        size_mm=((120, 140), (70, 80), (60, 75)),
        makes=("Orchard", "Harbour"),
        tracks_lot=True,
        colours=("green", "teal", "red"),
    ),
    Family(
        name="hand cream",
        picture="tube",
        category="cosmetics",
        variants=("50 ml", "75 ml", "100 ml"),
        weight_g=(65, 125),
        size_mm=((120, 160), (45, 55), (35, 40)),
        makes=("Meadow", "Alpine"),
        tracks_lot=True,
        colours=("white", "green", "yellow"),
    ),
    Family(
        name="puzzle",
        picture="box",
        category="general",
        variants=("500 pieces", "1000 pieces"),
        weight_g=(450, 850),
        size_mm=((270, 370), (190, 270), (40, 55)),
        makes=("Fieldbook", "Quarto"),
        case_each=(6,),
    ),
    Family(
        name="water bottle",
        picture="bottle",
        category="general",
        variants=("0.5 l", "0.75 l"),
        weight_g=(150, 290),
        size_mm=((70, 80), (70, 80), (220, 270)),
        makes=("Alpine", "Beacon"),
    ),
    Family(
        name="gloves",
        picture="gloves",
        category="apparel",
        variants=("S", "M", "L"),
        weight_g=(70, 130),
        size_mm=((220, 250), (100, 130), (25, 40)),
        makes=("Merino", "Alpine"),
    ),
    Family(
        name="candle",
        picture="candle",
        category="general",
        variants=("small", "large"),
        weight_g=(140, 520),
        size_mm=((70, 95), (70, 95), (80, 140)),
        makes=("Meadow", "Harbour"),
    ),
    Family(
        name="soap",
        picture="soap",
        category="cosmetics",
        variants=("lavender", "oat", "citrus"),
        weight_g=(95, 110),
        size_mm=((80, 90), (55, 60), (25, 30)),
        makes=("Meadow",),
        case_each=(24,),
        tracks_lot=True,
    ),
)


def gtin13(number: int) -> str:
    """The demo's GTIN-13 with this item number (0…99999)."""
    stem = f"{COMPANY_PREFIX}{number:05d}"
    return stem + check_digit(stem)


def case_gtin14(gtin: str) -> str:
    """The GTIN-14 of a case of `gtin` (13 digits): indicator digit 1."""
    stem = "1" + gtin[:-1]
    return stem + check_digit(stem)


def products(rng: random.Random, count: int) -> Iterator[dict[str, Any]]:
    """`count` products in the form that `POST /v1/import/products` takes, each with its own GTIN."""
    combinations = [
        (family, make, variant, colour)
        for family in FAMILIES
        for make in family.makes
        for variant in family.variants
        for colour in family.colours
    ]
    for number, (family, make, variant, colour) in enumerate(rng.sample(combinations, count)):
        gtin = gtin13(number)
        case_each = rng.choice(family.case_each)
        length_mm, width_mm, height_mm = (rng.randint(*bounds) for bounds in family.size_mm)
        yield {
            "sku": f"{10 + number // 60}-{1000 + number % 60 * 7 + number // 60}",
            "name": f"{make} {family.name} {colour} {variant}",
            "category": family.category,
            "gtin": gtin,
            "packs": [{"code": case_gtin14(gtin), "factor_each": case_each}],
            "weight_g": rng.randint(*family.weight_g),
            "length_mm": length_mm,
            "width_mm": width_mm,
            "height_mm": height_mm,
            "tracks_lot": family.tracks_lot,
            "tracks_serial": family.tracks_serial,
            "picture": f"{family.picture}{COLOURS[colour]}",
        }
