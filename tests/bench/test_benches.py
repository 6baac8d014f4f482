"""Each benchmark says how it measures, and can be run; none is run here."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[2] / "bench"
CLAIMS = sorted(path for path in BENCH.glob("*.py") if "\ndef main(" in path.read_text("utf-8"))


@pytest.mark.parametrize("name", ["scan_to_green", "growth", "cold_start", "seen_by_the_supervisor", "intake"])
def test_what_is_claimed_has_its_benchmark(name: str) -> None:
    assert BENCH / f"{name}.py" in CLAIMS


@pytest.mark.parametrize("path", CLAIMS, ids=lambda path: path.stem)
def test_a_benchmark_says_how_it_measures_and_reports_under_its_own_name(path: Path) -> None:
    source = path.read_text("utf-8")
    method = ast.get_docstring(ast.parse(source)) or ""
    assert len(method.split()) >= 30, "the docstring states the method"
    assert f'report("{path.stem}"' in source
    assert "sys.exit(main())" in source
