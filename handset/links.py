"""What the page's files name must be in the site: a browser finds out otherwise, on the floor."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

from handset.trouble import SiteTrouble

_IMPORTS = re.compile(
    r"""^\s*(?:import|export)\b[^;"'`]*?\bfrom\s*["']([^"'\n]+)["']"""
    r"""|^\s*import\s*["']([^"'\n]+)["']"""
    r"""|\bimport\(\s*["']([^"'\n]+)["']\s*\)"""
    r"""|\bnew URL\(\s*["']([^"'\n]+)["']\s*,\s*import\.meta\.url\s*\)""",
    re.MULTILINE,
)
_COMMENTS = re.compile(r"/\*.*?\*/|^\s*//.*?$", re.DOTALL | re.MULTILINE)


def check_links(files: Mapping[str, bytes], ours: Mapping[str, bytes]) -> None:
    """Follow what the page's documents and modules name.

    Args:
        files: the whole site.
        ours: those of it to look through.

    Raises:
        SiteTrouble: something is named that is not in the site, is a bare name, or is a script within the document.
    """
    for name, data in ours.items():
        if name.endswith(".html"):
            _check_document(name, data.decode(), files)
        elif name.endswith((".js", ".mjs")):
            for wanted in _named(data.decode()):
                _check_module(name, wanted, files)


def _named(script: str) -> Iterator[str]:
    for found in _IMPORTS.finditer(_COMMENTS.sub("", script)):
        yield next(filter(None, found.groups()))


def _check_module(name: str, wanted: str, files: Mapping[str, bytes]) -> None:
    if not wanted.startswith(("./", "../")):
        raise SiteTrouble(f"{name} imports {wanted!r}: a worker in a browser finds only what begins with ./ or ../")
    place = posixpath.normpath(posixpath.join(posixpath.dirname(name), wanted))
    if place not in files and not any(each.startswith(f"{place}/") for each in files):
        raise SiteTrouble(
            f"{name} names {wanted}, which is not in the site: a file is missing, or handset/npm.toml lacks it"
        )


def _check_document(name: str, text: str, files: Mapping[str, bytes]) -> None:
    document = _Document()
    document.feed(text)
    if document.has_script_within:
        raise SiteTrouble(f"{name} holds a script within it, which our content security policy refuses: give it a file")
    if missing := [each for each in document.named if each not in files]:
        raise SiteTrouble(f"{name} names what is not in the site: {', '.join(missing)}")


class _Document(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.named: list[str] = []
        self.has_script_within = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        named = {"script": "src", "img": "src", "link": "href"}.get(tag)
        if named and (file := said.get(named)):
            self.named.append(file)
        elif tag == "script" and said.get("type") != "application/json":
            self.has_script_within = True
