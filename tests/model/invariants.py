"""I1 to I10, each a function that raises `Broken`. The witness calls them as things happen, `quiet` at the end."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sync.protocol import HELD_VERDICTS, Cursor, Outcome, Verdict
from tests.model.broken import Broken
from tests.model.written import Held

OF_WORK = (Verdict.ACCEPTED_WITH_EXCEPTION, Verdict.QUARANTINED)


def i1_no_scan_is_lost(station_id: str, acked_seq: int, *, in_book: int, held_by_book: int, at_store: int) -> None:
    """Each acknowledged scan is owed or held.

    Args:
        in_book: the newest fact of the book; held_by_book: what the book says the store holds; at_store: what it holds.
    """
    if in_book < acked_seq:
        raise Broken("I1", f"{station_id}: the tone was heard for {acked_seq}, the book ends with {in_book}")
    if held_by_book > at_store:
        raise Broken("I1", f"{station_id}: owes nothing up to {held_by_book}, the store holds {at_store}")


def i2_each_fact_has_its_effect_once(happened: set[tuple[str, int]], name: tuple[str, int]) -> None:
    if name in happened:
        raise Broken("I2", f"{name[0]}#{name[1]} has happened twice")
    happened.add(name)


def i2_no_number_is_given_twice(newest: int, given: tuple[int, int, str]) -> None:
    if given[0] <= newest:
        raise Broken("I2", f"the number {given[0]} was given before, now to {given[2]}")


def i3_facts_come_in_order(held: Held, recorded: list[str], heard: int) -> None:
    """Without gaps or forks: the next fact that the store takes is the next one that the station recorded."""
    if held.seq != heard + 1:
        raise Broken("I3", f"{held.station_id}: {held.seq} was taken after {heard}")
    if held.seq > len(recorded) or recorded[held.seq - 1] != held.text:
        raise Broken("I3", f"{held.station_id}#{held.seq} is not what was recorded")


def i4_stock_is_the_sum_of_movements(place: object, said: int, moved: int) -> None:
    if said != moved:
        raise Broken("I4", f"{place}: {said} in the books, {moved} by what hands did")


def i4_a_line_is_the_sum_of_its_facts(task_id: str, said: int, done: int) -> None:
    if said != done:
        raise Broken("I4", f"{task_id}: {said} picked in its row, {done} by its facts")


def i5_nothing_physical_is_refused(held: Held, is_work: bool) -> None:
    """And each exception has a task."""
    if held.outcome.verdict not in HELD_VERDICTS:
        raise Broken("I5", f"{held.station_id}#{held.seq} was refused: {held.outcome.verdict}")
    if held.outcome.verdict in OF_WORK and not is_work:
        raise Broken("I5", f"{held.station_id}#{held.seq}: {held.outcome.exception} is nobody's work")


def i6_an_outcome_never_changes(station_id: str, first: Outcome, now: Outcome) -> None:
    if first != now:
        raise Broken("I6", f"{station_id}#{first.seq} was {first.verdict}, {first.exception}; is {now}")


def i7_all_agree(station_id: str, seen: Mapping[Any, Any], at_store: Mapping[Any, Any]) -> None:
    """After quiet what people see is what the store holds."""
    if seen != at_store:
        differing = {key for key in seen.keys() | at_store.keys() if seen.get(key) != at_store.get(key)}
        raise Broken("I7", f"{station_id} sees otherwise: {sorted(differing)[:4]}")


def i8_the_queue_drains(owing: Collection[str], within_s: float) -> None:
    """In bounded time after the network healed, with no new write."""
    if owing:
        raise Broken("I8", f"{within_s:g} s after healing not settled: {', '.join(owing)}")


def i9_one_lease_is_good(
    promises: dict[str, str], newest: dict[str, int], picklist_id: str, said: tuple[str, int, str | None]
) -> None:
    """At most one valid lease epoch a picklist: an epoch is one station's alone, and none comes back.

    Args:
        promises: which station each lease was given to; newest: the newest epoch of each list.
    """
    lease, epoch, station_id = said
    if epoch < newest.get(picklist_id, 0):
        raise Broken("I9", f"{lease} comes after #{newest[picklist_id]}")
    newest[picklist_id] = epoch
    if station_id is not None and promises.setdefault(lease, station_id) != station_id:
        raise Broken("I9", f"{lease} is good for {promises[lease]} and for {station_id}")


def i10_cursors_only_advance(station_id: str, before: Cursor, after: Cursor) -> None:
    if after.epoch == before.epoch and after.change_seq < before.change_seq:
        raise Broken("I10", f"{station_id}: the cursor went back from {before.change_seq} to {after.change_seq}")


def i10_snapshot_and_deltas_are_a_full_read(station_id: str, shelf: Mapping[Any, Any], full: Mapping[Any, Any]) -> None:
    if shelf != full:
        differing = {key for key in shelf.keys() | full.keys() if shelf.get(key) != full.get(key)}
        raise Broken("I10", f"{station_id} holds otherwise than a full read: {sorted(differing)[:4]}")
