"""A board in the middle of a shift, for pictures: what it says of lines, lists, people and stations agrees."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from app.domain.board import Risk
from tests.screens.floor import NOW_UTC, a_board, a_cutoff, a_list, a_person, a_station, an_exception, iso

# Lines of the last twelve hours; the shift begins in the fifth, the last one is two minutes old.
AN_HOUR = (0, 0, 0, 0, 74, 121, 133, 128, 117, 68, 124, 4)


def at(hour: int, minute: int = 0) -> str:
    """A time of today, in UTC."""
    return iso(NOW_UTC.replace(hour=hour, minute=minute))


def ago(minutes: int) -> str:
    return iso(NOW_UTC - timedelta(minutes=minutes))


def a_full_shift() -> dict[str, Any]:
    """Two o'clock: one cut-off is through, one is tight, one will be late; somebody is away, a handset is silent."""
    return a_board(
        cutoffs=_cutoffs(),
        zones=[
            {"zone": zone, "lines_done": done, "lines_total": total}
            for zone, done, total in (("A", 231, 272), ("B", 246, 291), ("C", 204, 259), ("D", 88, 149))
        ],
        people=_people(),
        picklists=_lists(),
        exceptions=_exceptions(),
        stations=[
            a_station("Handset 1", station_id="K1"),
            a_station("Handset 2", station_id="K2", last_seen_utc=ago(9), owed_count=14, owed_since_utc=ago(11)),
            a_station("Handset 3", station_id="K3"),
            a_station("Handset 4", station_id="K4"),
            a_station("Packing 1", "packing", station_id="P1"),
            a_station("Packing 2", "packing", station_id="P2"),
            a_station("Bench 1", "bench", station_id="B1", owed_count=1, owed_since_utc=iso(NOW_UTC)),
        ],
        pace=[
            {"hour_utc": iso(NOW_UTC - timedelta(hours=back, minutes=2)), "lines": count, "units": count * 2}
            for back, count in zip(range(len(AN_HOUR) - 1, -1, -1), AN_HOUR, strict=True)
        ],
    )


def a_shift_of_newer_handsets() -> dict[str, Any]:
    """The same with one handset lost, and two whose app is newer than the store."""
    shift = a_full_shift()
    lost = a_station("Handset 5", station_id="K5", last_seen_utc=ago(190), revoked_at_utc=ago(31))
    owing = {**lost, "name": "Handset 6", "station_id": "K6", "owed_count": 3, "owed_since_utc": ago(200)}
    return {
        **shift,
        "exceptions": [*_set_aside(), *shift["exceptions"]],
        "stations": [lost, owing, *shift["stations"]],
    }


def _set_aside() -> list[dict[str, Any]]:
    """For the reasons that the store gives, word for word."""
    newer = "version 4 of pick.unit_picked: newer than the 3 that is known here"
    told = (
        {"station_id": "K1", "seq": "4711", "last_seq": "4893", "count": "120", "reason": newer},
        {"station_id": "K3", "seq": "902", "reason": "unknown kind 'pick.unit_weighed'"},
    )
    return [
        an_exception(
            "quarantined_fact",
            minutes_ago=90 - 30 * at,
            discrepancy_id=f"D-{at + 8}",
            number=64 + at,
            addressee="supervisor",
            remedy="review",
            facts=facts,
        )
        for at, facts in enumerate(told)
    ]


def _cutoffs() -> list[dict[str, Any]]:
    """At 120 lines an hour, the earliest first."""
    return [
        a_cutoff(12, orders_done=114, orders_total=114, lines_done=402, lines_total=402, projected_finish_utc=None),
        a_cutoff(
            15,
            channels=["shop", "marktplatz"],
            orders_done=96,
            orders_total=158,
            lines_done=332,
            lines_total=537,
            projected_finish_utc=at(14, 44),
            risk=Risk.TIGHT,
        ),
        a_cutoff(
            16,
            channels=["b2b"],
            orders_done=7,
            orders_total=21,
            lines_done=31,
            lines_total=219,
            projected_finish_utc=at(16, 18),
            risk=Risk.LATE,
        ),
        a_cutoff(18, orders_done=3, orders_total=52, lines_done=4, lines_total=120, projected_finish_utc=at(17, 16)),
    ]


