"""Every text can be read on its ground, in each theme, by the measure of WCAG 2.2."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.workflows.answers import Role
from screens.theme import THEMES, Theme, ThemeName

WANTED = {ThemeName.DAY: 4.5, ThemeName.NIGHT: 4.5, ThemeName.CONTRAST: 7.0}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def pairs(theme: Theme) -> Iterator[tuple[str, str, str]]:
    for name in ("surface", "card", "bar", "key", "accent"):
        paint = getattr(theme, name)
        yield name, paint.ground, paint.ink
    for role, paint in theme.roles.items():
        yield role, paint.ground, paint.ink
    for place, paint in enumerate(theme.zones + theme.slots):
        yield f"zone or slot {place}", paint.ground, paint.ink
    yield "quiet on surface", theme.surface.ground, theme.quiet
    yield "quiet on card", theme.card.ground, theme.quiet


def test_the_measure_is_the_one_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", ThemeName)
def test_every_ink_is_read_on_its_ground(name: ThemeName) -> None:
    too_faint = {
        what: round(contrast(ground, ink), 2)
        for what, ground, ink in pairs(THEMES[name])
        if contrast(ground, ink) < WANTED[name]
    }
    assert too_faint == {}


@pytest.mark.parametrize("name", ThemeName)
def test_every_role_is_painted_and_stands_out_from_the_surface(name: ThemeName) -> None:
    theme = THEMES[name]
    assert set(theme.roles) == set(Role)
    grounds = [theme.role(role).ground for role in Role]
    assert len(set(grounds)) == len(grounds)
    assert theme.surface.ground not in grounds


def test_a_zone_has_one_colour_and_its_neighbour_another() -> None:
    for theme in THEMES.values():
        assert theme.zone("A") == theme.zone("a")
        assert theme.zone("A") != theme.zone("B")
        assert theme.zone("") == theme.bar
