"""What deploy/ renders: every node's files whole, for its owner's eyes, and nothing left unsaid."""

from __future__ import annotations

from pathlib import Path

import pytest

from deploy.render import FILES, HERE, read_house, render

HOUSE = read_house((HERE / "house.env.example").read_text(encoding="utf-8"))


@pytest.mark.parametrize("node", ["n1", "n2", "n3"])
def test_each_node_is_told_everything(tmp_path: Path, node: str) -> None:
    render(HOUSE, node, tmp_path)
    for name in FILES:
        assert "$" not in (tmp_path / name).read_text(encoding="utf-8")
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert f"name: {node}" in (tmp_path / "patroni.yml").read_text(encoding="utf-8")


def test_a_house_that_leaves_something_out_is_told_what(tmp_path: Path) -> None:
    short = {name: value for name, value in HOUSE.items() if name != "REWIND_PASSWORD"}
    with pytest.raises(KeyError, match="REWIND_PASSWORD"):
        render(short, "n1", tmp_path)


def test_every_unit_reads_files_that_are_rendered_or_that_the_readme_makes() -> None:
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    for unit in (HERE / "systemd").glob("*.service"):
        for word in unit.read_text(encoding="utf-8").replace("=", " ").split():
            if word.startswith("/etc/floorhand/"):
                name = word.removeprefix("/etc/floorhand/")
                assert name in FILES or word in readme, f"{unit.name}: {word}"
