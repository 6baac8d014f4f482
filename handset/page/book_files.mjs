// The folder of the station's book on OPFS, as an Emscripten file system: flat, synchronous, durable.
//
// The browser opens files asynchronously, and Python writes synchronously: so a pool of slots (`book_slot.mjs`) is
// opened beforehand, and a file is a slot with a name. To create, rename and unlink are on the disk when they return;
// bytes are once they are synced. Works in a dedicated worker only.
//
// Pyodide's own `fdatasync`, which SQLite calls, does nothing; where it is not patched (`pyodide.asm.mjs`, at build) no
// byte is ever synced. `stats.flushes` counts what was synced on request, and nothing else, so that it can be seen.
//
// Chromium keeps the names of OPFS in an index that it never syncs: a slot made just now is safe from a power cut only
// when the system has written that back by itself, some 30 s later. So slots are made at the first start, and stay.

import { NAME_BYTES_MAX, Slot } from "./book_slot.mjs";

// Emscripten's numbers of errors are those of WASI.
const EINVAL = 28, EIO = 29, ENAMETOOLONG = 37, ENOENT = 44, ENOSPC = 51, EPERM = 63;
const FOLDER_MODE = 0o40777, FILE_MODE = 0o100666;
// Not that of Emscripten's files in memory: SQLite knows a file by its device and number.
const DEVICE = 0x0f5;
// A book being opened needs its log and a journal; one being set aside and begun anew, or copied, that many.
const SPARE_SLOTS = 4;
// The worker of the page before holds its files for a moment after a reload.
const BUSY_MS = 8000, TRY_AGAIN_MS = 50;

// Another page or worker holds the book, and did not let go of it.
export class BookBusy extends Error {
  name = "BookBusy";
  code = "busy";
}

// Mount the OPFS folder `directoryName` at `mountpoint`.
//
// slots: at least so many are opened, and a few more where they are taken; `reserve` opens more in mid-run.
// Gives
//   stats      { flushes, writes, bytes_written, truncates, name_flushes } since it was mounted
//   report     what was found: { torn: names of files whose own name was lost, replaced: names of files that a rename,
//              cut short, had put another in the place of }
//   freeSlots  () → how many more files can be made
//   reserve    (count) → Promise; at least so many are free once it is kept
//   close      () → unmounts, and lets others open the book; a BookBusy while Python has a file of it open
// Throws BookBusy, or a DOMException where there is no OPFS (private windows, storage refused).
export async function mountBookFiles(FS, mountpoint, directoryName, { slots = 12 } = {}) {
  const root = await navigator.storage.getDirectory();
  return mountSlots(FS, mountpoint, await root.getDirectoryHandle(directoryName, { create: true }), { slots });
}

