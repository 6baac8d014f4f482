"""Every sentence exists, in every language, with the same facts in it."""

from __future__ import annotations

import ast
import inspect
import string
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType

import pytest
from PIL import ImageFont

import app.errors
from app.domain.workers import Role
from app.errors import FloorError, LotExpired, NotAllowed, PaperOut, ScanRejected, StoreRefused, TooMany, UnreadableCode
from app.workflows.answers import Sentence
from screens.wording import PLURALS, PSEUDO, Forms, load, printable, pseudo, sentence

ROOT = Path(__file__).parents[2]
WORDS = load(ROOT / "assets" / "words")
ENGLISH = WORDS["en"]
TRANSLATED = sorted(set(WORDS) - {"en"})
# Calls whose first words are keys: the wording itself, and the values of app.workflows.answers.
KEYED = frozenset({"say", "Sentence", "Step", "good", "wrong", "caution"})


def leaves(module: ModuleType = app.errors) -> list[type[FloorError]]:
    kinds = [kind for _, kind in inspect.getmembers(module, inspect.isclass) if issubclass(kind, FloorError)]
    return [kind for kind in kinds if not any(other is not kind and issubclass(other, kind) for other in kinds)]


def raised(kind: type[FloorError]) -> Iterator[FloorError]:
    """The error with each mix of facts that it may carry."""
    if issubclass(kind, ScanRejected):
        yield from (kind(expected, scanned) for expected in ("", "A-12-03") for scanned in ("", "A-12-04"))
        return
    if kind is NotAllowed:
        yield from (NotAllowed(role) for role in Role)
        return
    examples = {"int": 3, "float": 5.0, "str": "P1", "datetime | None": datetime(2026, 3, 2, 6, tzinfo=UTC)}
    wanted = inspect.signature(kind.__init__).parameters.values()
    named = [p for p in wanted if p.name != "self" and p.kind is p.POSITIONAL_OR_KEYWORD]
    yield kind(*(examples[str(p.annotation)] for p in named))


def fields(forms: Forms) -> set[str]:
    texts = [forms] if isinstance(forms, str) else forms.values()
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


def keys_in_code() -> dict[str, str]:
    """Every key that is written out in screens and app, and where."""
    found = {}
    for path in [*ROOT.glob("screens/**/*.py"), *ROOT.glob("app/**/*.py")]:
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Constant):
                name = getattr(call.func, "attr", getattr(call.func, "id", ""))
                key = call.args[0].value
                if name in KEYED and isinstance(key, str) and "." in key:
                    found[key] = f"{path.relative_to(ROOT)}:{call.lineno}"
    return found


@pytest.mark.parametrize("kind", leaves(), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("language", sorted(WORDS))
def test_every_error_of_the_floor_has_its_sentence(kind: type[FloorError], language: str) -> None:
    for error in raised(kind):
        said = sentence(error)
        assert said.key in WORDS[language].words, said.key
        text = WORDS[language].text(said)
        assert "{" not in text
        assert "…" not in text
        for banned in ("error", "invalid", kind.__name__.lower()):
            assert banned not in text.lower()


def test_a_wrong_place_says_what_was_scanned_and_where_to_go() -> None:
    error = app.errors.WrongLocation(expected="A-12-03", scanned="A-12-04")
    assert ENGLISH.text(sentence(error)) == "That is A-12-04. Go to A-12-03."


def test_what_a_room_derives_from_an_error_has_the_words_of_its_leaf() -> None:
    class HalfACode(UnreadableCode): ...

    assert sentence(HalfACode(scanned="(01")) == sentence(UnreadableCode(scanned="(01"))


def test_facts_reach_their_sentences() -> None:
    assert "2" in ENGLISH.text(sentence(TooMany(expected_each=2, offered_each=5)))
    assert "P1" in ENGLISH.text(sentence(PaperOut("P1")))
    assert "supervisor" in ENGLISH.text(sentence(NotAllowed("supervisor")))
    assert "because" in ENGLISH.text(sentence(StoreRefused("because")))
    assert "L7" in ENGLISH.text(sentence(LotExpired(scanned="L7")))


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_language_has_the_same_keys_and_the_same_facts(language: str) -> None:
    words = WORDS[language].words
    assert set(words) == set(ENGLISH.words)
    assert {key for key in words if fields(words[key]) != fields(ENGLISH.words[key])} == set()


@pytest.mark.parametrize("language", sorted(WORDS))
def test_every_plural_form_that_a_language_needs_is_there(language: str) -> None:
    needed = {PLURALS[language](count) for count in range(200)}
    for key, forms in WORDS[language].words.items():
        if not isinstance(forms, str):
            assert needed <= set(forms), key


def test_every_key_in_the_code_has_words() -> None:
    missing = {key: where for key, where in keys_in_code().items() if not ENGLISH.knows(key)}
    assert missing == {}


def test_plurals_follow_the_count() -> None:
    assert ENGLISH.say("lamp.owed", count=1) == "1 fact to send"
    assert ENGLISH.say("lamp.owed", count=0) == "0 facts to send"
    assert [PLURALS["pl"](n) for n in (1, 2, 5, 12, 22, 112)] == ["one", "few", "many", "many", "few", "many"]


def test_a_missing_word_shows_its_key_and_stops_nothing(caplog: pytest.LogCaptureFixture) -> None:
    assert ENGLISH.say("no.such_key") == "no.such_key"
    assert ENGLISH.say("shell.progress", done=1) == "… of …"
    assert [record.message.split()[0] for record in caplog.records] == ["word_missing", "fact_missing"]


def test_the_pseudo_language_is_longer_and_keeps_its_facts() -> None:
    text = "Only {left} left on this shelf."
    assert pseudo(text).startswith("[")
    assert pseudo(text).endswith("]")
    assert "{left}" in pseudo(text)
    assert len(pseudo(text)) >= len(text) * 1.3
    assert WORDS[PSEUDO].say("shell.progress", done=1, of=2) != ENGLISH.say("shell.progress", done=1, of=2)


@pytest.mark.parametrize("file", ["AtkinsonHyperlegibleNext_400Regular.ttf", "AtkinsonHyperlegibleNext_700Bold.ttf"])
def test_the_fonts_have_every_letter_of_every_language(file: str) -> None:
    font = ImageFont.truetype(str(ROOT / "assets" / "fonts" / file), 40)
    box = bytes(font.getmask("\ue000"))
    texts = [forms for words in WORDS.values() for forms in words.words.values()]
    letters = {
        letter for forms in texts for text in ([forms] if isinstance(forms, str) else forms.values()) for letter in text
    }
    assert {letter for letter in letters if not letter.isspace() and bytes(font.getmask(letter)) == box} == set()


def test_a_scanned_monster_is_shown_short_and_on_one_line() -> None:
    shown = printable("A" * 4000 + "\x1d\n")
    assert len(shown) < 60
    assert shown.isprintable()


def test_dates_and_decimals_follow_the_language() -> None:
    day = date(2027, 3, 9)
    assert ENGLISH.date(day) == "2027-03-09"
    assert WORDS["de"].date(day) == "09.03.2027"
    assert WORDS["de"].weight(1250) == "1,25 kg"
    too_weak = Sentence("pack.carton_too_weak", {"carton": "S", "kilograms": 0.2})
    assert "0,2 kg" in WORDS["de"].text(too_weak)
    assert "0.2 kg" in ENGLISH.text(too_weak)
    assert ENGLISH.weight(420) == "420 g"
