// Whether a key signed a message. Not by WebCrypto, which answers later: whoever asks is in the middle of a deed.
import { hashes, verify } from "./vendor/noble/ed25519/index.js";
import { sha512 } from "./vendor/noble/hashes/sha2.js";

hashes.sha512 = sha512;

// Three Uint8Arrays: the message, 64 bytes and 32 bytes. False for whatever is no signature or no key.
export function isSigned(message, signature, publicKey) {
  try {
    // As RFC 8032 has it and as OpenSSL judges, so that station and store never differ about one signature.
    return verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false; // of another length, or no point of the curve
  }
}
