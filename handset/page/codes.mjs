// Barcodes in pictures, by zxing-cpp as WebAssembly.
import { prepareZXingModule, readBarcodes, ZXING_WASM_VERSION } from "./vendor/zxing-wasm/es/reader/index.js";

const WASM = new URL("./vendor/zxing-wasm/reader/zxing_reader.wasm", import.meta.url);
const CORNERS = ["topLeft", "topRight", "bottomRight", "bottomLeft"];

export const version = ZXING_WASM_VERSION;

// Compiles the decoder; `readCodes` does it by itself with the first picture.
// `wasmBinary`: its bytes, where they cannot be fetched.
export const prepare = (wasmBinary) =>
  prepareZXingModule({
    overrides: wasmBinary ? { wasmBinary } : { locateFile: () => WASM.href },
    equalityFn: () => true, // there is one decoder: whoever comes later takes the first one's
    fireImmediately: true,
  });

// Every code in one JPEG, PNG or WebP: [{format, text, bytes, symbologyIdentifier, corners}]; corners are [x, y] × 4
// in pixels, clockwise from the symbol's top left. `formats`: what to look for, by zxing's names.
// Rejects with an error named FrameDamaged when the bytes are no picture.
export async function readCodes(picture, { formats }) {
  await prepare();
  const image = isWebp(picture) ? await pixelsOf(picture) : picture;
  const found = await readBarcodes(image, { formats, textMode: "Plain", returnErrors: true });
  // What cannot be decoded comes back as one result that holds nothing but an error.
  const damage = found.find((code) => code.error && !code.format);
  if (damage) throw frameDamaged(damage.error);
  return found
    .filter((code) => code.isValid)
    .map(({ format, text, bytes, symbologyIdentifier, position }) => ({
      format,
      text,
      bytes,
      symbologyIdentifier,
      corners: CORNERS.map((name) => [position[name].x, position[name].y]),
    }));
}

const frameDamaged = (message) => Object.assign(new Error(message), { name: "FrameDamaged" });

const isWebp = (picture) => String.fromCharCode(...picture.subarray(8, 12)) === "WEBP";

// By the browser: zxing unpacks JPEG and PNG only.
async function pixelsOf(picture) {
  try {
    const bitmap = await createImageBitmap(new Blob([picture], { type: "image/webp" }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    return context.getImageData(0, 0, bitmap.width, bitmap.height);
  } catch (trouble) {
    throw frameDamaged(trouble.message);
  }
}
