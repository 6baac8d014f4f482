"""The strip's words: as large as they fit, and never cut where a picker reads them."""

from __future__ import annotations

from collections.abc import Iterator

import flet as ft
import pytest

from app.workflows.answers import Prompt, Role, Sentence, Step, StepState
from screens.look import Look
from screens.parts.prompt_strip import SHAPES, prompt_strip
from screens.parts.text_width import lines_in, width_dp
from screens.theme import SMALL
from screens.wording import load
from tests.screens.small_station import ASSETS

WORDS = load(ASSETS / "words")
BESIDE_DP = 2 * 12 + 28 + 40 + 12
# The widest leading of a line: Material's bodyMedium, which ours inherit where they say nothing else.
LINE = 1.43
# What stands in a sentence, as long as a warehouse makes it.
FACTS: dict[str, str | int] = {
    "picklist": "P-7K3M9Q2A5X",
    "place": "A-12-03-2",
    "tote": "040",
    "slot": "A1",
    "name": "Benedikta",
    "serial": "SN-88412",
    "lot": "L2409",
    "scanned": "A-12-04-1",
    "expected": "A-12-03-2",
    "typed": "9",
    "count": 12,
    "factor": 12,
    "done": 3,
    "of": 12,
    "expected_each": 3,
    "offered_each": 12,
}
# Said with care, above what is asked.
CAUTIONS = (
    *("pick.confirm_number", "pick.short_again", "remedy.passed_on", "shell.abandoned_keys", "shell.late_keys"),
    *("sign_in.idle", "sign_in.taken_over", "work.elsewhere", "work.left_here", "work.none", "work.offline"),
)
OF_A_PICKER = ("pick.", "remedy.", "work.", "sign_in.", "shell.", "error.")
# Nothing that a picker sees: a sentence of a bench, or of a device that a handset does not have.
OF_OTHERS = ("error.Carton", "error.Device", "error.WrongCarton", "error.StoreRefused", "error.FrameDamaged")


def said_to_a_picker(language: str) -> Iterator[tuple[str, str]]:
    words = WORDS[language]
    for key in words.words:
        if key.startswith(OF_A_PICKER) and not key.startswith(OF_OTHERS):
            yield key, words.say(key, **FACTS)


def texts(control: object) -> list[ft.Text]:
    """Every text within a control, from top to bottom."""
    if isinstance(control, ft.Text):
        return [control]
    inside = [getattr(control, "content", None), *(getattr(control, "controls", None) or ())]
    return [text for one in inside if one is not None for text in texts(one)]


def leading(text: ft.Text) -> float:
    return (text.style.height if text.style else None) or LINE


def room_over(strip: ft.Control, role: Role) -> float:
    """How much of a strip's height its words leave; the frame of its role and the air around it take some."""
    box = strip.content if isinstance(strip, ft.Semantics) else None
    assert isinstance(box, ft.Container)
    assert isinstance(box.padding, int)
    said = texts(strip)
    lines = sum((one.size or 0) * (one.max_lines or 1) * leading(one) for one in said)
    return (box.height or 0) - 2 * (box.padding + SHAPES[role].edge) - lines - 2 * (len(said) - 1)


@pytest.mark.parametrize(("width", "height"), [(320, 480), (360, 640), (1280, 800)])
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("role", [Role.WRONG, Role.CAUTION])
def test_no_line_touches_the_frame_and_none_is_cut(language: str, role: Role, width: int, height: int) -> None:
    look = Look(words=WORDS[language]).sized(width, height)
    room = width - BESIDE_DP - 2 * SHAPES[role].edge
    bench = ("pick.scan_tote", "returns.ask.item", "pack.ask.cancelled", "pack.cannot_be_drawn", "pack.ask.serial")
    prompts = [None, *(Prompt(sentence=Sentence(key, {**FACTS, "product": "Radio"})) for key in bench)]
    wrong = []
    for key in WORDS[language].words:
        if not key.startswith((*OF_A_PICKER, "pack.", "returns.")):
            continue
        said = look.say(
            key, **{**FACTS, "product": "Radio", "order": "REF-O-2", "number": 2, "scanned": "340123450017"}
        )
        for prompt in prompts:
            strip = prompt_strip(look, prompt, role, said)
            cut = [one.value for one in texts(strip) if lines_in(one.value, one.size or 0, room) > (one.max_lines or 0)]
            if cut or room_over(strip, role) < 0:
                wrong.append((key, cut))
    assert wrong == []


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("language", ["en", "de"])
def test_no_refusal_is_cut(language: str, width: int) -> None:
    look = Look(words=WORDS[language], width=width)
    room = width - BESIDE_DP - 2 * SHAPES[Role.WRONG].edge
    asking = Prompt(sentence=Sentence("pick.scan_tote", FACTS))
    cut = []
    for key, text in said_to_a_picker(language):
        for prompt in (None, asking):
            words = texts(prompt_strip(look, prompt, Role.WRONG, text))
            assert words[0].value == text
            if any(lines_in(one.value, one.size or 0, room) > (one.max_lines or 0) for one in words):
                cut.append(key)
    assert cut == []


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("key", ["error.RuleBroken", "error.IllegalTransition", "error.UnreadableCode.scanned"])
@pytest.mark.parametrize(("width", "height"), [(320, 480), (360, 640), (1280, 800)])
def test_what_the_screen_asks_stands_below_a_refusal_that_points_at_it(
    language: str, key: str, width: int, height: int
) -> None:
    look = Look(words=WORDS[language]).sized(width, height)
    refusal, asking = look.words.text(Sentence(key)), Sentence("pick.scan_tote", FACTS)
    refused, asked = texts(prompt_strip(look, Prompt(sentence=asking), Role.WRONG, refusal))
    assert (refused.value, asked.value) == (refusal, look.words.text(asking))


