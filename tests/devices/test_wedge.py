"""A scanner that types, as Flet's key events tell of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.codes import identify
from app.domain.scan import Scan, Source, Symbology
from app.errors import UnreadableCode
from devices.wedge import Wedge

_SHIFTED = dict(zip('!@#$%^&*()_+{}|:"<>?~', "1234567890-=[]\\;',./`", strict=True))
PRINTABLE = "".join(chr(point) for point in range(32, 127))


def type_text(wedge: Wedge, text: str, *, start_ms: int = 0, step_ms: int = 5) -> list[Scan]:
    """Type as a US keyboard does: shift as a key of its own, GS as Ctrl+], a line feed as Enter, a tab as Tab."""
    scans: list[Scan | None] = []
    for index, char in enumerate(text):
        at_ms = start_ms + index * step_ms
        if char in "\n\t":
            scans.append(wedge.key("Enter" if char == "\n" else "Tab", at_ms=at_ms))
        elif char == "\x1d":
            wedge.key("Control Left", ctrl=True, at_ms=at_ms)
            scans.append(wedge.key("]", ctrl=True, at_ms=at_ms))
        elif char.isupper() or char in _SHIFTED:
            wedge.key("Shift Left", shift=True, at_ms=at_ms)
            scans.append(wedge.key(_SHIFTED.get(char, char), shift=True, at_ms=at_ms))
        else:
            scans.append(wedge.key(char.upper(), at_ms=at_ms))
    return [scan for scan in scans if scan is not None]


def texts(scans: list[Scan]) -> list[str]:
    return [scan.text for scan in scans]


def test_a_burst_ending_in_enter_is_one_scan() -> None:
    assert type_text(Wedge(), "L.A-01-02\n") == [Scan(text="L.A-01-02", source=Source.WEDGE, at_ms=45)]


def test_tab_ends_a_code_too() -> None:
    assert texts(type_text(Wedge(), "T.0007\tT.0008\t")) == ["T.0007", "T.0008"]


def test_enter_sent_as_a_control_character_ends_a_code() -> None:
    wedge = Wedge()
    type_text(wedge, "T.7")
    scan = wedge.key("M", ctrl=True, at_ms=20)
    assert scan is not None
    assert scan.text == "T.7"


def test_what_a_scanner_puts_around_each_code_is_not_part_of_it() -> None:
    wedge = Wedge()
    wedge.key("B", ctrl=True, at_ms=0)
    type_text(wedge, "T.7", start_ms=5)
    wedge.key("C", ctrl=True, at_ms=25)
    assert texts(type_text(wedge, "\n", start_ms=30)) == ["T.7"]


@pytest.mark.parametrize(("label", "ctrl"), [("E", True), ("[", True), ("", False)])
def test_a_code_with_a_key_that_types_nothing_known_is_unreadable_and_not_shorter(label: str, ctrl: bool) -> None:
    wedge = Wedge()
    type_text(wedge, "T.1")
    wedge.key(label, ctrl=ctrl, at_ms=20)
    scan = type_text(wedge, "2\n", start_ms=25)[0]
    assert scan.text != "T.12"
    with pytest.raises(UnreadableCode):
        identify(scan)


def test_a_slow_bluetooth_scanner_is_still_a_scanner() -> None:
    assert texts(type_text(Wedge(), "L.A-01-02\n", step_ms=60)) == ["L.A-01-02"]


def test_a_person_may_type_as_slowly_as_a_person_types() -> None:
    assert texts(type_text(Wedge(), "t.0007\n", step_ms=700)) == ["t.0007"]


def test_the_same_item_twice_is_two_scans() -> None:
    assert texts(type_text(Wedge(), "4006381333931\n4006381333931\n", step_ms=1)) == ["4006381333931"] * 2


def test_a_code_in_two_bursts_is_one_code() -> None:
    wedge = Wedge()
    assert not type_text(wedge, "40063813")
    assert wedge.poll(at_ms=200) is None
    assert texts(type_text(wedge, "33931\n", start_ms=250)) == ["4006381333931"]


def test_gs_as_ctrl_bracket_separates_fields() -> None:
    scans = type_text(Wedge(), "]C110A\x1d21B\n")
    assert scans == [Scan(text="10A\x1d21B", source=Source.WEDGE, at_ms=50, symbology=Symbology.GS1_128)]


def test_gs_as_alt_029_separates_fields() -> None:
    wedge = Wedge()
    type_text(wedge, "10A")
    wedge.key("Alt Left", alt=True, at_ms=20)
    for number, digit in enumerate("029"):
        wedge.key(f"Numpad {digit}", alt=True, at_ms=21 + number)
    assert texts(type_text(wedge, "21B\n", start_ms=30)) == ["10A\x1d21B"]


def test_the_numpad_types_digits() -> None:
    wedge = Wedge()
    for digit in "4007":
        wedge.key(f"Numpad {digit}", at_ms=1)
    scan = wedge.key("Numpad Enter", at_ms=2)
    assert scan is not None
    assert scan.text == "4007"


def test_an_unknown_aim_identifier_stays_in_the_text() -> None:
    assert texts(type_text(Wedge(), "]E3400638133393112\n")) == ["]E3400638133393112"]


def test_the_programmed_prefix_is_taken_off() -> None:
    assert texts(type_text(Wedge(prefix="~"), "~T.0007\n")) == ["T.0007"]


def test_a_fast_burst_without_terminator_ends_in_silence() -> None:
    wedge = Wedge()
    type_text(wedge, "T.0007")
    assert wedge.poll(at_ms=900) is None
    scan = wedge.poll(at_ms=930)
    assert scan is not None
    assert scan.text == "T.0007"
    assert wedge.poll(at_ms=1_300) is None


def test_a_scanner_that_sends_no_end_is_waited_for_only_once() -> None:
    wedge = Wedge()
    type_text(wedge, "T.0007")
    assert wedge.poll(at_ms=930) is not None
    type_text(wedge, "T.0008", start_ms=2_000)
    scan = wedge.poll(at_ms=2_330)
    assert scan is not None
    assert scan.text == "T.0008"


def test_a_first_code_that_is_held_up_on_its_way_is_not_cut_in_two() -> None:
    wedge = Wedge()
    type_text(wedge, "L.A-0")
    assert wedge.poll(at_ms=700) is None
    assert texts(type_text(wedge, "3-10-3\n", start_ms=800)) == ["L.A-03-10-3"]


def test_a_slow_person_is_no_scanner_when_silence_comes() -> None:
    wedge = Wedge()
    type_text(wedge, "hello", step_ms=150)
    assert [wedge.poll(at_ms=at_ms) for at_ms in range(600, 13_000, 50)] == [None] * 248
    assert not type_text(wedge, "\n", start_ms=13_000)


def test_what_a_person_types_waits_while_they_look_at_the_scale() -> None:
    wedge = Wedge()
    type_text(wedge, "12", step_ms=300)
    assert wedge.poll(9_000) is None
    assert wedge.typed(9_000) == "12"
    assert texts(type_text(wedge, "50\n", start_ms=9_000, step_ms=300)) == ["1250"]


@pytest.mark.parametrize("pause_ms", [3_000, 60_000])
def test_a_scan_after_a_number_that_was_not_ended_is_the_scan_alone(pause_ms: int) -> None:
    wedge = Wedge()
    type_text(wedge, "12", step_ms=300)
    assert texts(type_text(wedge, "L.A-03-10-3\n", start_ms=pause_ms)) == ["L.A-03-10-3"]
    assert wedge.dropped_keys == 2


def test_a_person_sees_what_they_type_and_nobody_sees_half_a_scan() -> None:
    wedge, seen, scanned = Wedge(), [], []
    for index, key in enumerate("4006381333931"):
        scanned += [wedge.typed(at_ms) for at_ms in (index * 50, index * 50 + 49)]
        wedge.key(key, at_ms=index * 50)
    assert wedge.key("Enter", at_ms=650) is not None
    for index, key in enumerate("T.07"):
        wedge.key(key, at_ms=2_000 + index * 250)
        seen.append(wedge.typed(2_000 + index * 250 + 249))
    assert (set(scanned), seen) == ({""}, ["t", "t.", "t.0", "t.07"])


def test_backspace_takes_back_a_key_and_escape_all_of_them() -> None:
    wedge = Wedge()
    type_text(wedge, "129", step_ms=300)
    wedge.key("Backspace", at_ms=1_000)
    assert wedge.typed(2_000) == "12"
    assert texts(type_text(wedge, "50\n", start_ms=2_000, step_ms=300)) == ["1250"]
    type_text(wedge, "77", start_ms=4_000, step_ms=300)
    wedge.key("Escape", at_ms=5_000)
    wedge.key("Backspace", at_ms=5_300)
    assert wedge.typed(5_400) == ""
    assert texts(type_text(wedge, "3\n", start_ms=5_500, step_ms=300)) == ["3"]
    assert wedge.dropped_keys == 0


def test_an_aim_identifier_tells_a_slow_scanner_from_a_person() -> None:
    wedge = Wedge()
    type_text(wedge, "]C0T.7", step_ms=100)
    scan = wedge.poll(at_ms=1_400)
    assert scan is not None
    assert (scan.text, scan.symbology) == ("T.7", Symbology.CODE128)


def test_a_code_that_never_ended_does_not_stick_to_the_next() -> None:
    wedge = Wedge()
    type_text(wedge, "A-0")
    assert texts(type_text(wedge, "B-02\n", start_ms=5_000)) == ["B-02"]


def test_digits_with_a_long_pause_between_them_are_not_taken_for_fewer_digits() -> None:
    wedge = Wedge()
    type_text(wedge, "12", step_ms=300)
    assert not type_text(wedge, "50\n", start_ms=11_000, step_ms=300)
    assert wedge.dropped_keys == 4
    assert texts(type_text(wedge, "1250\n", start_ms=16_000, step_ms=300)) == ["1250"]


def test_the_silence_that_drops_a_code_is_noticed_while_it_lasts() -> None:
    wedge = Wedge()
    type_text(wedge, "12", step_ms=300)
    assert [wedge.poll(at_ms) for at_ms in (10_200, 10_400)] == [None, None]
    assert (wedge.dropped_keys, wedge.unfinished) == (2, False)
    assert not type_text(wedge, "50\n", start_ms=19_000, step_ms=300)


def test_a_scanner_is_heard_at_once_after_a_key_that_somebody_bumped() -> None:
    wedge = Wedge()
    type_text(wedge, "5")
    assert texts(type_text(wedge, "4006381333931\n", start_ms=60_000)) == ["4006381333931"]
    assert wedge.dropped_keys == 1
    assert texts(type_text(wedge, "12\n", start_ms=70_000, step_ms=300)) == ["12"]


def test_a_scanner_that_sends_no_end_is_heard_too_after_a_key_that_somebody_bumped() -> None:
    wedge = Wedge()
    type_text(wedge, "5")
    type_text(wedge, "T.0007", start_ms=60_000)
    scan = wedge.poll(at_ms=60_930)
    assert scan is not None
    assert scan.text == "T.0007"


def test_the_rest_of_a_scanners_code_whose_beginning_was_dropped_is_no_shorter_code() -> None:
    wedge = Wedge()
    type_text(wedge, "L.A")
    assert not type_text(wedge, "-03-10-3\n", start_ms=1_800)
    assert wedge.dropped_keys == 11
    assert texts(type_text(wedge, "L.A-03-10-3\n", start_ms=2_500)) == ["L.A-03-10-3"]


def test_keys_that_waited_while_the_station_was_held_up_are_one_code() -> None:
    wedge = Wedge()
    type_text(wedge, "4006381", step_ms=20)
    wedge.slept(2_000)
    assert wedge.poll(2_130) is None
    assert texts(type_text(wedge, "333931\n", start_ms=2_140, step_ms=20)) == ["4006381333931"]


def test_enter_ends_a_code_of_which_the_beginning_was_dropped() -> None:
    wedge = Wedge()
    type_text(wedge, "12", step_ms=300)
    assert not type_text(wedge, "\n", start_ms=15_000)
    assert texts(type_text(wedge, "50\n", start_ms=16_000, step_ms=300)) == ["50"]


def test_enter_alone_is_no_scan() -> None:
    assert not type_text(Wedge(), "\n\n\t")


def test_a_scan_of_four_thousand_characters_ends_as_one_scan() -> None:
    scans = type_text(Wedge(max_chars=300), "A" * 4_000 + "\nT.7\n", step_ms=1)
    assert [len(scan.text) for scan in scans] == [300, 3]


def test_keys_in_a_field_are_not_the_wedges() -> None:
    wedge = Wedge()
    type_text(wedge, "T.0")
    wedge.pause()
    assert not type_text(wedge, "anna\n", start_ms=20)
    wedge.resume()
    assert texts(type_text(wedge, "T.7\n", start_ms=60)) == ["T.7"]


def test_keys_typed_across_a_reconnect_are_dropped_and_counted() -> None:
    wedge = Wedge()
    type_text(wedge, "T.0")
    wedge.drop_before(1_000)
    assert not type_text(wedge, "007\n4006381333931\n", start_ms=900)
    assert wedge.dropped_keys == 21
    assert texts(type_text(wedge, "T.7\n", start_ms=1_500)) == ["T.7"]


def test_the_tail_of_a_dropped_code_goes_with_its_head() -> None:
    wedge = Wedge()
    wedge.drop_before(1_000)
    assert texts(type_text(wedge, "4006381333931\nT.7\n", start_ms=970)) == ["T.7"]
    assert wedge.dropped_keys == 14


@given(
    st.lists(st.text(PRINTABLE + "\x1d", min_size=1, max_size=40).filter(lambda t: not t.startswith("]")), max_size=6),
    st.lists(st.integers(0, 1_400), min_size=1),
)
def test_however_the_keys_are_chopped_the_codes_come_out_whole(codes: list[str], gaps_ms: list[int]) -> None:
    wedge, scans, at_ms, turn = Wedge(), list[Scan](), 0, 0
    for code in codes:
        for char in code + "\n":
            at_ms += gaps_ms[turn % len(gaps_ms)]
            turn += 1
            scans += type_text(wedge, char, start_ms=at_ms)
    assert texts(scans) == codes


@given(
    st.lists(
        st.tuples(
            st.one_of(
                st.sampled_from(["Enter", "Tab", "Shift Left", "Alt Left", "F5", "Backspace", "Escape"]),
                st.text(max_size=3),
            ),
            st.integers(0, 12_000),
            st.booleans(),
            st.booleans(),
            st.booleans(),
            st.booleans(),
        )
    )
)
def test_no_key_at_all_breaks_the_wedge(keys: list[tuple[str, int, bool, bool, bool, bool]]) -> None:
    wedge, at_ms = Wedge(max_chars=20), 0
    for label, gap_ms, shift, ctrl, alt, poll in keys:
        at_ms += gap_ms
        scan = wedge.poll(at_ms) if poll else wedge.key(label, at_ms=at_ms, shift=shift, ctrl=ctrl, alt=alt)
        assert scan is None or 0 < len(scan.text) <= 20
        assert len(wedge.typed(at_ms)) <= 20