// The same on a FileSystemDirectoryHandle.
export async function mountSlots(FS, mountpoint, directory, { slots = 12 } = {}) {
  const stats = { flushes: 0, writes: 0, bytes_written: 0, truncates: 0, name_flushes: 0 };
  const report = { torn: [], replaced: [] };
  const pool = await openedPool(directory, slots, stats);
  const named = new Map();
  let change = Math.max(0, ...pool.map((slot) => slot.change));

  for (const slot of pool) slot.mend();
  for (const slot of [...pool].sort((one, other) => one.change - other.change)) {
    if (slot.name === null) continue;
    if (slot.torn) report.torn.push(slot.name);
    // A rename over a file was cut before that one's slot was freed; the newer name is the one that counts.
    const older = named.get(slot.name);
    if (older) {
      report.replaced.push(slot.name);
      older.call(null, ++change);
    }
    named.set(slot.name, slot);
  }
  for (const slot of pool) if (slot.isFree) slot.empty();

  const freeSlots = () => pool.filter((slot) => slot.isFree).length;

  async function reserve(count) {
    for (let number = 0; freeSlots() < count; number++) {
      if (pool.some((slot) => slot.label === label(number))) continue;
      pool.push(await openedSlot(directory, label(number), stats));
    }
  }
  // A handset whose storage is full opens its book without.
  await reserve(SPARE_SLOTS).catch((trouble) => console.error(`book_files ${trouble.name}: ${trouble.message}`));

  const refused = (errno) => new FS.ErrnoError(errno);

  function attempt(act) {
    try {
      return act();
    } catch (trouble) {
      if (trouble instanceof FS.ErrnoError) throw trouble;
      console.error(`book_files ${trouble.name}: ${trouble.message}`);
      throw refused(trouble.name === "QuotaExceededError" ? ENOSPC : EIO);
    }
  }

  function checkedName(name) {
    if (new TextEncoder().encode(name).length > NAME_BYTES_MAX) throw refused(ENAMETOOLONG);
  }

  function nodeOf(parent, name, slot) {
    const node = FS.createNode(parent, name, slot ? FILE_MODE : FOLDER_MODE, 0);
    node.slot = slot;
    node.node_ops = slot ? file_ops : folder_ops;
    node.stream_ops = slot ? stream_ops : folder_stream_ops;
    return node;
  }

  function setFree(slot) {
    slot.call(null, ++change);
    if (slot.isFree) slot.empty();
  }

  const file_ops = {
    getattr(node) {
      const size = node.slot ? attempt(() => node.slot.size) : 4096;
      const time = new Date(node.slot?.changedAt ?? node.mtime);
      return {
        dev: DEVICE, ino: node.slot ? pool.indexOf(node.slot) + 2 : 1, mode: node.mode, nlink: 1, uid: 0, gid: 0, rdev: 0,
        size, atime: time, mtime: time, ctime: time, blksize: 4096, blocks: Math.ceil(size / 512),
      };
    },
    setattr(node, attr) {
      if (attr.mode !== undefined) node.mode = attr.mode;
      if (attr.size !== undefined) attempt(() => node.slot.truncate(attr.size));
    },
  };

  const folder_ops = {
    ...file_ops,
    lookup(parent, name) {
      const slot = named.get(name);
      if (!slot) throw refused(ENOENT);
      return nodeOf(parent, name, slot);
    },
    mknod(parent, name, mode) {
      if (!FS.isFile(mode)) throw refused(EPERM);
      checkedName(name);
      const slot = pool.find((each) => each.isFree);
      if (!slot) throw refused(ENOSPC);
      attempt(() => {
        slot.empty();
        slot.call(name, ++change);
      });
      named.set(name, slot);
      return nodeOf(parent, name, slot);
    },
    rename(node, parent, name) {
      checkedName(name);
      const over = named.get(name);
      const overNode = over && FS.lookupNode(parent, name);
      attempt(() => node.slot.call(name, ++change));
      named.delete(node.name);
      named.set(name, node.slot);
      node.name = name;
      if (!over) return;
      FS.hashRemoveNode(overNode);
      attempt(() => setFree(over));
    },
    unlink(parent, name) {
      const slot = named.get(name);
      attempt(() => setFree(slot));
      named.delete(name);
    },
    readdir: () => [".", "..", ...named.keys()],
    rmdir() { throw refused(EPERM); },
    symlink() { throw refused(EPERM); },
  };

  function llseek(stream, offset, whence) {
    const from = whence === 1 ? stream.position : whence === 2 ? attempt(() => stream.node.slot.size) : 0;
    if (from + offset < 0) throw refused(EINVAL);
    return from + offset;
  }

  const stream_ops = {
    open(stream) { stream.node.slot.openers++; },
    dup(stream) { stream.node.slot.openers++; },
    close(stream) {
      const slot = stream.node.slot;
      slot.openers--;
      if (slot.isFree) attempt(() => slot.empty());
    },
    read: (stream, buffer, offset, length, position) =>
      attempt(() => stream.node.slot.read(buffer.subarray(offset, offset + length), position)),
    write(stream, buffer, offset, length, position) {
      if (length === 0) return 0;
      const written = attempt(() => stream.node.slot.write(buffer.subarray(offset, offset + length), position));
      if (written === 0) throw refused(ENOSPC);
      return written;
    },
    llseek,
    fsync(stream) {
      attempt(() => stream.node.slot.flush());
      return 0;
    },
  };

  // Names are on the disk already; SQLite syncs the folder all the same.
  const folder_stream_ops = { llseek, fsync: () => 0 };

  FS.mkdirTree(mountpoint);
  FS.mount({ mount: () => nodeOf(null, "/", null) }, {}, mountpoint);

  return {
    stats,
    report,
    freeSlots,
    reserve,
    close() {
      if (pool.some((slot) => slot.openers > 0)) throw new BookBusy("a file is open");
      FS.unmount(mountpoint);
      for (const slot of pool) slot.handle.close();
    },
  };
}

const label = (number) => `slot-${String(number).padStart(2, "0")}`;

// All slots that are there, and new ones up to `count`, or none.
async function openedPool(directory, count, stats) {
  const labels = new Set(Array.from({ length: count }, (_, number) => label(number)));
  for await (const name of directory.keys()) if (/^slot-\d+$/.test(name)) labels.add(name);
  const [first, ...others] = [...labels].sort();
  const opened = [];
  try {
    // The first one alone: of two who come at once, one has it, and has all.
    opened.push(await openedSlot(directory, first, stats));
    const rest = await Promise.allSettled(others.map((each) => openedSlot(directory, each, stats)));
    opened.push(...rest.filter((each) => each.status === "fulfilled").map((each) => each.value));
    const failed = rest.find((each) => each.status === "rejected");
    if (failed) throw failed.reason;
  } catch (trouble) {
    for (const slot of opened) slot.handle.close();
    throw trouble;
  }
  return opened;
}

async function openedSlot(directory, name, stats) {
  const file = await directory.getFileHandle(name, { create: true });
  const giveUpAt = performance.now() + BUSY_MS;
  for (;;) {
    try {
      return new Slot(name, await file.createSyncAccessHandle(), stats);
    } catch (trouble) {
      if (trouble.name !== "NoModificationAllowedError") throw trouble;
      if (performance.now() > giveUpAt) throw new BookBusy(`another page holds ${name}`, { cause: trouble });
      await new Promise((again) => setTimeout(again, TRY_AGAIN_MS));
    }
  }
}
