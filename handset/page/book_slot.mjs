// One slot of the book's folder: a file on OPFS that stands open for good, and carries its own name in its head.
//
//   byte 0      the name record
//   byte 4096   the same record again
//   byte 8192   the file's data
//
// A record: magic (8), change (float64), length of the name (uint16), the name (UTF-8), and at byte 508 the CRC-32 of
// all before it; big-endian. An empty name means free. The two are written one after the other, each flushed, on
// pages of their own: at any moment one of them is whole, so a name changes entirely or not at all.

const PAGE = 4096;
const DATA_AT = 2 * PAGE;
const RECORD = 512;
const CHECKSUM_AT = RECORD - 4;
const NAME_AT = 18;
const MAGIC = new TextEncoder().encode("FHBOOK\0\x01");
export const NAME_BYTES_MAX = 255;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? 0xedb88320 ^ (byte >>> 1) : byte >>> 1;
  return byte;
});

// CRC-32 as in zlib. Here because WebCrypto's digests are asynchronous, and a rename is not.
function crc32(bytes) {
  let crc = ~0;
  for (const byte of bytes) crc = CRC_TABLE[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return ~crc >>> 0;
}

function writtenRecord(name, change) {
  const record = new Uint8Array(RECORD), view = new DataView(record.buffer), text = new TextEncoder().encode(name);
  record.set(MAGIC);
  view.setFloat64(8, change);
  view.setUint16(16, text.length);
  record.set(text, NAME_AT);
  view.setUint32(CHECKSUM_AT, crc32(record.subarray(0, CHECKSUM_AT)));
  return record;
}

// What a record says, or null when it is not whole.
function readRecord(handle, at) {
  const record = new Uint8Array(RECORD), view = new DataView(record.buffer);
  if (handle.read(record, { at }) < RECORD || !MAGIC.every((byte, place) => record[place] === byte)) return null;
  if (view.getUint32(CHECKSUM_AT) !== crc32(record.subarray(0, CHECKSUM_AT))) return null;
  const name = new TextDecoder().decode(record.subarray(NAME_AT, NAME_AT + view.getUint16(16)));
  return { name, change: view.getFloat64(8) };
}

export class Slot {
  // label: the slot's own name in OPFS. handle: its FileSystemSyncAccessHandle. stats: counts that all slots share.
  constructor(label, handle, stats) {
    this.label = label;
    this.handle = handle;
    this.stats = stats;
    this.openers = 0;
    this.changedAt = Date.now();
    const records = [readRecord(handle, 0), readRecord(handle, PAGE)];
    const newest = records.filter(Boolean).sort((one, other) => other.change - one.change)[0];
    this.change = newest?.change ?? 0;
    // Data without a name is never taken for free room: it is kept, and shown under the slot's own name.
    this.torn = !newest && this.size > 0;
    this.name = this.torn ? `${label}.torn` : newest?.name || null;
    this.cutShort = Boolean(newest) && records[0]?.change !== records[1]?.change;
  }

  get size() {
    return Math.max(0, this.handle.getSize() - DATA_AT);
  }

  // What is unlinked while somebody has it open is theirs until they close it.
  get isFree() {
    return this.name === null && this.openers === 0;
  }

  // The slot is called so, whatever happens after this returns. null makes it free.
  call(name, change) {
    this.#record(name ?? "", change);
    this.name = name;
    this.change = change;
    this.torn = false;
  }

  // Bring a naming that was cut short to its end. One whole record is enough to go on with where that fails.
  mend() {
    try {
      if (this.cutShort) this.#record(this.name ?? "", this.change);
    } catch (trouble) {
      console.error(`book_slot ${this.label} ${trouble.name}: ${trouble.message}`);
    }
  }

  #record(name, change) {
    const record = writtenRecord(name, change);
    for (const at of [0, PAGE]) {
      if (this.handle.write(record, { at }) !== RECORD) throw new DOMException("a short write", "QuotaExceededError");
      this.handle.flush();
      this.stats.name_flushes++;
    }
  }

  // No data; on the disk as well, before a new name can make what is left of an older file part of it.
  empty() {
    if (this.size === 0) return;
    this.handle.truncate(DATA_AT);
    this.handle.flush();
    this.stats.name_flushes++;
  }

  read(bytes, at) {
    return this.handle.read(bytes, { at: DATA_AT + at });
  }

  write(bytes, at) {
    const written = this.handle.write(bytes, { at: DATA_AT + at });
    this.changedAt = Date.now();
    this.stats.writes++;
    this.stats.bytes_written += written;
    return written;
  }

  truncate(size) {
    this.handle.truncate(DATA_AT + size);
    this.changedAt = Date.now();
    this.stats.truncates++;
  }

  flush() {
    this.handle.flush();
    this.stats.flushes++;
  }
}
