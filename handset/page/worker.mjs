// The station's worker: Python with the station's rooms, its book on the device's own files. Everything that Python asks
// of the browser stands in `host`, which it imports as the module `handset_host`.
import { loadPyodide } from "./pyodide/pyodide.mjs";
import { mountBookFiles } from "./book_files.mjs";
import { readCodes, version as codesVersion } from "./codes_beside.mjs";
import { deviceKey } from "./device_key.mjs";
import { argon2idHash } from "./pins.mjs";
import { isSigned } from "./signed.mjs";

const BOOK_FOLDER = "/book", CODE_FOLDER = "/station", LIBRARY = "/library.zip";

const say = (kind, rest = {}) => self.postMessage({ kind, ...rest });
const failed = (error) => say("failed", { name: error?.code ?? "", reason: String(error?.message ?? error).slice(-600) });

// The `on_…` are set by Python.
const host = { on_packet: null, on_keys_dropped: null, on_text: null, on_wake: null, on_release: null, release_waits: false };
const hear = {
  begin: (told) => { begin(told).catch(failed); },
  beat: () => say("beat"),
  keys_dropped: ({ count }) => host.on_keys_dropped?.(count),
  text: ({ text }) => host.on_text?.(text),
  wake: () => host.on_wake?.(),
  // It may wait since before Python was there.
  release: () => { host.release_waits = true; host.on_release?.(); },
};

const bytes = (answer) => {
  if (!answer.ok) throw new Error(`${answer.url}: ${answer.status}`);
  return answer.arrayBuffer();
};
const begin = async ({ settings, holds_the_device }) => {
  const station = fetch("station.zip"), library = fetch("library.zip");
  const pyodide = await loadPyodide({
    indexURL: new URL("./pyodide/", import.meta.url).href,
    stdout: (line) => console.log(line),
    stderr: (line) => console.warn(line),
  });
  const files = await mountBookFiles(pyodide.FS, BOOK_FOLDER, "book");
  Object.assign(host, {
    settings: { ...settings },
    holds_the_device,
    book_folder: BOOK_FOLDER,
    flushes: () => files.stats.flushes,
    read_codes: readCodes,
    codes_version: codesVersion,
    device_key: deviceKey,
    argon2id_hash: argon2idHash,
    is_signed: isSigned,
    storage: async () => {
      const { usage = 0, quota = 0 } = await navigator.storage.estimate();
      return { for_good: await navigator.storage.persisted(), left_bytes: quota - usage };
    },
    send: (packet) => self.postMessage(packet, [packet.buffer]),
    say: (kind) => say(kind),
  });
  pyodide.registerJsModule("handset_host", host);
  pyodide.unpackArchive(await bytes(await station), "zip", { extractDir: CODE_FOLDER });
  pyodide.FS.writeFile(LIBRARY, new Uint8Array(await bytes(await library)));
  await pyodide.runPythonAsync(`
import sys
sys.path[:0] = ["${CODE_FOLDER}", "${CODE_FOLDER}/packages", "${LIBRARY}"]
from main import in_a_page
await in_a_page()
`);
};

self.onmessage = ({ data }) => { data instanceof Uint8Array ? host.on_packet?.(data) : hear[data.kind](data); };
