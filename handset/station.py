"""The station's Python, as the page's worker takes it: three archives, all compiled.

* `pyodide/python_stdlib.zip`: Python's own library. Pyodide brings it as sources, and compiling what a station imports
  of them took as long as everything else of a start.
* `library.zip`: packages from PyPI. It stands on `sys.path` as it is: unpacking 500 files takes longer than importing
  from it. Our releases seldom change it, so that an update need not bring it anew.
* `station.zip`: our rooms and words, and the packages that hold WebAssembly, which only loads from a file; unpacked.
"""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from handset.archive import unzipped, zipped
from handset.bytecode import compiled
from handset.client import STANDARD_LIBRARY, web_dir
from handset.packages import EXTENSION, package_files
from handset.shelf import Shelf
from handset.trouble import SiteTrouble

HOUSE = Path(__file__).parent.parent
ROOMS = ("app", "devices", "screens", "sync")
LIBRARY, STATION = "library.zip", "station.zip"
# Below the station's folder: what has to lie there as files, and is imported from.
UNPACKED_PACKAGES = "packages"
# A file that begins with one of these drives hardware, serves browsers, or has a twin for the browser.
NOT_IN_A_BROWSER = frozenset(
    {"argon2", "cryptography", "cv2", "escpos", "evdev", "flet_web", "numpy", "PIL", "pyzbar", "serial", "starlette"}
    | {"uvicorn", "zxingcpp"}
)
# What a page gives its Python.
FROM_THE_PAGE = frozenset({"handset_host", "js", "pyodide"})
# Python's own tools for whoever writes Python, and for machines with processes and mail. None is imported by what a
# station imports; a third of the archive.
# fmt: off
NOT_OF_THE_LIBRARY = frozenset({
    "__hello__", "__phello__", "_pyrepl", "antigravity", "cProfile", "doctest", "ftplib", "imaplib", "mailbox",
    "modulefinder", "multiprocessing", "netrc", "pdb", "pickletools", "poplib", "profile", "pstats", "pty", "pyclbr",
    "pydoc", "rlcompleter", "sched", "smtplib", "socketserver", "symtable", "tabnanny", "this", "timeit", "trace",
    "tty", "unittest", "wave", "webbrowser", "wsgiref", "xmlrpc", "zipapp",
})
# fmt: on


def station_archives(shelf: Shelf) -> dict[str, bytes]:
    """The three archives by their paths in the site.

    Raises:
        SiteTrouble: a file of ours begins with a package that nobody has decided about.
    """
    packages = package_files(shelf)
    flat, unpacked = _split(packages)
    return {
        STANDARD_LIBRARY: zipped(_compiled(_standard_library(), shelf)),
        LIBRARY: zipped(_compiled(flat, shelf)),
        STATION: zipped(
            _compiled(station_sources({PurePosixPath(name).parts[0].removesuffix(".py") for name in packages}), shelf)
            | {f"{UNPACKED_PACKAGES}/{name}": data for name, data in _compiled(unpacked, shelf).items()}
        ),
    }


def station_sources(packages: set[str], house: Path = HOUSE) -> dict[str, bytes]:
    """Our own files that run in a browser, by their paths: Python, words, and the name and version of the app.

    Args:
        packages: names that can be imported there.

    Raises:
        SiteTrouble: a file of ours begins with a package that nobody has decided about.
    """
    paths = sorted([*house.glob("*.py"), *(path for room in ROOMS for path in (house / room).rglob("*.py"))])
    sources = {path.relative_to(house).as_posix(): path.read_bytes() for path in paths}
    needs = {name: set(_imported_at_once(ast.parse(source))) for name, source in sources.items()}
    known = packages | FROM_THE_PAGE | NOT_IN_A_BROWSER | sys.stdlib_module_names
    known |= {_module(name).partition(".")[0] for name in sources}
    for name, imported in needs.items():
        if strange := {each.partition(".")[0] for each in imported} - known:
            raise SiteTrouble(
                f"{name} imports {', '.join(sorted(strange))}, which the handset has not. Either it is needed there: "
                "then name it in pyproject.toml's dependencies and run `make lock`. Or it is not: then name it in "
                "NOT_IN_A_BROWSER of handset/station.py, and the file stays out of the site."
            )
    out = _left_out(needs)
    files = {name: source for name, source in sources.items() if name not in out}
    files |= {
        f"assets/words/{path.name}": path.read_bytes() for path in sorted((house / "assets/words").glob("*.toml"))
    }
    project = tomllib.loads((house / "pyproject.toml").read_text())["project"]
    # Not the whole file: its dependencies are none of the handset's business.
    files["pyproject.toml"] = f'[project]\nname = "{project["name"]}"\nversion = "{project["version"]}"\n'.encode()
    return files


def _left_out(needs: Mapping[str, set[str]]) -> set[str]:
    """The files that cannot be imported in a browser, since they begin with what is not there, or with one another."""
    out: set[str] = set()
    gone = set(NOT_IN_A_BROWSER)
    while (
        more := {
            name
            for name, imported in needs.items()
            if any(each in gone or each.partition(".")[0] in gone for each in imported)
        }
        - out
    ):
        out |= more
        gone |= {_module(name) for name in more}
    return out


def _module(name: str) -> str:
    return name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _imported_at_once(module: ast.Module) -> Iterator[str]:
    """What is imported as soon as the module is; not what only type checkers see, nor what a function imports later."""
    waiting: list[ast.AST] = list(module.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting += node.orelse
        elif isinstance(node, ast.Try):
            # Whoever catches the import's failure can do without.
            waiting += node.finalbody
        elif isinstance(node, ast.If | ast.With):
            waiting += ast.iter_child_nodes(node)


def _split(packages: Mapping[str, bytes]) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Packages that can be imported from an archive, and those that cannot."""
    native = {PurePosixPath(name).parts[0] for name in packages if name.endswith(EXTENSION)}
    flat = {name: data for name, data in packages.items() if PurePosixPath(name).parts[0] not in native}
    return flat, {name: data for name, data in packages.items() if name not in flat}


def _standard_library() -> dict[str, bytes]:
    files = unzipped((web_dir() / STANDARD_LIBRARY).read_bytes())
    kept = {name: data for name, data in files.items() if name.endswith(".py")}
    return {
        name: data for name, data in kept.items() if name.split("/")[0].removesuffix(".py") not in NOT_OF_THE_LIBRARY
    }


def _compiled(files: Mapping[str, bytes], shelf: Shelf) -> dict[str, bytes]:
    sources = {name: data for name, data in files.items() if name.endswith(".py")}
    others = {name: data for name, data in files.items() if name not in sources}
    return others | compiled(sources, shelf)
