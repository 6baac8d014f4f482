"""What the facts of a campaign have moved, by their texts alone, and what the store's stock and orders say to that."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select

from store.tables import rows, stock, stock_moves
from tests.campaign.floor_plan import BINS, OPENING_EACH, bin_of, sku_of
from tests.store.w1 import W1

Place = tuple[str, str]
Fact = dict[str, Any]
_Done = tuple[str, int, str, str, str, int]


def _table(store: Connection, table: Table, *where: Any) -> Sequence[Any]:
    return store.execute(select(table).where(table.c.warehouse_id == W1, *where)).all()


@dataclass(frozen=True, slots=True)
class Moved:
    """What one fact has moved, by its text alone."""

    station_id: str
    seq: int
    product_id: str
    source: str
    target: str
    each: int


def moves(held: Mapping[str, Sequence[Fact]]) -> list[Moved]:
    moved = []
    for station_id, told in held.items():
        hand = f"hand:{station_id}"
        stands: dict[str, str] = {}
        takes: dict[str, str] = {}
        for fact in told:
            body = fact["body"]
            task = body.get("task_id", "")
            leg: tuple[str, str] | None = None
            match fact["kind"], body.get("negates_kind"):
                case "pick.location_confirmed", _:
                    stands[task] = body["location_id"]
                case "pick.unit_picked", _:
                    takes[task] = body["product_id"]
                    leg = stands[task], hand
                case "pick.unit_placed", _:
                    leg = hand, f"tote_load:{body['tote_load_id']}"
                case "pick.undone", "pick.unit_picked":
                    leg = hand, stands[task]
                case "pick.undone", "pick.unit_placed":
                    leg = f"tote_load:{body['tote_load_id']}", hand
            if leg is not None:
                moved.append(Moved(station_id, fact["seq"], takes[task], *leg, body["quantity_each"]))
    return moved


def _done(store: Connection) -> Counter[_Done]:
    """How often each movement was made, but for the opening's."""
    done: Counter[_Done] = Counter()
    for move in _table(store, stock_moves, stock_moves.c.station_id != ""):
        done[move.station_id, move.seq, move.product_id, move.from_place, move.to_place, move.quantity_each] += 1
    return done


def moved_again(store: Connection, moved: Sequence[Moved]) -> list[str]:
    """Each fact has moved its units once."""
    wanted = _wanted(moved)
    return [f"moved {count} times: {move}" for move, count in _done(store).items() if count > max(1, wanted[move])]


def moved_otherwise(store: Connection, moved: Sequence[Moved]) -> list[str]:
    """Every fact has moved what it says, and nothing else has moved anything."""
    wanted, done = _wanted(moved), _done(store)
    missing = [f"not moved: {move}" for move in wanted - done]
    return [*missing, *(f"moved by no fact: {move}" for move in done.keys() - wanted.keys())]


def _wanted(moved: Sequence[Moved]) -> Counter[_Done]:
    return Counter((one.station_id, one.seq, one.product_id, one.source, one.target, one.each) for one in moved)


def stock_that_differs(store: Connection, moved: Sequence[Moved]) -> Iterator[str]:
    """Opening and movements, as the store's ledger has them and as the facts say."""
    by_facts: Counter[Place] = Counter({(bin_of(number), sku_of(number)): OPENING_EACH for number in range(BINS)})
    for one in moved:
        by_facts[one.source, one.product_id] -= one.each
        by_facts[one.target, one.product_id] += one.each
    by_moves: Counter[Place] = Counter()
    for move in _table(store, stock_moves):
        by_moves[move.from_place, move.product_id] -= move.quantity_each
        by_moves[move.to_place, move.product_id] += move.quantity_each
    balance: Counter[Place] = Counter()
    for row in _table(store, stock):
        balance[row.place, row.product_id] += row.quantity_each
    for place in sorted(by_facts.keys() | by_moves.keys() | balance.keys()):
        if place[0] != "adjustment" and not by_facts[place] == by_moves[place] == balance[place]:
            said = f"{by_facts[place]} by facts, {by_moves[place]} by movements, {balance[place]} in the book"
            yield f"stock of {place[1]} at {place[0]}: {said}"


def lines_that_differ(store: Connection, held: Mapping[str, Sequence[Fact]]) -> Iterator[str]:
    """What is picked of a line is what its facts have placed, less what was taken back."""
    placed: defaultdict[tuple[str, str], int] = defaultdict(int)
    order_of: dict[str, str] = {}
    for fact in (fact for told in held.values() for fact in told):
        body = fact["body"]
        if fact["kind"] == "pick.unit_placed":
            order_of[body["task_id"]] = body["order_id"]
            placed[body["order_id"], body["line_id"]] += body["quantity_each"]
        elif fact["kind"] == "pick.undone" and body["negates_kind"] == "pick.unit_placed":
            placed[order_of[body["task_id"]], body["line_id"]] -= body["quantity_each"]
    for row in _table(store, rows, rows.c.row_kind == "order"):
        if row.image["state"] == "cancelled":
            continue
        for line in row.image["lines"]:
            if line["picked_each"] != placed[row.row_id, line["line_id"]]:
                said = f"{line['picked_each']} picked, {placed[row.row_id, line['line_id']]} by its facts"
                yield f"line {line['line_id']} of {row.row_id}: {said}"
