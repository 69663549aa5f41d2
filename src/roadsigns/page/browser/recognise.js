// Recognition in this browser: the same preparation, the same ONNX file, ONNX Runtime as WebAssembly.

import { decide } from "./decide.js";
import { prepare } from "./prepare.js";
import * as ort from "./onnxruntime-web/ort.js";
import { UserError } from "./user_error.js";

const TOP = 5;
const beside = (name) => new URL(name, import.meta.url).href;

// Several threads would need headers (COOP, COEP) that a plain file server does not send.
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = { wasm: beside("./onnxruntime-web/ort-wasm-simd-threaded.wasm") };

const model = fetched("./model.json").then((answer) => answer.json());
// Loaded while the user is still choosing a picture.
const session = fetched("./model.onnx")
  .then((answer) => answer.arrayBuffer())
  .then((content) => ort.InferenceSession.create(content, { executionProviders: ["wasm"] }));
let computing = Promise.resolve();
// Whoever awaits it gets the error; until then it must not count as unhandled.
session.catch(() => {});

async function fetched(name) {
  const answer = await fetch(beside(name)).catch(() => null);
  if (!answer?.ok) {
    throw new UserError(`${name.slice(2)} could not be loaded. Reload the page, and check that its folder is complete.`);
  }
  return answer;
}

/** What the page says about its model and about privacy. */
export async function describe() {
  const { name, classes, threshold } = await model;
  return {
    about: `Model: ${name}, running in this browser.`,
    privacy: "Pictures stay in this browser; nothing is sent anywhere.",
    classes: String(classes.length),
    threshold,
  };
}

/**
 * Recognise the sign in a picture.
 * @param {HTMLCanvasElement} canvas The picture.
 * @param {?{x1: number, y1: number, x2: number, y2: number}} box Where the sign is; null for the whole picture.
 * @returns {Promise<object>} The prediction, see showAnswer.
 */
export async function recognise(canvas, box) {
  const settings = await model;
  const pixels = canvas.getContext("2d", { willReadFrequently: true }).getImageData(0, 0, canvas.width, canvas.height);
  const { probabilities, unknown } = await compute(prepare(pixels, box, settings), settings.image_size);
  const top = [...probabilities.keys()]
    .sort((one, other) => probabilities[other] - probabilities[one])
    .slice(0, TOP)
    .map((index) => ({ ...settings.classes[index], probability: probabilities[index] }))
    .map((sign) => ({ ...sign, drawing: sign.drawing && beside(sign.drawing) }));
  return { top, ...decide(probabilities, unknown, settings) };
}

/**
 * Run the network.
 * @param {Uint8Array} prepared RGB, imageSize * imageSize * 3.
 * @returns {Promise<{probabilities: Float32Array, unknown: Float32Array}>} The probability of each class, and of each kind
 *   of unknown; of none where the model has none.
 */
export async function compute(prepared, imageSize) {
  const network = await session.catch((error) => {
    throw error instanceof UserError ? error : new UserError(`The model does not load in this browser (${error.message}). Try a newer browser.`);
  });
  const input = new ort.Tensor("uint8", prepared, [1, imageSize, imageSize, 3]);
  // One after the other: a session runs one input at a time.
  const outputs = computing.catch(() => {}).then(() => network.run({ [network.inputNames[0]]: input }));
  computing = outputs;
  const { probabilities, unknown } = await outputs;
  return { probabilities: probabilities.data, unknown: unknown?.data ?? new Float32Array() };
}
