"""Which of a camera's many reads is a scan."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.domain.looks import SAME_LOOK_MS, Looks
from app.domain.scan import Scan, Source, Symbology


def a_read(text: str, *, confirmed: bool = True, symbology: Symbology = Symbology.EAN13) -> Scan:
    return Scan(text=text, source=Source.CAMERA, symbology=symbology, confirmed=confirmed)


def test_a_sure_read_is_a_scan_at_once() -> None:
    assert Looks().frame([a_read("T.7", symbology=Symbology.QR)], at_ms=0) == a_read("T.7", symbology=Symbology.QR)


def test_a_weak_read_waits_for_a_second_frame() -> None:
    looks = Looks()
    assert looks.frame([a_read("4006381333931", confirmed=False)], at_ms=0) is None
    assert looks.frame([], at_ms=100) is None
    assert looks.frame([a_read("4006381333931", confirmed=False)], at_ms=200) == a_read("4006381333931")


def test_two_different_weak_reads_do_not_confirm_each_other() -> None:
    looks = Looks()
    assert looks.frame([a_read("4006381333931", confirmed=False)], at_ms=0) is None
    assert looks.frame([a_read("4006381333948", confirmed=False)], at_ms=100) is None


def test_a_weak_read_from_long_ago_confirms_nothing() -> None:
    looks = Looks()
    looks.frame([a_read("4006381333931", confirmed=False)], at_ms=0)
    assert looks.frame([a_read("4006381333931", confirmed=False)], at_ms=5_000) is None


def test_the_expected_item_needs_no_second_frame() -> None:
    looks = Looks(expected_text="4006381333931")
    assert looks.frame([a_read("4006381333931", confirmed=False)], at_ms=0) == a_read("4006381333931")


def test_the_expected_item_may_be_known_by_its_fourteen_digits() -> None:
    looks = Looks(expected_text="04006381333931")
    assert looks.frame([a_read("4006381333931", confirmed=False)], at_ms=0) == a_read("4006381333931")


def test_a_code_that_stays_in_view_is_one_scan() -> None:
    looks = Looks()
    given_out = [looks.frame([a_read("T.7")], at_ms=at_ms) for at_ms in range(0, 10_000, 100)]
    assert [scan for scan in given_out if scan] == [a_read("T.7")]


def test_one_label_that_two_engines_name_differently_is_one_scan() -> None:
    looks, lot_label = Looks(), "010401234500003110L2409"
    names = (Symbology.CODE128, Symbology.GS1_128, Symbology.CODE128)
    given_out = [
        looks.frame([a_read(lot_label, symbology=name)], at_ms=at_ms)
        for at_ms, name in zip((0, 200, 400), names, strict=True)
    ]
    assert given_out == [a_read(lot_label, symbology=Symbology.CODE128), None, None]


def test_a_upc_with_and_without_its_leading_zero_is_one_scan() -> None:
    looks = Looks()
    assert looks.frame([a_read("0036000291452")], at_ms=0)
    assert looks.frame([a_read("036000291452", symbology=Symbology.UPCA)], at_ms=200) is None


def test_two_engines_names_for_one_weak_read_confirm_it() -> None:
    looks = Looks()
    assert looks.frame([a_read("0036000291452", confirmed=False)], at_ms=0) is None
    assert looks.frame([a_read("036000291452", symbology=Symbology.UPCA, confirmed=False)], at_ms=200)


def test_a_code_that_was_away_is_a_new_look() -> None:
    looks = Looks()
    assert looks.frame([a_read("T.7")], at_ms=0)
    assert looks.frame([a_read("T.7")], at_ms=SAME_LOOK_MS)


def test_of_several_codes_the_expected_one_goes_first_then_the_preferred_then_the_leftmost() -> None:
    lot, item, bin_ = a_read("LOT", symbology=Symbology.CODE39), a_read("ITEM"), a_read("BIN", symbology=Symbology.QR)
    assert Looks(expected_text="BIN").frame([lot, item, bin_], at_ms=0) == bin_
    assert Looks(preferred=frozenset({Symbology.EAN13})).frame([lot, item, bin_], at_ms=0) == item
    assert Looks().frame([lot, item, bin_], at_ms=0) == lot


def test_the_second_code_in_view_comes_with_the_next_frame() -> None:
    looks = Looks()
    both = [a_read("ITEM"), a_read("LOT", symbology=Symbology.CODE128)]
    assert looks.frame(both, at_ms=0) == both[0]
    assert looks.frame(both, at_ms=100) == both[1]
    assert looks.frame(both, at_ms=200) is None


frames = st.lists(
    st.tuples(st.integers(0, 800), st.lists(st.tuples(st.sampled_from("ABC"), st.booleans()), max_size=3))
)


@given(frames)
def test_no_code_is_given_out_twice_in_one_look(rows: list[tuple[int, list[tuple[str, bool]]]]) -> None:
    looks, at_ms, last_seen = Looks(), 0, dict[str, int]()
    given_out: set[str] = set()
    for gap_ms, reads in rows:
        at_ms += gap_ms
        given_out -= {text for text, seen_ms in last_seen.items() if at_ms - seen_ms >= SAME_LOOK_MS}
        scan = looks.frame([a_read(text, confirmed=sure) for text, sure in reads], at_ms=at_ms)
        last_seen.update({text: at_ms for text, _ in reads})
        if scan is not None:
            assert scan.confirmed
            assert scan.text not in given_out
            given_out.add(scan.text)
