"""Flet's web client and Pyodide, as far as the site needs them."""

from __future__ import annotations

import json
import re
from pathlib import Path

from flet_web import get_package_web_dir

from handset.archive import compiled, unzipped, zipped
from handset.patches import patched

# What no browser asks for here: Flet's own page and boot, other people's features, packages that would be fetched from
# elsewhere, what is there for debugging.
LEFT_OUT = re.compile(
    r"index\.html|manifest\.json|python(-worker)?\.js|flutter_service_worker\.js|hls.*|version\.json|.*\.(map|symbols|d\.ts|whl)"
    r"|pyodide/(pyodide\.js|package\.json|python|python\..*|python_cli_entry\.mjs|pyodide-lock\.json|python_stdlib\.zip)"
    r"|canvaskit/(experimental_.*|wimp\..*)|icons/.*|favicon\.png"
    r"|assets/(FontManifest\.json|packages/(flutter_math_fork|flutter_map)/.*)"
)
# Of Python's own library: what draws, debugs, tests, or speaks by sockets.
LIBRARY_LEFT_OUT = frozenset(
    "_pyrepl antigravity bdb cProfile cmd code doctest ftplib idlelib imaplib mailbox mailcap modulefinder netrc"
    " pdb poplib profile pstats pty pyclbr pydoc rlcompleter smtplib socketserver symtable tabnanny this timeit trace"
    " turtle unittest wave webbrowser wsgiref xmlrpc zipapp __hello__ __phello__ site-packages".split()
)


def pyodide_folder() -> Path:
    return Path(get_package_web_dir(), "pyodide")


def client_files() -> dict[str, bytes]:
    """By their place in the site.

    Raises:
        SiteTrouble: another version, in which what has to be changed is not there.
    """
    web = Path(get_package_web_dir())
    files = {
        name: file.read_bytes()
        for file in sorted(web.rglob("*"))
        if file.is_file() and not LEFT_OUT.fullmatch(name := str(file.relative_to(web)))
    }
    files |= _pyodide_files(web / "pyodide")
    return patched(files)


def _pyodide_files(pyodide: Path) -> dict[str, bytes]:
    """Python's library compiled, since a browser would do that at each start; and a list of packages with none in it."""
    lock = json.loads((pyodide / "pyodide-lock.json").read_text())
    library = {
        name: content
        for name, content in unzipped((pyodide / "python_stdlib.zip").read_bytes()).items()
        if name.partition("/")[0].removesuffix(".py") not in LIBRARY_LEFT_OUT
    }
    return {
        "pyodide/pyodide-lock.json": json.dumps({"info": lock["info"], "packages": {}}).encode(),
        "pyodide/python_stdlib.zip": zipped(compiled(library, pyodide, "/lib/python314.zip")),
    }
