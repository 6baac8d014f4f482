"""The long run: a million steps of the model, every planted bug, and the same walk over the real ledger and store.

python -m tests.model [--steps 1000000] [--real-ledger-steps 40000] [--all-real-steps 6000] [--first-seed 0]

One line of JSON; fails when an invariant does not hold, or a planted bug is not found.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path

from tests.model.broken import Broken
from tests.model.planted import PLANTED
from tests.model.real_parts import all_real, with_real_books
from tests.model.walk import Found, Walk, walked

Begin = Callable[[int], AbstractContextManager[Walk]]
STEPS_A_SEED = 2_000
REAL_STEPS_A_SEED = 1_000
PLANTED_SEEDS = 100


def main() -> int:
    wanted = argparse.ArgumentParser(prog="python -m tests.model")
    wanted.add_argument("--steps", type=int, default=1_000_000)
    wanted.add_argument("--real-ledger-steps", type=int, default=40_000)
    wanted.add_argument("--all-real-steps", type=int, default=6_000)
    wanted.add_argument("--first-seed", type=int, default=0)
    told = wanted.parse_args()
    # What the real store logs of a broken chain or a refused fact is what this is about.
    logging.disable(logging.CRITICAL)
    first = told.first_seed
    runs = {
        "model": _run(lambda seed: nullcontext(Walk(seed)), first, told.steps, STEPS_A_SEED),
        "real_ledger": _run(_in_a_folder(with_real_books), first, told.real_ledger_steps, STEPS_A_SEED),
        "all_real": _run(_in_a_folder(all_real), first, told.all_real_steps, REAL_STEPS_A_SEED),
    }
    planted = {name: _found(name, first) for name in PLANTED}
    print(json.dumps({**runs, "planted": planted}))
    sound = not any(run["violations"] for run in runs.values())
    return 0 if sound and None not in planted.values() else 1


def _run(begin: Begin, first_seed: int, steps: int, steps_a_seed: int) -> dict[str, object]:
    """As many seeds as it takes; what was met, and where it broke."""
    began_s, violations, slowest_s = time.monotonic(), [], 0.0
    met: Counter[str] = Counter()
    seeds = range(first_seed, first_seed + -(-steps // steps_a_seed))
    done = 0
    for seed in seeds:
        with begin(seed) as walk:
            try:
                walk.run(steps_a_seed)
            except Broken as broken:
                violations.append(asdict(Found(seed, walk.steps_done, broken.invariant, broken.what)))
        done += walk.steps_done
        slowest_s = max(slowest_s, walk.settled_s)
        met += walk.network.met
    took_s = time.monotonic() - began_s
    return {
        "steps": done,
        "seeds": [seeds.start, seeds.stop - 1],
        "steps_a_second": round(done / took_s),
        "violations": violations,
        "slowest_quiet_model_s": round(slowest_s, 1),
        "met": dict(sorted(met.items())),
    }


def _in_a_folder(
    begin: Callable[[Path, int], AbstractContextManager[Walk]],
) -> Begin:
    @contextmanager
    def begun(seed: int) -> Iterator[Walk]:
        with tempfile.TemporaryDirectory(prefix="floorhand-walk-") as folder, begin(Path(folder), seed) as walk:
            yield walk

    return begun


def _found(name: str, first_seed: int) -> dict[str, object] | None:
    for seed in range(first_seed, first_seed + PLANTED_SEEDS):
        if (found := walked(seed, STEPS_A_SEED, PLANTED[name])) is not None:
            return {"seed": found.seed, "step": found.step, "by": found.invariant}
    return None


if __name__ == "__main__":
    sys.exit(main())
