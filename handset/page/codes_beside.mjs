// The same `readCodes` as `codes.mjs`, in a worker of its own that is started with the first picture.
export { version } from "./codes.mjs";

const waiting = new Map();
let worker;
let id = 0;

export function readCodes(picture, options) {
  worker ??= started();
  return new Promise((resolve, reject) => {
    waiting.set(++id, { resolve, reject });
    worker.postMessage({ id, picture, options });
  });
}

function started() {
  const beside = new Worker(new URL("./codes_worker.mjs", import.meta.url), { type: "module" });
  beside.onmessage = ({ data: { id, codes, trouble } }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (trouble) reject(named(trouble));
    else resolve(codes);
  };
  // It did not load, or is out of memory: whoever waits is told, and the next picture starts another.
  beside.onerror = (event) => {
    for (const { reject } of waiting.values()) reject(named({ name: "DecoderGone", message: event.message ?? "" }));
    waiting.clear();
    beside.terminate();
    worker = undefined;
  };
  return beside;
}

const named = ({ name, message }) => Object.assign(new Error(message), { name });
