"""Writes one node's configuration: `python3 deploy/render.py house.env n1 /etc/floorhand`. Standard library only."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from string import Template

HERE = Path(__file__).parent
FILES = ("patroni.yml", "etcd.yml", "haproxy.cfg")
OWN = ("POSTGRES", "PATRONI", "ETCD", "ETCD_PEER")


def read_house(text: str) -> dict[str, str]:
    """NAME=value lines; the rest is comment."""
    lines = (line.strip() for line in text.splitlines())
    named = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in named}


def render(house: dict[str, str], node: str, folder: Path) -> None:
    """Write what `node` needs into `folder`, for its owner's eyes alone.

    Raises:
        KeyError: the house does not say something that a file wants.
    """
    own = {name: house[f"{node.upper()}_{name}"] for name in OWN}
    said = {**house, **own, "NODE": node}
    said |= {f"{name}_PORT": value.rpartition(":")[2] for name, value in said.items() if ":" in value}
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        text = Template((HERE / name).read_text(encoding="utf-8")).substitute(said)
        path = folder / name
        path.unlink(missing_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
            file.write(text)


def main() -> int:
    if len(sys.argv) != 4:
        print(__doc__, file=sys.stderr)
        return 2
    _, house, node, folder = sys.argv
    try:
        render(read_house(Path(house).read_text(encoding="utf-8")), node, Path(folder))
    except KeyError as missing:
        print(f"{house} does not say {missing.args[0]}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
