"""How properties are tried: never against the clock, since machines differ; in CI with the same examples each time."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("floor", deadline=None)
settings.register_profile("ci", parent=settings.get_profile("floor"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") == "true" else "floor")
