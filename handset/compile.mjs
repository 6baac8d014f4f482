// Compiles Python by the very Pyodide that will run it: `node compile.mjs PYODIDE_FOLDER FOLDER PATH_THERE`.
// Each .py in FOLDER becomes a .pyc in its place; tracebacks name it as if it lay under PATH_THERE.
import { pathToFileURL } from "node:url";

const [pyodideFolder, folder, pathThere] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodideFolder}/pyodide.mjs`).href);
const pyodide = await loadPyodide();
pyodide.FS.mkdirTree("/sources");
pyodide.FS.mount(pyodide.FS.filesystems.NODEFS, { root: folder }, "/sources");
pyodide.globals.set("path_there", pathThere);
process.exit(pyodide.runPython(`
import compileall
from pathlib import Path
from py_compile import PycInvalidationMode

# A pyc that asks for no source is as good on every day: the same bytes from the same source.
whole = compileall.compile_dir(
    "/sources", legacy=True, quiet=1, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
    stripdir="/sources", prependdir=path_there, maxlevels=32,
)
for source in Path("/sources").rglob("*.py"):
    source.unlink()
0 if whole else 1
`));
