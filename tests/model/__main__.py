"""The long run: a million steps of the model and every planted bug; one line of JSON, and a failure where there is one.

python -m tests.model [--steps 1000000] [--steps-a-seed 2000] [--first-seed 0]
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from dataclasses import asdict

from tests.model.broken import Broken
from tests.model.planted import PLANTED
from tests.model.walk import Found, Walk, walked

PLANTED_SEEDS = 100


def main() -> int:
    wanted = argparse.ArgumentParser(prog="python -m tests.model")
    wanted.add_argument("--steps", type=int, default=1_000_000)
    wanted.add_argument("--steps-a-seed", type=int, default=2_000)
    wanted.add_argument("--first-seed", type=int, default=0)
    told = wanted.parse_args()
    began_s, steps, violations, slowest_s = time.monotonic(), 0, [], 0.0
    met: Counter[str] = Counter()
    seeds = range(told.first_seed, told.first_seed + -(-told.steps // told.steps_a_seed))
    for seed in seeds:
        walk = Walk(seed)
        try:
            walk.run(told.steps_a_seed)
        except Broken as broken:
            violations.append(asdict(Found(seed, walk.steps_done, broken.invariant, broken.what)))
        steps += walk.steps_done
        slowest_s = max(slowest_s, walk.settled_s)
        met += walk.network.met
    took_s = time.monotonic() - began_s
    planted = {name: _found(name, told.first_seed, told.steps_a_seed) for name in PLANTED}
    print(
        json.dumps(
            {
                "steps": steps,
                "seeds": [seeds.start, seeds.stop - 1],
                "took_s": round(took_s, 1),
                "steps_a_second": round(steps / took_s),
                "violations": violations,
                "slowest_quiet_model_s": round(slowest_s, 1),
                "planted": planted,
                "met": dict(sorted(met.items())),
            }
        )
    )
    return 1 if violations or None in planted.values() else 0


def _found(name: str, first_seed: int, steps: int) -> dict[str, object] | None:
    for seed in range(first_seed, first_seed + PLANTED_SEEDS):
        if (found := walked(seed, steps, PLANTED[name])) is not None:
            return {"seed": found.seed, "step": found.step, "by": found.invariant}
    return None


if __name__ == "__main__":
    sys.exit(main())
