"""The shift that the pictures show is one that could be: its numbers agree with one another."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from app.domain.board import Risk
from tests.screens.full_shift import AN_HOUR, a_full_shift

SHIFT = a_full_shift()


def test_lines_are_as_many_by_cut_off_by_zone_by_hour_and_by_picker() -> None:
    by_cutoff = sum(one["lines_done"] for one in SHIFT["cutoffs"])
    by_zone = sum(one["lines_done"] for one in SHIFT["zones"])
    by_picker = sum(one["lines_today"] for one in SHIFT["people"])
    assert {by_cutoff, by_zone, by_picker, sum(AN_HOUR)} == {by_cutoff}


def test_what_is_left_of_a_zone_stands_on_its_lists() -> None:
    on_lists: Counter[str] = Counter()
    for one in SHIFT["picklists"]:
        on_lists[one["zone"]] += one["tasks_total"] - one["tasks_done"]
    assert on_lists == {one["zone"]: one["lines_total"] - one["lines_done"] for one in SHIFT["zones"]}


def test_a_cut_off_is_late_when_it_ends_after_its_time_and_tight_half_an_hour_before() -> None:
    for one in SHIFT["cutoffs"]:
        if one["projected_finish_utc"] is None:
            assert one["orders_done"] == one["orders_total"]
            continue
        left = datetime.fromisoformat(one["ship_by_utc"]) - datetime.fromisoformat(one["projected_finish_utc"])
        late, tight = left < timedelta(0), left < timedelta(minutes=30)
        assert one["risk"] == (Risk.LATE if late else Risk.TIGHT if tight else Risk.OK)


def test_everybody_has_a_station_of_their_own_and_nothing_is_known_that_a_station_still_owes() -> None:
    at_work = [one for one in SHIFT["people"] if one["station_id"]]
    stations = {one["station_id"]: one for one in SHIFT["stations"]}
    assert sorted(one["station_id"] for one in at_work) == sorted(stations)
    for one in at_work:
        owed_since = stations[one["station_id"]]["owed_since_utc"]
        assert owed_since is None or one["last_fact_at_utc"] <= owed_since
