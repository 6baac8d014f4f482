"""Facts at the order store once it has held many for years: does a fact cost more then?

The same handsets send the same shift at 10 facts a request as in `bench.intake`, to stores that hold 10,000 and
1,000,000 facts of other stations already, each with its movement of stock. Stores of both sizes take turns, so that a
machine's mood touches both. With `--facts 10000000` the larger one holds ten million, which takes its time and some
gigabytes of disk.

    python -m bench.store_growth --engine sqlite
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from bench.books import report
from bench.folder import a_folder
from bench.intake import OURS, Prepared, measure, prepared
from tests.store.engines import ENGINES, EngineOfTests, use

FEW = 10_000
MANY = 1_000_000
ROUNDS = 3
BATCH = 10
GROWS_AT_MOST = 1.3

_NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :count) SELECT i FROM n",
    "postgresql": "SELECT generate_series(1, CAST(:count AS bigint)) AS i",
}
_FACTS = """
INSERT INTO facts (warehouse_id, station_id, seq, kind, worker_id, occurred_at_utc, received_at_utc, text, hash,
  change_seq, subject, lines, units, outcome, store_seq, store_hash)
SELECT 'W1', 'OLD-' || (i % 100), i / 100 + 1, 'pick.unit_placed', 'w' || (i % 50), {at}, {at}, {said}, {hash},
  0, 'pick_task/OLD-' || (i / 3), 1, 1, {outcome}, i, {hash} FROM ({numbers}) AS numbers
"""
_MOVES = """
INSERT INTO stock_moves (warehouse_id, move_id, product_id, lot, serial, condition, owner, from_place, to_place,
  quantity_each, reason, station_id, seq, at_utc)
SELECT 'W1', -i, 'S' || (i % 100), '', '', 'good', '', 'hand:OLD-' || (i % 100), 'tote_load:OLD-' || (i / 7), 1,
  'pick.unit_placed', 'OLD-' || (i % 100), i / 100 + 1, {at} FROM ({numbers}) AS numbers
"""
_SAID = '{"body":{"tote_load_id":"L-0000000000","task_id":"T-0000000000","quantity_each":1},"kind":"pick.unit_placed"}'
_OUTCOME = '{"seq":1,"verdict":"accepted"}'


def grow(url: str, count: int) -> None:
    """Let a store hold `count` facts of stations of long ago."""
    engine = create_engine(url)
    dialect = engine.dialect.name
    long_ago = (datetime.now(UTC) - timedelta(days=30)).isoformat(" ", "microseconds")
    at = long_ago[:-6] if dialect == "sqlite" else long_ago
    parts = {
        "at": f"'{at}'" if dialect == "sqlite" else f"CAST('{at}' AS timestamptz)",
        "said": f"'{_SAID * 4}'",
        "hash": "'" + "0" * 64 + "'",
        "outcome": f"'{_OUTCOME}'" if dialect == "sqlite" else f"CAST('{_OUTCOME}' AS json)",
        "numbers": _NUMBERS[dialect],
    }
    with engine.begin() as connection:
        for statement in (_FACTS, _MOVES):
            told = statement
            for name, part in parts.items():
                told = told.replace("{" + name + "}", part)
            # What is no name of a parameter is no name of a parameter: JSON and times hold colons.
            connection.execute(text(_without_names(told)), {"count": count})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()


def _without_names(statement: str) -> str:
    return statement.replace(":", "\\:").replace("\\:count", ":count")


async def figures_of(engine_name: str, many: int) -> dict[str, Any]:
    few_engine, many_engine = ENGINES[engine_name](), ENGINES[engine_name]()
    with (
        a_folder() as few_folder,
        a_folder() as many_folder,
    ):
        held_few = await _holding(few_engine, few_folder, FEW)
        held_many = await _holding(many_engine, many_folder, many)
        pairs = [(await _cost(few_engine, held_few), await _cost(many_engine, held_many)) for _ in range(ROUNDS)]
    return {
        "engine": engine_name,
        "held_before": [FEW, many],
        "cpu_us_a_fact": [round(min(each)) for each in zip(*pairs, strict=True)],
        "growth": round(statistics.median(larger / smaller for smaller, larger in pairs), 2),
    }


async def _holding(engine: EngineOfTests, folder: Path, count: int) -> Prepared:
    use(engine)
    return await prepared(engine, folder, before_it_is_kept=lambda url: grow(url, count))


async def _cost(engine: EngineOfTests, ready: Prepared) -> float:
    use(engine)
    return (await measure(ready, OURS, BATCH)).cpu_us


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.store_growth", description=__doc__)
    parser.add_argument("--engine", choices=sorted(ENGINES), action="append")
    parser.add_argument("--facts", type=int, default=MANY, help="how many the larger store holds")
    said = parser.parse_args()
    missed = 0
    for engine_name in said.engine or sorted(ENGINES, reverse=True):
        figures = asyncio.run(figures_of(engine_name, said.facts))
        missed |= report("store_growth", figures, {"growth": GROWS_AT_MOST}, ok=figures["growth"] <= GROWS_AT_MOST)
    return missed


if __name__ == "__main__":
    sys.exit(main())
