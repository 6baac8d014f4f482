"""Draws Floorhand's icon: `python assets/icons/make_icons.py` writes icon.svg, the PNGs and the favicon.

A hand's grip on the floor: the bars of a code on petrol, the middle ones held between two brackets, one bar in amber.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

GROUND, PAPER, AMBER = "#0e4a4f", "#f7f3ea", "#f2b632"
SIDE = 512
# (left, top, width, height, colour) in a square of 512.
BARS = (
    (136, 150, 28, 212, PAPER),
    (184, 150, 14, 212, PAPER),
    (222, 150, 40, 212, AMBER),
    (286, 150, 14, 212, PAPER),
    (322, 150, 24, 212, PAPER),
    (362, 150, 14, 212, PAPER),
)
# The brackets of a viewfinder, closed below like a hand that carries.
GRIP = (
    (80, 96, 22, 320, PAPER),
    (410, 96, 22, 320, PAPER),
    (80, 96, 64, 22, PAPER),
    (368, 96, 64, 22, PAPER),
    (80, 394, 352, 22, PAPER),
)


def svg() -> str:
    shapes = "".join(
        f'<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="6" fill="{colour}"/>' for x, y, w, h, colour in BARS + GRIP
    )
    ground = f'<rect width="{SIDE}" height="{SIDE}" rx="112" fill="{GROUND}"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">{ground}{shapes}</svg>\n'


def png(side: int, *, corner: int = 112) -> Image.Image:
    """The same at `side` px, drawn four times as large and made smaller, so that its edges are soft."""
    scale = 4
    large = Image.new("RGBA", (SIDE * scale, SIDE * scale), (0, 0, 0, 0))
    draw = ImageDraw.Draw(large)
    draw.rounded_rectangle((0, 0, SIDE * scale - 1, SIDE * scale - 1), corner * scale, fill=GROUND)
    for x, y, w, h, colour in BARS + GRIP:
        box = (x * scale, y * scale, (x + w) * scale, (y + h) * scale)
        draw.rounded_rectangle(box, 6 * scale, fill=colour)
    return large.resize((side, side), Image.Resampling.LANCZOS)


def main() -> None:
    here = Path(__file__).parent
    here.joinpath("icon.svg").write_text(svg(), "utf-8")
    for side in (192, 512):
        png(side).save(here / f"icon-{side}.png", optimize=True)
    png(512, corner=0).save(here / "icon-maskable-512.png", optimize=True)
    png(64).save(here.parent / "favicon.png", optimize=True)


if __name__ == "__main__":
    main()
