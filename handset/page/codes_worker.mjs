// Decodes beside the station, so that a picture that takes long holds up no scan. Started by `codes_beside.mjs`.
import { readCodes } from "./codes.mjs";

onmessage = async ({ data: { id, picture, options } }) => {
  try {
    postMessage({ id, codes: await readCodes(picture, options) });
  } catch ({ name, message }) {
    postMessage({ id, trouble: { name, message } });
  }
};
