"""A document whose examples are sent as they stand.

Fenced blocks of three kinds count; everything else is prose:

    ```fact 1                 the text of a fact; from here on `<fact 1>` is the text, `<hash 1>` its hash
    ```http                   a request: its line, headers, an empty line, a body of JSON
    ```http 16 minutes later  the same, after so much time
    ```http                   and its answer: the status, headers, an empty line, a body of JSON

`<name>` stands for something that the document cannot know. In an answer a name that was not met before is learnt, one
that was has to be the same, and `<any …>` may be anything. An answer has the fields that are shown and no others; with
`"…"` among them there are more, and in a list with `"…"` what is shown is among what there is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sync.protocol import fact_hash

MORE = "…"
_NAME = re.compile(r"<([a-z][a-z0-9 _]*)>")
_FENCE = re.compile(r"^```(\w+)[ ]?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LATER = re.compile(r"(\d+) minutes later")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block: `line` counts from 1, `said` is what stands behind its language."""

    line: int
    language: str
    said: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: Any


def blocks(document: str, *languages: str) -> Iterator[Block]:
    for found in _FENCE.finditer(document):
        language, said, text = found.groups()
        if language in languages:
            line = document.count("\n", 0, found.start()) + 1
            yield Block(line=line, language=language, said=said, text=text.removesuffix("\n"))


class Conversation:
    """What has been said so far.

    Args:
        known: what names stand for.
    """

    def __init__(self, **known: Any) -> None:
        self.known: dict[str, Any] = dict(known)

    def hear_fact(self, block: Block) -> None:
        """Learn a fact's text, and its hash from the link that it names."""
        text = self.filled(block.text)
        self.known[f"fact {block.said}"] = text
        self.known[f"hash {block.said}"] = fact_hash(json.loads(text)["prev_hash"], text)

    def request(self, block: Block) -> Request:
        head, _, body = block.text.partition("\n\n")
        first, *lines = head.split("\n")
        method, path = self.filled(first).split(" ")
        # In a body a name stands inside of a JSON text.
        return Request(method=method, path=path, headers=self._headers(lines), body=self.filled(body, _inside_json))

    def expect(self, block: Block, answer: Answer) -> None:
        """Pass when `answer` is what the block says."""
        head, _, body = block.text.partition("\n\n")
        status, *lines = head.split("\n")
        assert str(answer.status) == status, answer
        self._match(
            {name.lower(): value for name, value in self._headers(lines).items()} | {MORE: MORE}, answer.headers
        )
        self._match(json.loads(body), answer.body)

    def filled(self, text: str, written: Callable[[str], str] = str) -> str:
        return _NAME.sub(lambda name: written(str(self.known[name[1]])), text)

    def _headers(self, lines: list[str]) -> dict[str, str]:
        return {name: self.filled(value.strip()) for name, _, value in (line.partition(":") for line in lines)}

    def _match(self, wanted: Any, said: Any) -> None:
        if isinstance(wanted, dict):
            assert isinstance(said, dict), said
            # In the order of the document: what one field teaches, the next may say.
            fields = [name for name in wanted if name != MORE]
            assert set(fields) <= said.keys() if MORE in wanted else set(fields) == said.keys(), (fields, said)
            for name in fields:
                self._match(wanted[name], said[name])
        elif isinstance(wanted, list):
            assert isinstance(said, list), said
            shown = [each for each in wanted if each != MORE]
            if MORE in wanted:
                for each in shown:
                    assert any(self._matches(each, one) for one in said), (each, said)
            else:
                assert len(shown) == len(said), said
                for each, one in zip(shown, said, strict=True):
                    self._match(each, one)
        elif isinstance(wanted, str) and (name := _NAME.fullmatch(wanted)):
            assert name[1].startswith("any ") or self.known.setdefault(name[1], said) == said, (wanted, said)
        else:
            wanted = self.filled(wanted) if isinstance(wanted, str) else wanted
            assert (type(wanted), wanted) == (type(said), said), (wanted, said)

    def _matches(self, wanted: Any, said: Any) -> bool:
        before = dict(self.known)
        try:
            self._match(wanted, said)
        except AssertionError:
            self.known = before
            return False
        return True


def minutes_later(block: Block) -> int:
    found = _LATER.fullmatch(block.said)
    return int(found[1]) if found else 0


def _inside_json(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)[1:-1]
