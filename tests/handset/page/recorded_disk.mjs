// A folder of OPFS in memory, which writes down what is done to its files, as `tests/power/shim.c` does for a process:
// `tests/power/disk.py` makes of it what a disk holds when the power goes.

class RecordedHandle {
  constructor(disk, inode, content) {
    Object.assign(this, { disk, inode, content });
  }

  getSize() {
    return this.content.length;
  }

  read(bytes, { at }) {
    const found = this.content.subarray(at, at + bytes.length);
    new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length).set(found);
    return found.length;
  }

  write(bytes, { at }) {
    const copy = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length).slice();
    if (this.content.length < at + copy.length) this.#resize(at + copy.length);
    this.content.set(copy, at);
    this.disk.note("W", this.inode, at, copy);
    return copy.length;
  }

  truncate(size) {
    this.#resize(size);
    this.disk.note("T", this.inode, size);
  }

  flush() {
    if (this.disk.isDeaf) return;
    this.disk.note("S", this.inode);
  }

  close() {}

  #resize(size) {
    const content = new Uint8Array(size);
    content.set(this.content.subarray(0, size));
    this.content = content;
  }
}

export class RecordedDisk {
  // contents: bytes by name, as they were found.
  constructor(contents = {}) {
    this.journal = [];
    this.files = new Map();
    this.isDeaf = false; // a planted fault: nothing is ever flushed
    const found = contents.toJs ? contents.toJs({ dict_converter: Object.fromEntries }) : contents;
    for (const [name, bytes] of Object.entries(found)) this.#add(name, new Uint8Array(bytes));
  }

  note(kind, inode, offset = 0, bytes = new Uint8Array()) {
    this.journal.push([kind, inode, offset, bytes]);
  }

  acknowledge(text) {
    this.note("A", 0, 0, new TextEncoder().encode(text));
  }

  async *keys() {
    yield* this.files.keys();
  }

  // A name is on the disk at once: when that is so in OPFS itself is the browser's business, and not ours.
  async getFileHandle(name) {
    if (!this.files.has(name)) {
      const inode = this.#add(name, new Uint8Array());
      this.note("C", inode, 0, new TextEncoder().encode(name));
      this.note("D", 0);
    }
    return { createSyncAccessHandle: async () => this.files.get(name) };
  }

  #add(name, content) {
    const inode = this.files.size + 1;
    this.files.set(name, new RecordedHandle(this, inode, content));
    return inode;
  }
}