def _lists() -> list[dict[str, Any]]:
    due = {"ship_by_utc": at(15)}
    return [
        a_list(1042, picklist_id="P-7K3M9Q2A5X", tasks_done=9, tasks_total=14, **due),
        a_list(
            1043,
            picklist_id="P-8VH2C5TQ9N",
            zone="B",
            worker_id="W-boris",
            station_id="K2",
            tasks_done=2,
            tasks_total=11,
            **due,
        ),
        a_list(
            1044,
            picklist_id="P-9RD0W7JX4K",
            zone="C",
            state="paused",
            worker_id="W-chen",
            station_id="K3",
            tasks_done=5,
            **due,
        ),
        a_list(
            1045,
            picklist_id="P-W0DX4RHG8M",
            zone="D",
            state="leased",
            worker_id="W-dora",
            station_id="K4",
            tasks_done=0,
            tasks_total=13,
            **due,
        ),
        *(
            a_list(
                number,
                picklist_id=f"P-Q4MN{number}W3",
                zone="ABCD"[number % 4],
                state="released",
                worker_id=None,
                station_id=None,
                tasks_done=0,
                ship_by_utc=at(15 if number < 1058 else 16),
            )
            for number in range(1046, 1060)
        ),
        a_list(
            1038,
            picklist_id="P-3ZC6N1FY8B",
            zone="D",
            state="partly_picked",
            worker_id="W-dora",
            station_id="K4",
            tasks_done=12,
            **due,
        ),
    ]


def _people() -> list[dict[str, Any]]:
    """The silent handset's last fact is as old as what it owes is; everybody else has just done something."""
    return [
        a_person(
            "anna",
            doing="picking",
            picklist_id="P-7K3M9Q2A5X",
            station_id="K1",
            last_fact_at_utc=iso(NOW_UTC),
            lines_today=236,
            units_today=488,
        ),
        a_person(
            "boris",
            doing="picking",
            picklist_id="P-8VH2C5TQ9N",
            station_id="K2",
            last_fact_at_utc=ago(12),
            lines_today=214,
            units_today=421,
            near_misses_today=4,
        ),
        a_person(
            "chen",
            doing="paused",
            picklist_id="P-9RD0W7JX4K",
            station_id="K3",
            last_fact_at_utc=ago(6),
            lines_today=187,
            units_today=365,
            near_misses_today=2,
        ),
        a_person(
            "dora",
            doing="about_to_pick",
            picklist_id="P-W0DX4RHG8M",
            station_id="K4",
            last_fact_at_utc=ago(1),
            lines_today=132,
            units_today=264,
            near_misses_today=0,
        ),
        _packer("petra", station_id="P1", cartons_today=131, units_today=803),
        _packer("omar", station_id="P2", cartons_today=103, units_today=609),
        a_person(
            "ravi",
            roles=["receiver"],
            doing="returns",
            station_id="B1",
            last_fact_at_utc=iso(NOW_UTC),
            lines_today=0,
            units_today=34,
        ),
        a_person("emil", doing="away", last_fact_at_utc=None, lines_today=0, units_today=0, near_misses_today=0),
    ]


def _packer(name: str, **facts: Any) -> dict[str, Any]:
    return a_person(name, roles=["packer"], doing="packing", last_fact_at_utc=iso(NOW_UTC), lines_today=0, **facts)


def _exceptions() -> list[dict[str, Any]]:
    return [
        an_exception(minutes_ago=47),
        an_exception(
            "lease_lost",
            minutes_ago=31,
            discrepancy_id="D-2",
            number=61,
            addressee="supervisor",
            remedy="review",
            facts={"picklist_id": "P-3ZC6N1FY8B"},
        ),
        an_exception(
            "pack_damaged",
            minutes_ago=4,
            discrepancy_id="D-3",
            number=62,
            remedy="swap",
            facts={"product_id": "socks", "quantity_each": "1", "tote_id": "T-17"},
        ),
        an_exception(
            "unannounced_return",
            minutes_ago=0,
            discrepancy_id="D-4",
            number=63,
            addressee="receiver",
            remedy="review",
            facts={},
        ),
    ]
