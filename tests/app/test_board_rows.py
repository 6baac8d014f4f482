"""Choosing a row of the board by scanning alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.board import Board, ListProgress, OpenException
from app.domain.codes import Code, identify
from app.domain.scan import Scan, Source
from app.domain.workers import Role, Worker
from app.workflows.answers import Answer
from app.workflows.board_rows import BoardRow, BoardRows
from tests.fakes.clock import SHIFT_BEGINS_UTC

ANNA = Worker(worker_id="W-anna", name="Anna", badge="anna", pin_hash="", roles=frozenset({Role.PICKER}))


def a_list(number: int = 1, *, state: str = "in_progress", **facts: Any) -> ListProgress:
    """A picklist, and what it is called."""
    return ListProgress(
        **{"picklist_id": f"P-{number}", "zone": "A", "ship_by_utc": SHIFT_BEGINS_UTC, **facts},
        state=state,
        number=number,
    )


def an_exception(number: int = 2, *, addressee: str = "supervisor") -> OpenException:
    return OpenException(
        discrepancy_id=f"D-{number}",
        number=number,
        kind="lease_lost",
        addressee=addressee,
        remedy="review",
        raised_at_utc=SHIFT_BEGINS_UTC,
    )


def a_board(*rows: BoardRow) -> Board:
    return Board(
        as_of_utc=SHIFT_BEGINS_UTC + timedelta(hours=1),
        picklists=tuple(row for row in rows if isinstance(row, ListProgress)),
        exceptions=tuple(row for row in rows if isinstance(row, OpenException)),
    )


def rows_of(*rows: BoardRow) -> BoardRows:
    seen = BoardRows()
    seen.see(a_board(*rows))
    return seen


def code(text: str) -> Code:
    return identify(Scan(text=text, source=Source.WEDGE))


def scanned(rows: BoardRows, *texts: str) -> BoardRow | Answer | None:
    """What came of the last scan."""
    outcome: BoardRow | Answer | None = None
    for text in texts:
        outcome = rows.choose(code(text), ANNA if text == "W.anna" else None)
    return outcome


def said(outcome: BoardRow | Answer | None) -> str:
    assert isinstance(outcome, Answer)
    return outcome.sentence.key


def test_the_digits_of_the_card_and_ok_choose_a_row() -> None:
    rows = rows_of(*(a_list(number) for number in range(1, 13)))
    assert scanned(rows, "X.D.1", "X.D.2") is None
    assert rows.chosen == a_list(12)
    assert scanned(rows, "X.OK") == a_list(12)
    assert rows.typed == ""


def test_back_takes_one_digit_away() -> None:
    rows = rows_of(a_list(1), a_list(2))
    assert scanned(rows, "X.D.2", "X.D.3", "X.BACK", "X.OK") == a_list(2)


def test_a_number_that_nothing_has_is_said_and_forgotten() -> None:
    rows = rows_of(a_list())
    assert said(scanned(rows, "X.D.7", "X.OK")) == "supervisor.no_row"
    assert scanned(rows, "X.D.1", "X.OK") == a_list()


def test_ok_without_a_number_asks_for_it() -> None:
    assert said(scanned(rows_of(a_list()), "X.OK")) == "supervisor.number_first"


def test_a_number_means_the_same_row_in_every_window_whenever_it_was_opened() -> None:
    seen_all_day, opened_now = rows_of(a_list(41), a_list(42), an_exception(43)), BoardRows()
    later = a_board(a_list(42), an_exception(43), a_list(44), an_exception(45))
    for rows in (seen_all_day, opened_now):
        rows.see(later)
        assert scanned(rows, "42") == a_list(42)
        assert scanned(rows, "X.D.4", "X.D.5", "X.OK") == an_exception(45)
        assert said(scanned(rows, "41")) == "supervisor.no_row"


def test_what_cannot_be_acted_on_has_no_number() -> None:
    rows = rows_of(a_list(1, state="picked"), an_exception(2, addressee="picker"), an_exception(3))
    assert [rows.number(name) for name in ("P-1", "D-2", "D-3")] == [None, None, 3]


def test_of_two_that_are_called_alike_one_is_meant_and_the_other_has_no_number() -> None:
    rows = rows_of(a_list(7), an_exception(7))
    assert scanned(rows, "7") == a_list(7)
    assert rows.number("D-7") is None


def test_what_an_older_store_gave_no_number_is_chosen_by_none() -> None:
    rows = rows_of(a_list(0, picklist_id="P-OLD"))
    assert rows.number("P-OLD") is None
    assert scanned(rows, "P-OLD") == a_list(0, picklist_id="P-OLD")


def test_a_badge_chooses_the_list_that_its_picker_has_begun() -> None:
    begun, ahead = a_list(2, worker_id="W-anna"), a_list(1, state="leased", worker_id="W-anna")
    assert scanned(rows_of(ahead, begun), "W.anna") == begun


def test_the_badge_of_somebody_without_a_list_is_said() -> None:
    assert said(scanned(rows_of(a_list(worker_id="W-boris")), "W.anna")) == "supervisor.walks_nothing"


def test_a_picklists_own_number_chooses_it() -> None:
    one = a_list(picklist_id="P-7K3M9Q2A5X")
    assert scanned(rows_of(one), "p-7k3m9q2a5x") == one


def test_a_list_that_is_picked_is_not_chosen_by_its_own_number() -> None:
    assert said(scanned(rows_of(a_list(state="picked")), "P-1")) == "supervisor.list_over"


def test_typed_in_one_go_a_list_is_chosen_at_once_and_what_is_settled_for_good_waits_for_ok() -> None:
    rows = rows_of(a_list(), an_exception())
    assert scanned(rows, "1") == a_list()
    assert scanned(rows, "2") is None
    assert scanned(rows, "X.OK") == an_exception()


@pytest.mark.parametrize("text", ["T.T-17", "4006381333931", "X.SKIP"])
@pytest.mark.parametrize("typed", [(), ("X.D.1",)])
def test_what_is_no_row_is_said_to_be_none_also_behind_a_number(typed: tuple[str, ...], text: str) -> None:
    rows = rows_of(a_list())
    assert said(scanned(rows, *typed, text)) == "supervisor.not_a_row"
    assert rows.typed == ("1" if typed else "")


def test_the_chosen_row_is_as_it_is_now_not_as_it_was_when_its_number_was_typed() -> None:
    rows = rows_of(a_list())
    scanned(rows, "X.D.1")
    later = replace(a_list(), tasks_done=5)
    rows.see(a_board(later))
    assert scanned(rows, "X.OK") == later
