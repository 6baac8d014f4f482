"""Three themes, one set of roles: a part asks for `go` or `ink`, never for a colour.

Floorhand's own colour is petrol, on warm paper by day and on night pine in the dark; the high-contrast theme is black,
white and four lamps. Tests measure every pair of text and ground: 4.5:1 by day and night, 7:1 in high contrast
(WCAG 2.2, 1.4.3 and 1.4.6).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import flet as ft

from app.workflows.answers import Role

WORDS_FONT = "AtkinsonNext"
CODES_FONT = "AtkinsonMono"
FONT_FILES = {
    WORDS_FONT: "fonts/AtkinsonHyperlegibleNext_400Regular.ttf",
    f"{WORDS_FONT}Bold": "fonts/AtkinsonHyperlegibleNext_700Bold.ttf",
    CODES_FONT: "fonts/AtkinsonHyperlegibleMono_400Regular.ttf",
    f"{CODES_FONT}Bold": "fonts/AtkinsonHyperlegibleMono_700Bold.ttf",
}
WORDS_BOLD = f"{WORDS_FONT}Bold"
CODES_BOLD = f"{CODES_FONT}Bold"

# dp. Nothing on a screen is smaller than SMALL; see the type scale of the look.
HERO, QUANTITY, HEADING, NAME, BODY, SMALL = 60, 48, 28, 22, 18, 16
TOUCH, GAP = 64, 12


class ThemeName(StrEnum):
    DAY = "day"
    NIGHT = "night"
    CONTRAST = "contrast"


@dataclass(frozen=True, slots=True)
class Paint:
    """A ground and the ink that is read on it, both `#rrggbb`."""

    ground: str
    ink: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One theme: where each role's colours come from.

    Args:
        surface: the screen itself.
        card: what lies on the surface.
        bar: the top bar, in Floorhand's own colour.
        key: a button that may be pressed at any time.
        accent: the one button that goes on.
        roles: how an answer of each role is painted.
        quiet: ink for what is read only when looked for, on `surface` and on `card`.
        line: hairlines and outlines.
        zones: band colours, by the zone's place in the alphabet.
        slots: colours of the tote slots, the same on the cart's printed tags.
    """

    name: ThemeName
    dark: bool
    surface: Paint
    card: Paint
    bar: Paint
    key: Paint
    accent: Paint
    roles: dict[Role, Paint]
    quiet: str
    line: str
    outline: int
    zones: tuple[Paint, ...]
    slots: tuple[Paint, ...]

    def role(self, role: Role) -> Paint:
        return self.roles[role]

    def zone(self, letter: str) -> Paint:
        """The band of a zone; the same letter has the same colour on every screen, an unknown one the bar's."""
        place = ord(letter[:1].upper() or "@") - ord("A")
        return self.zones[place % len(self.zones)] if place >= 0 else self.bar

    def slot(self, letter: str) -> Paint:
        place = ord(letter[:1].upper() or "@") - ord("A")
        return self.slots[place % len(self.slots)] if place >= 0 else self.bar

    @property
    def edge(self) -> int:
        """How wide, in dp, the outline of what counts now is: twice that of the rest."""
        return 2 * self.outline

    def flet_theme(self) -> ft.Theme:
        """Flet's theme in these roles, for the few stock controls that are not painted by hand."""
        scheme = ft.ColorScheme(
            primary=self.accent.ground,
            on_primary=self.accent.ink,
            secondary=self.bar.ground,
            on_secondary=self.bar.ink,
            error=self.role(Role.WRONG).ground,
            on_error=self.role(Role.WRONG).ink,
            surface=self.surface.ground,
            on_surface=self.surface.ink,
            on_surface_variant=self.quiet,
            surface_container_highest=self.card.ground,
            outline=self.line,
            outline_variant=self.line,
        )
        return ft.Theme(color_scheme=scheme, font_family=WORDS_FONT, scaffold_bgcolor=self.surface.ground)


# Deep grounds with paper-white letters, told apart by hue and, for those who see no hue, by their letter.
_DEEP = (
    Paint("#14545c", "#ffffff"),
    Paint("#7a3e12", "#ffffff"),
    Paint("#3b4a8f", "#ffffff"),
    Paint("#5d6b12", "#ffffff"),
    Paint("#7b2d5b", "#ffffff"),
    Paint("#37474f", "#ffffff"),
)
_BRIGHT = (
    Paint("#7ed4d8", "#06262a"),
    Paint("#f3b27a", "#2e1503"),
    Paint("#aebcff", "#0e1640"),
    Paint("#d3e06a", "#212600"),
    Paint("#f2a8d3", "#3a0a29"),
    Paint("#c2d0d6", "#152025"),
)

DAY = Theme(
    name=ThemeName.DAY,
    dark=False,
    surface=Paint("#f4f1ea", "#182422"),
    card=Paint("#fffdf8", "#182422"),
    bar=Paint("#0e4a4f", "#f7f3ea"),
    key=Paint("#e3e0d6", "#182422"),
    accent=Paint("#0f6168", "#ffffff"),
    roles={
        Role.GO: Paint("#14693b", "#ffffff"),
        Role.WRONG: Paint("#a51f2d", "#ffffff"),
        Role.CAUTION: Paint("#f2b632", "#2b1d00"),
        Role.SHORT: Paint("#5a3d8a", "#ffffff"),
        Role.INFO: Paint("#dcebea", "#0b3a3e"),
    },
    quiet="#4f5d5a",
    line="#b9b6aa",
    outline=1,
    zones=_DEEP,
    slots=_DEEP,
)

NIGHT = Theme(
    name=ThemeName.NIGHT,
    dark=True,
    surface=Paint("#0f1817", "#ece7db"),
    card=Paint("#1a2625", "#ece7db"),
    bar=Paint("#0b3033", "#d9efec"),
    key=Paint("#2a3836", "#ece7db"),
    accent=Paint("#6cc5c4", "#04211f"),
    roles={
        Role.GO: Paint("#63c98c", "#04200f"),
        Role.WRONG: Paint("#ff8a84", "#360307"),
        Role.CAUTION: Paint("#f0bd4e", "#2b1d00"),
        Role.SHORT: Paint("#c3a6f2", "#1f0c40"),
        Role.INFO: Paint("#18393b", "#cdeceb"),
    },
    quiet="#a7b3af",
    line="#42524f",
    outline=1,
    zones=_BRIGHT,
    slots=_BRIGHT,
)

CONTRAST = Theme(
    name=ThemeName.CONTRAST,
    dark=True,
    surface=Paint("#000000", "#ffffff"),
    card=Paint("#000000", "#ffffff"),
    bar=Paint("#000000", "#ffffff"),
    key=Paint("#000000", "#ffffff"),
    accent=Paint("#ffffff", "#000000"),
    roles={
        Role.GO: Paint("#5dff9b", "#000000"),
        Role.WRONG: Paint("#ff9c96", "#000000"),
        Role.CAUTION: Paint("#ffd400", "#000000"),
        Role.SHORT: Paint("#d9b8ff", "#000000"),
        Role.INFO: Paint("#ffffff", "#000000"),
    },
    quiet="#ffffff",
    line="#ffffff",
    outline=2,
    zones=_BRIGHT,
    slots=_BRIGHT,
)

THEMES = {theme.name: theme for theme in (DAY, NIGHT, CONTRAST)}
