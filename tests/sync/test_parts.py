"""An answer of many rows is taken over in parts, so that no scan waits for all of it."""

from __future__ import annotations

import pytest

from sync.protocol import Cursor, Pulled, RowChange


def an_answer(count: int, *, more: bool = False) -> Pulled:
    rows = tuple(RowChange(row_kind="tote", row_id=f"T-{n}", change_seq=10 + n) for n in range(count))
    return Pulled(cursor=Cursor(epoch="e1", change_seq=99), rows=rows, included_through_seq=7, more=more)


@pytest.mark.parametrize("count", [0, 1, 3, 4, 5, 8, 9])
def test_the_parts_hold_every_row_once_in_its_order(count: int) -> None:
    whole = an_answer(count)
    parts = list(whole.parts(4))
    assert tuple(row for part in parts for row in part.rows) == whole.rows
    assert all(len(part.rows) <= 4 for part in parts)


@pytest.mark.parametrize("more", [True, False])
def test_each_part_but_the_last_says_that_there_is_more_and_where_it_ends(more: bool) -> None:
    first, second, last = an_answer(9, more=more).parts(4)
    assert (first.cursor, first.more) == (Cursor(epoch="e1", change_seq=13), True)
    assert (second.cursor, second.more) == (Cursor(epoch="e1", change_seq=17), True)
    assert (last.cursor, last.more) == (Cursor(epoch="e1", change_seq=99), more)
    assert {part.included_through_seq for part in (first, second, last)} == {7}


def test_an_answer_without_rows_is_one_part() -> None:
    lost = Pulled(cursor=Cursor(), must_refetch=True)
    assert list(lost.parts(4)) == [lost]
