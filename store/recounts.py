"""A place that was counted again: what it holds is as somebody saw it, lot by lot."""

from __future__ import annotations

from dataclasses import replace

from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancySettled
from store.booking import Booking
from store.carry import carry
from store.reservations import counted
from store.stock import ADJUSTMENT, GOOD, Move


def recounted(booking: Booking, work: Discrepancy, fact: DiscrepancySettled) -> None:
    """The place holds what was counted; the difference is booked, never overwritten.

    A count of no lot, where the books know of one, was of that one. Where they know of several and the sum differs,
    each of them is to be counted: nobody can say which is short.
    """
    place, product_id, counted_each = fact.location_id, fact.product_id, fact.quantity_each
    if place is None or product_id is None or counted_each is None:
        return
    desk, lot = booking.desk, fact.lot
    held_each = desk.stock.balance_each(place, product_id, lot=lot, condition=GOOD)
    if lot is None and held_each != counted_each:
        lots = _lots_at(booking, place, product_id)
        if len(lots) > 1 and counted_each:
            for each in lots:
                differs_each = abs(held_each - counted_each)
                reason = work.facts.get("reason")
                ask_for_count(booking, place, product_id, each, quantity_each=differs_each, reason=reason)
            return
        lot = lots[0] if len(lots) == 1 else None
        held_each = desk.stock.balance_each(place, product_id, lot=lot, condition=GOOD)
    if held_each > counted_each:
        carry(booking, product_id, held_each - counted_each, place, ADJUSTMENT, lot=lot)
    elif held_each < counted_each:
        found = Move(
            product_id=product_id,
            quantity_each=counted_each - held_each,
            from_place=ADJUSTMENT,
            to_place=place,
            reason=fact.kind,
            lot=lot or "",
        )
        booking.move(found)
    counted(desk, {(place, product_id)}, lot=lot)


def happened_before_a_count(booking: Booking, place: str, product_id: str, lot: str) -> None:
    """Units left the place, or came back to it, before somebody counted it, and the store hears of it only now: the
    count has seen it already, and the books have it twice.

    Which of the two was first, clocks of two stations do not prove: the place is counted once more, and nothing is
    corrected behind anybody's back. A station's own facts come in their order.
    """
    envelope, desk = booking.envelope, booking.desk
    counts = desk.counts.later_than(envelope.occurred_at_utc, envelope.station_id)
    if not any(_is_count_of(count, place, product_id, lot) for count in counts):
        return
    booking.raise_work(
        DiscrepancyKind.NEGATIVE_STOCK,
        ("location", place),
        bin_key(place, product_id, lot),
        location_id=place,
        product_id=product_id,
        lot=lot,
        balance_each=desk.stock.balance_each(place, product_id, lot=lot),
    )


def ask_for_count(
    booking: Booking,
    place: str,
    product_id: str,
    lot: str | None,
    *,
    quantity_each: int,
    reason: str | None = None,
    task_id: str | None = None,
) -> None:
    """Somebody found less at a place than there should be: one question for each place, product and lot.

    Args:
        quantity_each: how many units were missed.
        task_id: the stop at which they were missed: `ask_no_more` can take its part of the question back.
    """
    of_task = {_missed_at(task_id): quantity_each} if task_id is not None else {}
    booking.raise_work(
        DiscrepancyKind.SHORT_PICK,
        ("location", place),
        _count_key(place, product_id, lot),
        location_id=place,
        product_id=product_id,
        lot=lot,
        balance_each=booking.desk.stock.balance_each(place, product_id, lot=lot, condition=GOOD),
        quantity_each=quantity_each,
        reason=reason,
        **of_task,
    )


def ask_no_more(booking: Booking, place: str, product_id: str, lot: str | None, task_id: str) -> None:
    """Nothing was missed at this stop after all: the count is asked for no more, unless others asked for it too.

    A count that was made, and one that was asked for after it, are none of this stop's.
    """
    key, of_task = _count_key(place, product_id, lot), _missed_at(task_id)
    work = booking.open_work(DiscrepancyKind.SHORT_PICK, key)
    if work is None or of_task not in work.facts:
        return
    left = {name: fact for name, fact in work.facts.items() if name != of_task}
    booking.desk.book.put(replace(work, facts=left))
    booking.raise_work(DiscrepancyKind.SHORT_PICK, work.about, key, quantity_each=-int(work.facts[of_task]))


def bin_key(place: str, product_id: str, lot: str) -> str:
    """Whatever the books do not know of a lot at a place is one piece of work."""
    return f"{place}-{product_id}-{lot}"


def _count_key(place: str, product_id: str, lot: str | None) -> str:
    return f"{place}-{product_id}" + (f"-{lot}" if lot else "")


def _missed_at(task_id: str) -> str:
    return f"missed_at:{task_id}"


def _is_count_of(fact: DiscrepancySettled, place: str, product_id: str, lot: str) -> bool:
    return (fact.location_id, fact.product_id) == (place, product_id) and fact.lot in (None, lot)


def _lots_at(booking: Booking, place: str, product_id: str) -> list[str]:
    """The lots that lie there by the books; when nothing does, those that lay there before."""
    held = booking.desk.stock.held_at(place, product_id)
    known = {marks.lot: each for marks, each in held.items() if marks.condition == GOOD}
    return sorted(lot for lot, each in known.items() if each > 0) or sorted(known)
