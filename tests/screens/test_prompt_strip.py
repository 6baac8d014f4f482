"""The strip on its own: a refusal and what is asked all the same, in the room that there is."""

from __future__ import annotations

import flet as ft
import pytest

from app.workflows.answers import Prompt, Role, Sentence
from screens.look import Look
from screens.parts.prompt_strip import STRIP_HEIGHT, prompt_strip
from screens.theme import THEMES, ThemeName
from tests.screens.picker import WORDS

# Of the widest text that ours inherit, Material's bodyMedium.
LINE = 1.43
# The strip's padding and the frame of what is wrong, above and below.
AROUND_DP = 2 * (4 + 3)
ASK = Sentence("returns.find")


def lines_of(look: Look, refusal: str) -> list[ft.Text]:
    strip = prompt_strip(look, Prompt(sentence=ASK, expects=frozenset({"command"})), Role.WRONG, refusal)
    assert isinstance(strip, ft.Semantics)
    assert isinstance(strip.content, ft.Container)
    framed = strip.content.content
    assert isinstance(framed, ft.Container)
    assert isinstance(framed.content, ft.Row)
    words = framed.content.controls[1]
    found = words.controls if isinstance(words, ft.Column) else [words]
    return [line for line in found if isinstance(line, ft.Text)]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("key", ["error.RuleBroken", "error.IllegalTransition", "error.UnreadableCode.scanned"])
@pytest.mark.parametrize(("width", "height"), [(320, 480), (360, 640), (1280, 800)])
def test_what_the_screen_asks_stands_below_a_refusal_that_points_at_it(
    language: str, key: str, width: int, height: int
) -> None:
    look = Look(words=WORDS[language], theme=THEMES[ThemeName.DAY]).sized(width, height)
    refused, asked = lines_of(look, look.words.text(Sentence(key)))
    assert refused.value == look.words.text(Sentence(key))
    assert asked.value == look.words.text(ASK)


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("words", [1, 4, 8, 12, 16, 40])
def test_refusals_of_any_length_stay_in_the_strip(width: int, words: int) -> None:
    look = Look(words=WORDS["en"], theme=THEMES[ThemeName.DAY]).sized(width, 640)
    lines = lines_of(look, " ".join(["refused"] * words))
    assert lines[0].value.count("refused") == words
    high = sum((line.size or 0) * LINE * (line.max_lines or 1) for line in lines) + 2 * (len(lines) - 1)
    assert high <= STRIP_HEIGHT - AROUND_DP
