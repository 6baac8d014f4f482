"""How wide words are before they are drawn, so that they can be made as large as they fit."""

from __future__ import annotations

import unicodedata

# Advance widths of the bold words font in em, rounded up to classes; a test holds them against the font's file.
_CLASSES = {
    0.30: "'|j,.:;`·i!î ",
    0.38: 'l()[]f-rt{}"',
    0.45: "_I1/\\",
    0.52: "*–cszçy",
    0.56: "v→7x~×aL?äáàâekJéè",
    0.60: "9hnuF<>üñ2o^öôg+3bdpqE",
    0.66: "5ST$=48Zß6PBVRY0CK",
    0.72: "AÄ€DUXÜHGN&",
    0.79: "wOÖQ#@…",
    0.90: "—MmW",
    0.97: "%",
}
_WIDTHS = {letter: width for width, letters in _CLASSES.items() for letter in letters}
_UNKNOWN, _FULL = 0.72, 1.0
# Material sets its words a little apart: `letterSpacing` of bodyMedium, the widest of those that ours inherit.
TRACKING_DP = 0.25
NEVER = 99


def width_dp(text: str, size: float) -> float:
    """At most how wide a text of this size is on the screen."""
    return em(text) * size + TRACKING_DP * len(text)


def lines_in(text: str, size: float, room: float) -> int:
    """At most how many lines of `room` dp a text takes; more than anybody gives it when one of its words is wider."""
    space, lines, used = width_dp(" ", size), 1, 0.0
    for word in text.split():
        width = width_dp(word, size)
        if width > room:
            return NEVER
        if used and used + space + width > room:
            lines, used = lines + 1, 0.0
        used += width + (space if used else 0.0)
    return lines


def em(text: str) -> float:
    """At most how wide a text is in the bold words font, in em; one class of width generous for each letter."""
    return sum(_WIDTHS.get(letter) or _unlisted(letter) for letter in text)


def _unlisted(letter: str) -> float:
    """A letter with an accent is as wide as without; of other scripts only whether they fill a square is known."""
    plain = unicodedata.normalize("NFD", letter)[0]
    if plain in _WIDTHS:
        return _WIDTHS[plain]
    return _FULL if unicodedata.east_asian_width(letter) in "WF" else _UNKNOWN
