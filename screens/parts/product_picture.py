"""What a product looks like: one of our drawings, in the product's colour."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

DRAWINGS = Path(__file__).parents[2] / "assets" / "pictures"
GREY = "#8a8f98"
_PICTURE = re.compile(r"([a-z_]+)(#[0-9a-f]{6})?")


@cache
def product_picture(picture: str) -> str:
    """The drawing as SVG text for `ft.Image`; empty when there is none of that name.

    Args:
        picture: a `Product.picture`: the drawing's name and, behind a #, its colour: `mug#b8443c`.
    """
    named = _PICTURE.fullmatch(picture)
    path = DRAWINGS / f"{named[1]}.svg" if named else None
    if named is None or path is None or not path.is_file():
        return ""
    return path.read_text().replace(GREY, named[2] or GREY)
