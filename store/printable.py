"""Which characters a name, an address or a code may hold: what is kept has to be seen, printed and compared by people.

Controls and invisible characters make two names look alike, or turn a line's reading direction round on a label. What a
script needs stays: joiners inside words of Persian and Indic scripts and inside emoji, direction marks in a text that
runs from right to left.
"""

from __future__ import annotations

import unicodedata

_CONTROLS = frozenset({"Cc", "Cs", "Zl", "Zp"})
_JOINERS = frozenset("\u200c\u200d")
_DIRECTION_MARKS = frozenset("\u200e\u200f\u061c")
# Signs that stand around a number in Arabic and Syriac: formatting to Unicode, and plain to see.
_SEEN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2")
# Letters and marks that look like nothing.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\uffa0")
# Their letters do not join, so a joiner among them hides.
_NEVER_JOINED = ("LATIN", "GREEK", "CYRILLIC")


def printable(text: str) -> str:
    """`text` in Unicode's composed form.

    Raises:
        ValueError: it holds a character that nobody sees, which is named with its place; or has a space at an end.
    """
    # Nearly every text is plain, and looking at each of its characters takes a file's time.
    if not (text.isascii() and text.isprintable()):
        for index, char in enumerate(text):
            if (kind := _hidden(text, index, char)) is not None:
                called = f"U+{ord(char):04X} {unicodedata.name(char, '')}".rstrip()
                raise ValueError(f"holds the {kind} character {called} at place {index + 1}")
    if text != text.strip():
        raise ValueError("begins or ends with a space")
    return unicodedata.normalize("NFC", text)


def _hidden(text: str, index: int, char: str) -> str | None:
    """What a character is that nobody sees; None for one that may stand here."""
    category = unicodedata.category(char)
    if category in _CONTROLS:
        return "control"
    if char in _BLANK:
        return "invisible"
    if category != "Cf" or char in _SEEN:
        return None
    if char in _JOINERS and 0 < index < len(text) - 1 and _joins(text[index - 1]):
        return None
    if char in _DIRECTION_MARKS and any(_runs_leftwards(other) for other in text):
        return None
    return "invisible"


def _runs_leftwards(char: str) -> bool:
    # The marks themselves count as letters of their direction.
    return unicodedata.bidirectional(char) in ("R", "AL") and char not in _DIRECTION_MARKS


def _joins(before: str) -> bool:
    if unicodedata.category(before) in ("So", "Sk") or before == "\ufe0f":
        return True
    return unicodedata.category(before)[0] in "LM" and not unicodedata.name(before, "").startswith(_NEVER_JOINED)
