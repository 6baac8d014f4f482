"""A text is never wider than the strip believes: what is believed is held against the font itself."""

from __future__ import annotations

import pytest
from PIL import ImageFont

from screens.parts.text_width import NEVER, TRACKING_DP, em, lines_in
from screens.theme import FONT_FILES, WORDS_BOLD
from screens.wording import load
from tests.screens.small_station import ASSETS

FONT = ImageFont.truetype(str(ASSETS / FONT_FILES[WORDS_BOLD]), 1000)
SENTENCES = [
    text for words in load(ASSETS / "words").values() for text in words.words.values() if isinstance(text, str)
]


def test_every_sentence_is_given_the_room_that_it_takes_and_not_much_more() -> None:
    too_narrow = [text for text in SENTENCES if em(text) * 1000 < FONT.getlength(text)]
    assert too_narrow == []
    too_wide = [text for text in SENTENCES if len(text) > 8 and em(text) * 1000 > 1.15 * FONT.getlength(text)]
    assert too_wide == []


@pytest.mark.parametrize("text", ["WWWWW", "lilili", "A-12-03-2", "%%%", "Łódź ø", "Ärmel ÇĞİ"])
def test_a_code_or_a_name_of_another_language_is_not_cut(text: str) -> None:
    assert em(text) * 1000 >= FONT.getlength(text)


@pytest.mark.parametrize("room", [216.0, 256.0])
def test_no_sentence_takes_more_lines_than_it_is_given(room: float) -> None:
    size = 18

    def lines(text: str) -> int:
        count, line = 1, ""
        for word in text.split():
            longer = f"{line} {word}".strip()
            if FONT.getlength(longer) * size / 1000 + TRACKING_DP * len(longer) > room:
                count, longer = count + 1, word
            line = longer
        return count

    assert [text for text in SENTENCES if lines_in(text, size, room) < lines(text)] == []


def test_a_word_that_is_wider_than_the_room_never_fits() -> None:
    assert lines_in("Kommissionieren", 22, 100) == NEVER
