"""What is put right between two lists."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from app.domain.codes import identify
from app.domain.discrepancies import Discrepancy, DiscrepancyKind, DiscrepancySettled, Remedy
from app.domain.scan import Scan, Source
from app.domain.workers import ScanRefused
from app.errors import LeaseEnded, LotExpired, WrongItem, WrongLocation, WrongStep, WrongTote
from app.workflows.answers import Answer, Role
from app.workflows.remedies import RemedyWork, open_remedies
from app.workflows.remedy_steps import HOW, STAGES
from tests.fakes.clock import FakeClock
from tests.fakes.discrepancies import a_discrepancy, missed, put_back, recount
from tests.fakes.ledger import FakeLedger
from tests.fakes.picking import ANNA, BINS, CASE_EAN, GLOVES_EAN, MILK_EAN, PHONE_EAN, PRODUCTS, SOCKS_EAN, TOTES


def begun(row: Discrepancy, clock: FakeClock | None = None) -> tuple[RemedyWork, FakeLedger]:
    clock = clock or FakeClock()
    ledger = FakeLedger((*PRODUCTS, *BINS, *TOTES, row), clock=clock)
    work = RemedyWork(
        ledger=ledger,
        clock=clock,
        worker_id=ANNA,
        discrepancy_id=row.discrepancy_id,
        zone=ZoneInfo("Europe/Berlin"),
    )
    return work, ledger


def a_phone(number: int) -> str:
    return f"]C101{PHONE_EAN.zfill(14)}21SN-{number}"


def scan(work: RemedyWork, *texts: str) -> Answer:
    return [work.take(identify(Scan(text=text, source=Source.WEDGE))) for text in texts][-1]


def test_put_back_is_tote_then_units_then_bin() -> None:
    work, ledger = begun(put_back())
    scan(work, "T.T-1", SOCKS_EAN, SOCKS_EAN)
    assert ledger.facts == []
    scan(work, "L.A-12-03-2")
    assert ledger.facts == [
        DiscrepancySettled(
            discrepancy_id="D-1", how="put_back", location_id="A-12-03-2", product_id="socks", quantity_each=2
        )
    ]


def test_units_in_nobodys_tote_are_put_back_without_one() -> None:
    work, _ = begun(put_back(tote_id=""))
    assert work.prompt().sentence.key == "remedy.scan_item"


def told_otherwise(ledger: FakeLedger, **facts: str) -> None:
    """The store sends the same work with other facts: the units have moved on meanwhile."""
    (row,) = open_remedies(ledger)
    ledger.receive(replace(row, facts={name: fact for name, fact in {**row.facts, **facts}.items() if fact}))


@pytest.mark.parametrize(
    ("tote", "done", "now", "then"),
    [
        ("", (SOCKS_EAN,), {"tote_id": "T-1"}, ("T.T-1", SOCKS_EAN, SOCKS_EAN, "L.A-12-03-2")),
        ("", (SOCKS_EAN, SOCKS_EAN), {"tote_id": "T-1"}, ("T.T-1", SOCKS_EAN, SOCKS_EAN, "L.A-12-03-2")),
        ("T-1", ("T.T-1", SOCKS_EAN, SOCKS_EAN), {"tote_id": ""}, (SOCKS_EAN, SOCKS_EAN, "L.A-12-03-2")),
        ("T-1", ("T.T-1", SOCKS_EAN), {"tote_id": "T-2"}, ("T.T-2", SOCKS_EAN, SOCKS_EAN, "L.A-12-03-2")),
        ("T-1", ("T.T-1", SOCKS_EAN), {"quantity_each": "1"}, ("T.T-1", SOCKS_EAN, "L.A-12-03-2")),
    ],
    ids=["placed meanwhile", "placed at the bin", "taken out again", "in another tote", "fewer of them"],
)
def test_work_that_changes_under_the_hands_is_begun_anew_and_says_so(
    tote: str, done: tuple[str, ...], now: dict[str, str], then: tuple[str, ...]
) -> None:
    work, ledger = begun(put_back(tote_id=tote))
    scan(work, *done)
    told_otherwise(ledger, **now)
    care = work.prompt().care
    assert care is not None
    assert (care.key, work.done_each) == ("remedy.changed", 0)
    scan(work, then[0])
    assert work.prompt().care is None
    scan(work, *then[1:])
    assert isinstance(ledger.facts[-1], DiscrepancySettled)
    assert ledger.facts[-1].quantity_each == len(then) - (1 if then[0] == SOCKS_EAN else 2)


def test_work_that_changes_before_anything_was_done_is_simply_the_new_one() -> None:
    work, ledger = begun(put_back())
    work.prompt()
    told_otherwise(ledger, quantity_each="1")
    assert work.prompt().care is None


@pytest.mark.parametrize(
    ("before", "code", "error"),
    [
        ((), "T.T-2", WrongTote),
        ((), SOCKS_EAN, WrongStep),
        (("T.T-1",), GLOVES_EAN, WrongItem),
        (("T.T-1", SOCKS_EAN, SOCKS_EAN), "L.A-13-01-1", WrongLocation),
    ],
)
def test_another_tote_item_or_bin_is_refused_and_counted(
    before: tuple[str, ...], code: str, error: type[Exception]
) -> None:
    work, ledger = begun(put_back())
    if before:
        scan(work, *before)
    with pytest.raises(error):
        scan(work, code)
    assert [fact.reason for fact in ledger.facts if isinstance(fact, ScanRefused)] == [error.__name__]


def test_a_case_is_not_put_back_for_two_units() -> None:
    work, _ = begun(put_back())
    assert scan(work, "T.T-1", CASE_EAN).sentence.key == "pick.open_case"
    assert work.done_each == 0


def test_what_is_put_back_keeps_its_lot() -> None:
    work, ledger = begun(put_back(product_id="milk", quantity_each="1"))
    assert scan(work, "T.T-1", MILK_EAN).sentence.key == "pick.now_lot"
    scan(work, "]C110L2409", "L.A-12-03-2")
    (settled,) = ledger.facts
    assert isinstance(settled, DiscrepancySettled)
    assert settled.lot == "L2409"


def test_every_serial_is_put_back_once() -> None:
    work, ledger = begun(put_back(product_id="phone"))
    scan(work, "T.T-1", a_phone(1))
    assert scan(work, a_phone(1)).sentence.key == "pick.serial_again"
    assert work.done_each == 1
    scan(work, a_phone(2))
    assert work.done_each == 2
    scan(work, "L.A-12-03-2")
    (settled,) = ledger.facts
    assert isinstance(settled, DiscrepancySettled)
    assert len(settled.serials) == 2


def test_what_is_past_its_day_is_put_back_too_and_is_not_brought() -> None:
    old = f"]C101{MILK_EAN.zfill(14)}1720010110L1"
    work, _ = begun(put_back(product_id="milk", quantity_each="1"))
    scan(work, "T.T-1", old)
    assert work.done_each == 1
    work, _ = begun(missed(product_id="milk"))
    with pytest.raises(LotExpired):
        scan(work, "L.A-12-03-2", old)


def test_what_is_past_its_day_is_so_by_the_day_of_the_warehouse() -> None:
    """Half past eleven in the evening by UTC is the next day in Berlin."""
    clock = FakeClock(datetime(2026, 3, 2, 23, 30, tzinfo=UTC))
    work, _ = begun(missed(product_id="milk"), clock)
    with pytest.raises(LotExpired):
        scan(work, "L.A-12-03-2", f"]C101{MILK_EAN.zfill(14)}1726030210L1")


def test_a_recount_is_the_bin_and_a_number() -> None:
    work, ledger = begun(recount())
    scan(work, "L.A-12-03-2", "X.D.1", "X.D.7", "X.OK")
    (settled,) = ledger.facts
    assert isinstance(settled, DiscrepancySettled)
    assert (settled.how, settled.location_id, settled.quantity_each) == ("counted", "A-12-03-2", 17)


def test_a_lot_that_was_short_is_counted_by_its_name() -> None:
    work, ledger = begun(recount(product_id="milk", lot="L1"))
    scan(work, "L.A-12-03-2")
    assert (work.prompt().sentence.key, work.prompt().sentence.facts["lot"]) == ("remedy.scan_count_lot", "L1")
    scan(work, "0")
    assert getattr(ledger.facts[0], "lot", None) == "L1"


@pytest.mark.parametrize(("typed", "each"), [("12", 12), ("0", 0), ("99999", 99999)])
def test_a_count_may_be_typed_on_a_keyboard_and_is_no_miss(typed: str, each: int) -> None:
    work, ledger = begun(recount())
    assert scan(work, "L.A-12-03-2", typed).sentence.key == "remedy.done"
    assert [getattr(fact, "quantity_each", None) for fact in ledger.facts] == [each]


@pytest.mark.parametrize("code", ["100000", SOCKS_EAN, "T.T-1"])
def test_what_is_no_count_is_refused_and_the_count_stays_open(code: str) -> None:
    work, ledger = begun(recount())
    scan(work, "L.A-12-03-2")
    with pytest.raises(WrongStep):
        scan(work, code)
    assert [type(fact) for fact in ledger.facts] == [ScanRefused]


def test_nothing_there_is_a_count_too() -> None:
    work, ledger = begun(recount())
    assert scan(work, "L.A-12-03-2", "X.OK").sentence.key == "pick.no_number"
    scan(work, "X.D.0", "X.OK")
    assert getattr(ledger.facts[0], "quantity_each", None) == 0


@pytest.mark.parametrize("command", ["X.D.2", "X.OK"])
def test_where_nothing_is_counted_a_digit_and_ok_are_refused_with_what_is_asked(command: str) -> None:
    work, _ = begun(recount())
    answer = scan(work, command)
    assert (answer.role, answer.sentence, work.typed) == (Role.WRONG, work.prompt().sentence, "")


def test_what_packing_misses_is_brought() -> None:
    row = a_discrepancy(DiscrepancyKind.PACK_MISSING, {"product_id": "socks", "quantity_each": "1"})
    work, ledger = begun(row)
    assert work.prompt().sentence.key == "remedy.scan_any_bin"
    scan(work, "L.A-12-03-2", SOCKS_EAN)
    assert work.prompt().sentence.key == "remedy.scan_bring"
    scan(work, "X.OK")
    assert ledger.facts == [
        DiscrepancySettled(
            discrepancy_id="D-1", how="brought", location_id="A-12-03-2", product_id="socks", quantity_each=1
        )
    ]


def test_who_brings_something_is_told_into_which_tote() -> None:
    work, _ = begun(missed())
    scan(work, "L.A-12-03-2", SOCKS_EAN)
    assert (work.prompt().sentence.key, work.prompt().sentence.facts["tote"]) == ("remedy.scan_bring_tote", "T-1")


@pytest.mark.parametrize("code", ["X.SKIP", "X.FINISH", "X.REPRINT", "X.A.1"])
def test_a_command_that_means_nothing_here_does_not_sound_good(code: str) -> None:
    work, ledger = begun(missed())
    answer = scan(work, code)
    assert (answer.role, answer.sentence.key, ledger.facts) == (Role.WRONG, "shell.not_here", [])
    assert scan(work, "X.UNDO").sentence.key == "pick.cleared"


@pytest.mark.parametrize("row", [missed(), put_back()])
@pytest.mark.parametrize("code", ["X.SHORT.NONE", "X.SHORT.DAMAGED"])
def test_what_is_not_there_is_passed_on(row: Discrepancy, code: str) -> None:
    work, ledger = begun(row)
    assert scan(work, code).sentence.key == "remedy.passed_on"
    assert ledger.facts == [DiscrepancySettled(discrepancy_id="D-1", how="not_found", product_id="socks")]


def test_of_two_the_one_that_was_found_is_put_back_and_the_other_passed_on() -> None:
    work, ledger = begun(put_back())
    scan(work, "T.T-1", SOCKS_EAN, "X.SHORT.FEWER")
    assert work.prompt().sentence.key == "remedy.scan_bin"
    assert scan(work, "X.SHORT.NONE").sentence.key == "remedy.not_now"
    assert scan(work, "L.A-12-03-2").sentence.key == "remedy.passed_on"
    assert ledger.facts == [
        DiscrepancySettled(
            discrepancy_id="D-1", how="not_found", location_id="A-12-03-2", product_id="socks", quantity_each=1
        )
    ]


def test_an_empty_bin_is_counted_by_the_code_for_nothing_there() -> None:
    work, ledger = begun(recount())
    assert scan(work, "X.SHORT.NONE").sentence.key == "remedy.not_now"
    scan(work, "L.A-12-03-2", "X.SHORT.NONE")
    assert getattr(ledger.facts[0], "quantity_each", None) == 0


def test_what_somebody_else_settled_goes_away_calmly() -> None:
    work, ledger = begun(recount())
    ledger.lose(recount())
    with pytest.raises(LeaseEnded):
        scan(work, "L.A-12-03-2")


def test_the_oldest_is_shown_first_and_what_is_settled_not_at_all() -> None:
    old = a_discrepancy(DiscrepancyKind.SHORT_PICK, {"location_id": "A-12-03-2"}, number=2, minutes_ago=9)
    work, ledger = begun(put_back())
    ledger.receive(old)
    assert [row.discrepancy_id for row in open_remedies(ledger)] == ["D-2", "D-1"]
    scan(work, "T.T-1", SOCKS_EAN, SOCKS_EAN, "L.A-12-03-2")
    assert [row.discrepancy_id for row in open_remedies(ledger)] == ["D-2"]


def test_every_remedy_has_steps_and_an_end() -> None:
    assert set(STAGES) == set(HOW) == set(Remedy)
    assert all(STAGES.values())
