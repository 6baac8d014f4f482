"""Every kind of fact as a table of Markdown: `python -m tests.store.fact_table` writes it into docs/protocol.md."""

from __future__ import annotations

import json
from dataclasses import MISSING, Field, fields
from enum import Enum
from pathlib import Path
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from app.domain.catalogue import FACT_TYPES
from app.domain.facts import Fact

DOCUMENT = Path(__file__).parents[2] / "docs" / "protocol.md"
BEGIN, END = "<!-- every kind of fact: begin -->", "<!-- every kind of fact: end -->"
_WORDS: dict[Any, str] = {str: "string", int: "integer", bool: "boolean", NoneType: "null"}


def fact_table() -> str:
    lines = ["| kind | version | body | what happened |", "|---|---|---|---|"]
    for kind, of in sorted(FACT_TYPES.items()):
        hints = get_type_hints(of)
        body = "<br>".join(f"`{_field(each, hints[each.name])}`" for each in fields(of))
        lines.append(f"| `{kind}` | {of.version} | {body} | {_said(of)} |")
    return "\n".join(lines)


def _field(field: Field[Any], hint: Any) -> str:
    needed = field.default is MISSING and field.default_factory is MISSING
    return f"{field.name}{'' if needed else '?'}: {_type(hint)}"


def _type(hint: Any) -> str:
    if hint in _WORDS:
        return _WORDS[hint]
    if isinstance(hint, type) and issubclass(hint, Enum):
        return " or ".join(json.dumps(each.value) for each in hint)
    args = get_args(hint)
    if get_origin(hint) is tuple:
        inner = [_type(each) for each in args if each is not Ellipsis]
        return f"list of {inner[0]}" if Ellipsis in args else f"[{', '.join(inner)}]"
    return " or ".join(_type(each) for each in args)


def _said(of: type[Fact]) -> str:
    """The first sentence about the class; a dataclass without one says its own signature, which is none."""
    said = (of.__doc__ or "").split("\n\n")[0]
    return "" if said.startswith(f"{of.__name__}(") else " ".join(said.split())


def written(document: str) -> str:
    """`document` with the table of today."""
    before, _, rest = document.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{fact_table()}\n{END}{after}"


if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
