// Recognition in this browser: the same preparation, the same ONNX file, ONNX Runtime as WebAssembly.

import { toPixels } from "./boxes.js";
import { decide } from "./decide.js";
import { findBoxes } from "./find.js";
import { occlusionMap } from "./occlusion.js";
import { prepare } from "./prepare.js";
import { moved, surroundings } from "./surroundings.js";
import * as ort from "./onnxruntime-web/ort.js";
import { UserError } from "./user_error.js";

const TOP = 5;
// The kind of unknown of boxes that are left out.
const NO_SIGN = "no sign";
// Long enough for the browser to draw the page once.
const FRAME_MS = 20;
const beside = (name) => new URL(name, import.meta.url).href;

// Several threads would need headers (COOP, COEP) that a plain file server does not send.
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = { wasm: beside("./onnxruntime-web/ort-wasm-simd-threaded.wasm") };

const model = fetched("./model.json").then((answer) => answer.json());
// Loaded while the user is still choosing a picture.
const session = opened("./model.onnx");
const detector = model.then((settings) => settings.detector && opened("./detector.onnx"));
let computing = Promise.resolve();
// Whoever awaits them gets the error; until then it must not count as unhandled.
session.catch(() => {});
detector.catch(() => {});

async function opened(name) {
  const content = await (await fetched(name)).arrayBuffer();
  return ort.InferenceSession.create(content, { executionProviders: ["wasm"] });
}

async function fetched(name) {
  const answer = await fetch(beside(name)).catch(() => null);
  if (!answer?.ok) {
    throw new UserError(`${name.slice(2)} could not be loaded. Reload the page, and check that its folder is complete.`);
  }
  return answer;
}

/** What the page says about its model and about privacy. */
export async function describe() {
  const { name, classes, threshold, detector: finder } = await model;
  return {
    about: finder ? `Models: ${finder.name} finds signs, ${name} names them, running in this browser.` : `Model: ${name}, running in this browser.`,
    detects: finder !== null,
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
  return read(await prepared(canvas, box));
}

/**
 * What decided: the same numbers as Python's, by occlusion.
 * @param {HTMLCanvasElement} canvas The picture.
 * @param {?{x1: number, y1: number, x2: number, y2: number}} box Where the sign is; null for the whole picture.
 * @param {object} prediction What `recognise` or `detect` gave for it.
 * @param {AbortSignal} signal Ends the search.
 * @param {(share: number) => void} progress Called with the share that is done, 0 to 1.
 * @returns {Promise<{sign: Uint8Array, values: Float32Array, size: number, name: string}>} The sign as the network sees it (RGB,
 *   size * size * 3), how much each pixel supports a class (size * size, 0 to 1), and that class.
 */
export async function explain(canvas, box, { top: [{ class_id: classId, name }] }, signal, progress) {
  const { image_size: size } = await model;
  const sign = await prepared(canvas, box);
  const network = async (crops, count) => {
    // The page is drawn, and another sign may be chosen, between two parts.
    await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
    signal.throwIfAborted();
    const { probabilities } = await run(session, new ort.Tensor("uint8", crops, [count, size, size, 3]));
    return probabilities.data;
  };
  return { sign, values: await occlusionMap(network, sign, size, classId, progress), size, name };
}

/** The network's input. */
async function prepared(canvas, box) {
  const part = box ? surroundings(box, canvas) : { x: 0, y: 0, width: canvas.width, height: canvas.height };
  const pixels = canvas.getContext("2d", { willReadFrequently: true }).getImageData(part.x, part.y, part.width, part.height);
  return prepare(pixels, box && moved(box, part), await model);
}

/**
 * Find and recognise all signs of a picture.
 * @param {HTMLCanvasElement} canvas The picture.
 * @param {AbortSignal} signal Ends the search.
 * @param {(share: number) => void} progress Called with the share that is done, 0 to 1.
 * @returns {Promise<{box: {x1: number, y1: number, x2: number, y2: number}, score: number, prediction: object}[]>} The surest
 *   first; boxes in pixels of the picture, predictions as showAnswer takes them.
 */
export async function detect(canvas, signal, progress) {
  const { detector: { min_score: leastScore } } = await model;
  const picture = canvas.getContext("2d", { willReadFrequently: true }).getImageData(0, 0, canvas.width, canvas.height);
  const network = async (pixels, height, width) => {
    // The page is drawn, and a newer picture may be taken, between two parts.
    await new Promise((resolve) => setTimeout(resolve, FRAME_MS));
    signal.throwIfAborted();
    const { locations } = await run(detector, new ort.Tensor("uint8", pixels, [1, height, width, 3]));
    return locations.data;
  };
  const signs = [];
  for (const { box, score } of await findBoxes(network, picture, leastScore, progress)) {
    signal.throwIfAborted();
    const prediction = await recognise(canvas, toPixels(box, canvas));
    // The recogniser looks closer than the detector does; as in Python.
    if (prediction.unknownKind !== NO_SIGN) signs.push({ box, score, prediction });
  }
  return signs;
}

async function read(sign) {
  const settings = await model;
  const { probabilities, unknown } = await compute(sign, settings.image_size);
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
  const { probabilities, unknown } = await run(session, new ort.Tensor("uint8", prepared, [1, imageSize, imageSize, 3]));
  return { probabilities: probabilities.data, unknown: unknown?.data ?? new Float32Array() };
}

async function run(opening, input) {
  const network = await opening.catch((error) => {
    throw error instanceof UserError ? error : new UserError(`The model does not load in this browser (${error.message}). Try a newer browser.`);
  });
  // One after the other: a session runs one input at a time.
  const outputs = computing.catch(() => {}).then(() => network.run({ [network.inputNames[0]]: input }));
  computing = outputs;
  return outputs;
}
