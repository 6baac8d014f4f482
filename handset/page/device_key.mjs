// The key that proves that this browser is the station it says it is: Ed25519, made here, and never to be taken out.

// Named in the page's error, and translated by `sync/web_signer.py`.
class KeyTrouble extends Error {
  constructor(name, message) {
    super(message);
    this.name = name;
  }
}

const KEY = "device";

// Where a browser keeps it. IndexedDB clones a CryptoKey without ever showing what is in it.
export function keysInIndexedDb(name = "floorhand-keys") {
  const opened = new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("keys");
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const done = (transaction, request) =>
    new Promise((resolve, reject) => {
      // Once it is on the disk, and not when it is only believed to be: a key that is gone locks the station out.
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  const within = async (mode, act) => {
    const transaction = (await opened).transaction("keys", mode, { durability: "strict" });
    return done(transaction, act(transaction.objectStore("keys")));
  };
  return {
    get: () => within("readonly", (keys) => keys.get(KEY)),
    put: (pair) => within("readwrite", (keys) => keys.put(pair, KEY)),
  };
}

// The device's key: the one that is kept, or a new one where there is none.
// `store`: {get() → Promise<CryptoKeyPair | undefined>, put(pair) → Promise}.
// Rejects with an error named KeyTooOld (this browser has no Ed25519), KeyDamaged (what is kept is no such key) or
// KeyUnkept (it cannot be read or kept).
export async function deviceKey(store = keysInIndexedDb()) {
  let pair = await kept(store.get());
  if (pair === undefined) {
    pair = await made();
    await kept(store.put(pair));
  }
  if (pair?.privateKey?.algorithm?.name !== "Ed25519" || pair.privateKey.extractable || !pair.publicKey) {
    throw new KeyTrouble("KeyDamaged", "what is kept in the key's place is no key of this device");
  }
  const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  return {
    // 32 bytes.
    publicKey: () => publicKey,
    // 64 bytes; the same for the same message.
    sign: async (message) => new Uint8Array(await crypto.subtle.sign("Ed25519", pair.privateKey, message)),
  };
}

async function made() {
  try {
    return await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  } catch (trouble) {
    // Without https there is no crypto.subtle at all (TypeError); without Ed25519 it is not supported.
    throw new KeyTrouble("KeyTooOld", `this browser makes no Ed25519 key: ${trouble.name}: ${trouble.message}`);
  }
}

async function kept(promise) {
  try {
    return await promise;
  } catch (trouble) {
    throw new KeyTrouble("KeyUnkept", `${trouble?.name}: ${trouble?.message}`);
  }
}
