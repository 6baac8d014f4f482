// Python in a worker, with the house unpacked in /floorhand and the folders of OPFS within its reach.
import { loadPyodide } from "/pyodide/pyodide.mjs";
import { mountBookFiles, mountSlots } from "/handset/book_files.mjs";
import { RecordedDisk } from "/recorded_disk.mjs";

const HOUSE = "/floorhand";

async function folderHandle(name) {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });
}

// The raw bytes of a slot, while nobody has the folder mounted.
async function withSlot(folder, slot, act) {
  const handle = await (await (await folderHandle(folder)).getFileHandle(slot, { create: true })).createSyncAccessHandle();
  try {
    return act(handle);
  } finally {
    handle.flush();
    handle.close();
  }
}

const ready = (async () => {
  const python = await loadPyodide({ indexURL: "/pyodide/", env: { HOME: HOUSE, PYTHONDONTWRITEBYTECODE: "1" } });
  python.unpackArchive(await (await fetch("/house.zip")).arrayBuffer(), "zip", { extractDir: HOUSE });
  python.registerJsModule("browser_disk", {
    mount: (mountpoint, folder, slots) => mountBookFiles(python.FS, mountpoint, folder, { slots }),
    mount_recorded: (mountpoint, disk, slots) => mountSlots(python.FS, mountpoint, disk, { slots }),
    new_disk: () => new RecordedDisk(),
    disk_of: (contents) => new RecordedDisk(contents),
    slots: async (folder) => (await Array.fromAsync((await folderHandle(folder)).keys())).sort(),
    peek: (folder, slot, at, length) => withSlot(folder, slot, (handle) => {
      const bytes = new Uint8Array(Math.min(length, Math.max(0, handle.getSize() - at)));
      handle.read(bytes, { at });
      return bytes;
    }),
    poke: (folder, slot, at, bytes) => withSlot(folder, slot, (handle) => {
      handle.write(bytes.toJs ? bytes.toJs() : bytes, { at });
    }),
    hold: async (folder, slot) => (await (await folderHandle(folder)).getFileHandle(slot)).createSyncAccessHandle(),
    remove: async (folder) => (await navigator.storage.getDirectory()).removeEntry(folder, { recursive: true }),
    web_lock: (name) => new Promise((held) => {
      navigator.locks.request(name, { ifAvailable: true }, (lock) => {
        held(lock !== null);
        return lock && new Promise(() => {});
      });
    }),
    say: (text) => postMessage({ said: text }),
  });
  python.runPython(`import sys; sys.path.insert(0, "${HOUSE}"); import os; os.chdir("${HOUSE}")`);
  return python;
})();

self.onmessage = async ({ data: { number, module, args } }) => {
  try {
    const python = await ready;
    const main = python.runPython(`from importlib import import_module; import_module("${module}").main`);
    // Promising, so that Python may wait for what the browser only does asynchronously.
    postMessage({ number, answer: await main.callPromising(...args) });
  } catch (trouble) {
    postMessage({ number, trouble: String(trouble.stack ?? trouble) });
  }
};
