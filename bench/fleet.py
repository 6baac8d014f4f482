"""Five hundred handsets at work on one store, a scan every two seconds each, and a supervisor who watches.

Each station sends each of its facts as soon as it is due, over a connection of its own; nobody waits for anybody. The
board is asked for twice a second, as the supervisor's screen does. What is counted is how long after a line's last scan
was due the board had it. CPU time is that of the store, in a process of its own, over its embedded SQLite.

    python -m bench.fleet
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import psutil

from app.domain.picking import UnitPlaced
from bench.books import report
from bench.folder import a_folder
from bench.load import push_request, send
from bench.shift import shift
from tests.store.a_process import a_process
from tests.store.a_store import a_store

STATIONS = 500
ORDERS = 1_000
SCAN_EVERY_S = 2.0
SCANS_A_STATION = 30
LOOK_EVERY_S = 0.5
QUIET_S = 5.0


async def measure(folder: Path) -> dict[str, Any]:
    async with a_store(folder, token_life_s=24 * 3600, rate_limits=None) as store:
        stations = await shift(store, stations=STATIONS, orders=ORDERS)
        for station in stations:
            await station.sign_in()
        bench = await store.station("bench")
        owed = [(one.station_id, one.token, one.owed[:SCANS_A_STATION]) for one in stations]
    async with a_process(folder, "--no-limits") as running:
        queues = [[push_request(running.url, name, token, [text]) for text in texts] for name, token, texts in owed]
        seen: list[tuple[float, int]] = []
        watching = asyncio.create_task(_watch(running.url, bench.token, seen))
        process = psutil.Process(running.process.pid)
        before = process.cpu_times()
        began_s = time.perf_counter()
        sent = await send(running.url, queues, requests_a_second=STATIONS / SCAN_EVERY_S)
        await asyncio.sleep(QUIET_S)
        after = process.cpu_times()
        watching.cancel()
    due_s = sorted(_lines_due_s(began_s, [texts for _, _, texts in owed]))
    late_s = sorted(_first_seen_s(seen, place) - due for place, due in enumerate(due_s, start=1))
    cpu_s = after.user + after.system - before.user - before.system
    facts = sum(len(queue) for queue in queues)
    return {
        "stations": STATIONS,
        "facts": facts,
        "facts_a_second": round(facts / sent.wall_s),
        "push_p50_ms": sent.took_ms(0.5),
        "push_p99_ms": sent.took_ms(0.99),
        "board_p50_s": round(late_s[len(late_s) // 2], 2),
        "board_p99_s": round(late_s[int(0.99 * len(late_s))], 2),
        "cores_busy": round(cpu_s / (sent.wall_s + QUIET_S), 2),
    }


def _lines_due_s(began_s: float, queues: list[list[str]]) -> list[float]:
    """When the scan that settles each line is due: stations begin one after the other, all within one pause."""
    due = []
    for place, texts in enumerate(queues):
        first_s = began_s + SCAN_EVERY_S * place / len(queues)
        for number, text in enumerate(texts):
            if json.loads(text)["kind"] == UnitPlaced.kind:
                due.append(first_s + number * SCAN_EVERY_S)
    return due


def _first_seen_s(seen: list[tuple[float, int]], lines: int) -> float:
    return next((at_s for at_s, counted in seen if counted >= lines), float("inf"))


async def _watch(url: str, token: str, seen: list[tuple[float, int]]) -> None:
    """Keep when the board came, and how many lines were on it."""
    async with httpx.AsyncClient(base_url=url, timeout=30, headers={"Authorization": f"Bearer {token}"}) as http:
        while True:
            board = (await http.get("/v1/board")).raise_for_status().json()
            seen.append((time.perf_counter(), sum(hour["lines"] for hour in board["pace"])))
            await asyncio.sleep(LOOK_EVERY_S)


def main() -> int:
    with a_folder() as folder:
        figures = asyncio.run(measure(folder))
    wanted = {"board_p99_s": 2.0}
    return report("fleet", figures, wanted, ok=figures["board_p99_s"] <= wanted["board_p99_s"])


if __name__ == "__main__":
    sys.exit(main())
