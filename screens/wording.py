"""Text for every key, in the worker's language; the only place where a sentence is made.

Words live in `assets/words/<language>.toml` as tables of keys; a sentence with a number has a table of plural forms
(`one`, `few`, `many`, `other`; Unicode CLDR, cardinal) and takes its form from the fact `count`.
"""

from __future__ import annotations

import logging
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from app.errors import FloorError, NotAllowed, ScanRejected, TooMany
from app.workflows.answers import Fact, Sentence

log = logging.getLogger("floorhand.wording")

Forms = str | Mapping[str, str]
PSEUDO = "qps"
FALLBACK = "en"
SOFT_HYPHEN = "\u00ad"


def _one_other(count: int) -> str:
    return "one" if count == 1 else "other"


def _polish(count: int) -> str:
    if count == 1:
        return "one"
    return "few" if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14) else "many"


PLURALS: dict[str, Callable[[int], str]] = {
    "en": _one_other,
    "de": _one_other,
    "es": _one_other,
    "fr": lambda count: "one" if count in (0, 1) else "other",
    "pl": _polish,
    "tr": _one_other,
    PSEUDO: _one_other,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Formats:
    """How a language writes dates and decimals (CLDR, short forms)."""

    date: str
    time: str
    decimal_mark: str


FORMATS: dict[str, Formats] = {
    "en": Formats(date="%Y-%m-%d", time="%H:%M", decimal_mark="."),
    "de": Formats(date="%d.%m.%Y", time="%H:%M", decimal_mark=","),
    PSEUDO: Formats(date="%d/%m/%Y", time="%H:%M", decimal_mark=","),
}

_ACCENTS = str.maketrans(
    "aceinosuyzACEINOSUYZ",
    "àçéîñöšûýžÀÇÉÎÑÖŠÛÝŽ",
)


def pseudo(text: str) -> str:
    """A text as a foreign language would have it: accents, a third longer, brackets that show where it is cut off.

    Fields in braces stay as they are.
    """
    parts = re.split(r"(\{[^}]*\})", text)
    body = "".join(part if part.startswith("{") else part.translate(_ACCENTS) for part in parts)
    words = [part for part in parts if not part.startswith("{")]
    longer = " ".join(["öñé", "twö", "thréé", "föûr", "fîvé", "šîx", "šévéñ"])
    missing = -(-sum(map(len, words)) // 3)
    return f"[{body} {longer[:missing].strip()}]" if missing > 3 else f"[{body}]"


def flatten(table: Mapping[str, object], prefix: str = "") -> dict[str, Forms]:
    """Tables of TOML as dotted keys; a table that holds `other` is a sentence with plural forms."""
    flat: dict[str, Forms] = {}
    for name, value in table.items():
        if isinstance(value, str):
            flat[prefix + name] = value
        elif isinstance(value, Mapping):
            if "other" in value:
                flat[prefix + name] = {str(form): str(text) for form, text in value.items()}
            else:
                flat |= flatten(value, f"{prefix}{name}.")
    return flat


@dataclass(frozen=True, slots=True)
class Wording:
    """One language: `say` makes text from a key and its facts."""

    language: str
    words: Mapping[str, Forms]
    fallback: Mapping[str, Forms] = field(default_factory=dict)

    def say(self, key: str, /, **facts: object) -> str:
        """The sentence of `key`, with its fields filled; see `breakable`."""
        return self.breakable(key, **facts).replace(SOFT_HYPHEN, "")

    def breakable(self, key: str, /, **facts: object) -> str:
        """The same, with a soft hyphen where a word may be broken.

        A key or a fact that is missing never stops a screen: the key itself is shown, and the log says so.
        """
        forms = self.words.get(key) or self.fallback.get(key)
        if forms is None:
            log.warning("word_missing language=%s key=%s", self.language, key)
            return key
        if isinstance(forms, str):
            text = forms
        else:
            count = facts.get("count", 0)
            form = PLURALS[self.language](count if isinstance(count, int) else 0)
            text = forms.get(form) or forms["other"]
        told = {name: self._told(fact) for name, fact in facts.items()}
        try:
            return text.format(**told)
        except (KeyError, IndexError):
            log.warning("fact_missing language=%s key=%s facts=%s", self.language, key, sorted(facts))
            return re.sub(r"\{[^}]*\}", "…", text)

    def text(self, sentence: Sentence) -> str:
        return self.say(sentence.key, **sentence.facts)

    def under(self, table: str) -> dict[str, str]:
        """The words of one table by their keys in it, for what has no screen: labels."""
        keys = (key for key in {**self.fallback, **self.words} if key.startswith(f"{table}."))
        return {key.removeprefix(f"{table}."): self.say(key) for key in keys}

    def knows(self, key: str) -> bool:
        return key in self.words or key in self.fallback

    def date(self, day: date) -> str:
        return day.strftime(self._formats.date)

    def time(self, moment: datetime) -> str:
        """Hours and minutes as they stand in `moment`: convert to the warehouse's zone first."""
        return moment.strftime(self._formats.time)

    def decimal(self, value: float, places: int = 1) -> str:
        return f"{value:.{places}f}".replace(".", self._formats.decimal_mark)

    def _told(self, fact: object) -> object:
        """A fact as this language says it, where languages differ."""
        if isinstance(fact, float):
            return f"{fact:g}".replace(".", self._formats.decimal_mark)
        return self.date(fact) if isinstance(fact, date) else fact

    def weight(self, weight_g: int) -> str:
        """`1.25 kg` from 1 kg on, `420 g` below."""
        if weight_g < 1000:
            return f"{weight_g} g"
        return f"{self.decimal(weight_g / 1000, 2)} kg"

    @property
    def _formats(self) -> Formats:
        return FORMATS.get(self.language, FORMATS[FALLBACK])


def load(words_dir: Path) -> dict[str, Wording]:
    """Every language under `words_dir`, by its code, and the pseudo-language made from English.

    Read once, at start.

    Raises:
        OSError, tomllib.TOMLDecodeError: the app was delivered without its words.
    """
    tables = {path.stem: flatten(tomllib.loads(path.read_text("utf-8"))) for path in sorted(words_dir.glob("*.toml"))}
    english = tables[FALLBACK]
    tables[PSEUDO] = {
        key: pseudo(forms) if isinstance(forms, str) else {form: pseudo(text) for form, text in forms.items()}
        for key, forms in english.items()
    }
    return {code: Wording(code, table, english) for code, table in tables.items()}


SHOWN_CHARACTERS = 40


def sentence(error: FloorError) -> Sentence:
    """What an error of the floor is called on a screen: its own key, and the facts that ride in it.

    The key is `error.` and the name of the leaf of `app.errors` (`error.PaperOut`), also for what a room derives from
    it. A rejected scan has three sentences: `.full` names what
    was scanned and what is wanted, `.scanned` only what was scanned, `.bare` neither; one too
    many is `.some` or `.none`, by what is still wanted; a right that is missing, by the role that has it.
    """
    leaf = next(kind for kind in type(error).__mro__ if kind.__module__ == FloorError.__module__)
    key = f"error.{leaf.__name__}"
    facts = {name: _fact(value) for name, value in vars(error).items() if not name.startswith("_")}
    if isinstance(error, ScanRejected):
        return Sentence(f"{key}.{'full' if error.expected else 'scanned'}" if error.scanned else f"{key}.bare", facts)
    if isinstance(error, TooMany):
        return Sentence(f"{key}.{'some' if error.expected_each else 'none'}", facts)
    if isinstance(error, NotAllowed):
        return Sentence(f"{key}.{error.needed_role}", facts)
    return Sentence(key, facts)


def printable(text: str, limit: int = SHOWN_CHARACTERS) -> str:
    """A scanned text as it may be shown: one line, no control characters, cut in the middle when it is long."""
    line = "".join(character if character.isprintable() else "·" for character in text)
    return line if len(line) <= limit else f"{line[: limit // 2]} … {line[-(limit // 4) :]}"


def _fact(value: object) -> Fact:
    if isinstance(value, int):
        return value
    return f"{value:g}" if isinstance(value, float) else printable(str(value), 160)
