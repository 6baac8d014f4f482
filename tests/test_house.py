"""The house keeps its shape: the rooms are ours, each states its charter, and no file has two nouns in it."""

from __future__ import annotations

import ast
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
ROOMS = ["app", "screens", "devices", "sync", "store", "demo", "handset", "bench"]
FILES = sorted(path for room in ROOMS for path in (HOUSE / room).rglob("*.py"))
HOMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}


@pytest.mark.parametrize("room", ROOMS)
def test_room_is_ours(room: str) -> None:
    assert Path(import_module(room).__file__ or "").is_relative_to(HOUSE)


@pytest.mark.parametrize("room", ROOMS)
def test_no_installed_package_claims_our_room(room: str) -> None:
    assert packages_distributions().get(room) is None


@pytest.mark.parametrize("path", [p for p in FILES if p.name == "__init__.py"], ids=lambda p: str(p.parent.name))
def test_room_states_its_charter_and_nothing_else(path: Path) -> None:
    body = ast.parse(path.read_text()).body
    assert len(body) == 1
    assert ast.get_docstring(ast.parse(path.read_text()))


@pytest.mark.parametrize("path", [*HOUSE.glob("*.py"), *FILES], ids=lambda p: str(p.relative_to(HOUSE)))
def test_a_file_says_what_it_is_for_and_can_be_read_in_one_sitting(path: Path) -> None:
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert text.count("\n") <= 400, "which two nouns does it hold?"
    assert path.stem not in HOMELESS


BROWSER_ROOMS = ("app", "screens", "sync")
# Each stands at the platform's edge, is imported only where it is used, and has its twin in a browser's Python.
PLATFORM_FILES = {"screens/web_host.py", "sync/book_lock.py", "sync/signature_check.py", "sync/signer_file.py"}
BLOCKING = {"threading", "subprocess", "multiprocessing", "concurrent", "socket", "fcntl", "cryptography"}


@pytest.mark.parametrize(
    "path",
    [p for p in FILES if p.relative_to(HOUSE).parts[0] in BROWSER_ROOMS],
    ids=lambda p: str(p.relative_to(HOUSE)),
)
def test_what_must_run_in_a_browser_starts_no_thread_and_no_process(path: Path) -> None:
    if str(path.relative_to(HOUSE)) in PLATFORM_FILES:
        return
    for node in ast.walk(ast.parse(path.read_text())):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
        elif isinstance(node, ast.Attribute):
            assert node.attr not in ("to_thread", "run_in_executor"), f"line {node.lineno}"
        assert not {name.split(".")[0] for name in names} & BLOCKING, f"line {getattr(node, 'lineno', 0)}"
