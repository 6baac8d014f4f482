// Runs pytest inside the Python that browsers get, under node: see `in_pyodide.py`, which starts it.
// Arguments: Pyodide's folder, the page's folder, {mount point: folder} and the environment as JSON, pytest's own.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [pyodideFolder, pageFolder, mounts, env, ...args] = process.argv.slice(2);

// Else node prints the megabyte of a line in which it happened.
const giveUp = (trouble) => {
  console.error(String(trouble?.stack ?? trouble).slice(0, 4_000));
  process.exit(70);
};
process.on("uncaughtException", giveUp);
process.on("unhandledRejection", giveUp);

const page = (name) => import(pathToFileURL(`${pageFolder}/${name}.mjs`).href);

const { loadPyodide } = await import(pathToFileURL(`${pyodideFolder}/pyodide.mjs`).href);
const pyodide = await loadPyodide({
  env: { ...JSON.parse(env), HOME: "/home/pyodide" },
  fsInit(FS) {
    for (const [place, root] of Object.entries(JSON.parse(mounts))) {
      FS.mkdirTree(place);
      FS.mount(FS.filesystems.NODEFS, { root }, place);
    }
  },
});
const codes = await page("codes");
await codes.prepare(readFileSync(`${pageFolder}/vendor/zxing-wasm/reader/zxing_reader.wasm`)); // node fetches no files
pyodide.registerJsModule("handset_page", {
  codes,
  device_key: await page("device_key"),
  pins: await page("pins"),
  signed: await page("signed"),
});
pyodide.globals.set("args", pyodide.toPy(args));
process.exit(await pyodide.runPythonAsync("import pytest; int(pytest.main(list(args)))"));