@pytest.mark.parametrize("width", [320, 360, 1280])
@pytest.mark.parametrize("words", [1, 4, 8, 12, 16, 40])
def test_refusals_of_any_length_stay_in_the_strip(width: int, words: int) -> None:
    look = Look(words=WORDS["en"]).sized(width, 640)
    prompt = Prompt(sentence=Sentence("pick.scan_tote", FACTS))
    strip = prompt_strip(look, prompt, Role.WRONG, " ".join(["refused"] * words))
    assert texts(strip)[0].value.count("refused") == words
    assert room_over(strip, Role.WRONG) >= 0


@pytest.mark.parametrize("height", [480, 640])
@pytest.mark.parametrize("language", ["en", "de"])
def test_what_is_asked_is_not_cut_below_what_was_said(language: str, height: int) -> None:
    look = Look(words=WORDS[language], width=320 if height == 480 else 360, height=height)
    room = look.width - BESIDE_DP
    cut = []
    for key, text in said_to_a_picker(language):
        if ".scan_" in key or ".type_" in key:
            prompt = Prompt(sentence=Sentence(key, FACTS))
            _, asked = texts(prompt_strip(look, prompt, Role.GO, "3"))
            if lines_in(text, asked.size or 0, room) > (asked.max_lines or 0):
                cut.append(key)
    assert cut == []


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("now", [0, 1, 2])
@pytest.mark.parametrize(
    "keys", ["pick.step_bin pick.step_item pick.step_tote", "remedy.step_tote remedy.step_item remedy.step_bin"]
)
def test_the_steps_of_a_stop_stand_beside_each_other(keys: str, now: int, language: str, width: int) -> None:
    states = [StepState.DONE if at < now else StepState.NOW if at == now else StepState.LATER for at in range(3)]
    steps = tuple(
        Step(key, state, 2, 12) if key.endswith("item") else Step(key, state)
        for key, state in zip(keys.split(), states, strict=True)
    )
    prompt = Prompt(sentence=Sentence("pick.scan_item"), steps=steps)
    *trail, _ = texts(prompt_strip(Look(words=WORDS[language], width=width), prompt))
    chevrons, ticks = (len(trail) - 1) * (18 + 2 * 4), (now if len(trail) == 3 else 1) * (18 + 4)
    assert chevrons + ticks + sum(width_dp(text.value, SMALL) for text in trail) <= width - BESIDE_DP


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_needs_care_is_said_whole_above_what_is_asked(language: str) -> None:
    look = Look(words=WORDS[language])
    room = look.width - BESIDE_DP - 2 * SHAPES[Role.CAUTION].edge
    prompt = Prompt(sentence=Sentence("pick.scan_bin"))
    said = {key: text for key, text in said_to_a_picker(language) if key in CAUTIONS}
    assert len(said) == len(CAUTIONS)
    cut = [
        key
        for key, text in said.items()
        if lines_in(text, SMALL, room) > (texts(prompt_strip(look, prompt, Role.CAUTION, text))[0].max_lines or 0)
    ]
    assert cut == []


def test_a_long_warning_and_what_is_asked_stand_whole_in_the_strip_of_a_low_window() -> None:
    look = Look(words=WORDS["en"], width=320, height=480)
    prompt = Prompt(sentence=Sentence("pick.scan_bin"))
    strip = prompt_strip(look, prompt, Role.CAUTION, WORDS["en"].say("work.offline"))
    assert room_over(strip, Role.CAUTION) >= 0
