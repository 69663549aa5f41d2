// Recognition by the service that serves this page. The page that runs entirely in the browser replaces this module.

import { halve } from "./prepare.js";
import { moved, surroundings } from "./surroundings.js";
import { UserError } from "./user_error.js";

// Larger pictures are halved before they are sent, in the same way as the service does it.
const LONGEST_SIDE = 1024;
// A street is sent whole: as PNG up to so many pixels, larger ones as JPEG, of a quality that signs do not suffer from.
const MAX_PNG_PIXELS = 2_500_000;
const JPEG_QUALITY = 0.95;
const TOP = 5;

const model = answered(fetch("v1/model")).then((answer) => answer.json());
// Whoever awaits it gets the error; until then it must not count as unhandled.
model.catch(() => {});

/** What the page says about its model and about privacy. */
export async function describe() {
  const { model: name, classes, known_threshold: threshold, detector } = await model;
  return {
    about: detector ? `Models: ${detector.model} finds signs, ${name} names them.` : `Model: ${name}.`,
    detects: detector !== null,
    privacy: "Pictures are sent only to the service that this page comes from, and are not stored.",
    classes: String(classes.length),
    threshold,
  };
}

/**
 * Recognise the sign in a picture.
 * @param {HTMLCanvasElement} canvas The picture.
 * @param {?{x1: number, y1: number, x2: number, y2: number}} box Where the sign is; null for the whole picture.
 * @param {AbortSignal} signal Ends the request.
 * @returns {Promise<object>} The prediction, see showAnswer.
 */
export async function recognise(canvas, box, signal) {
  const { classes } = await model;
  const [prediction] = (await askAbout("v1/predict", canvas, box, topOf(classes), signal)).predictions;
  if (prediction.error) {
    throw new UserError(prediction.error.detail);
  }
  return asPrediction(prediction, classes);
}

/**
 * What decided.
 * @param {HTMLCanvasElement} canvas The picture.
 * @param {?{x1: number, y1: number, x2: number, y2: number}} box Where the sign is; null for the whole picture.
 * @param {object} prediction What `recognise` or `detect` gave for it.
 * @param {AbortSignal} signal Ends the request.
 * @returns {Promise<{sign: Uint8Array, values: Float32Array, size: number, name: string}>} The sign as the network sees it (RGB,
 *   size * size * 3), how much each pixel supports a class (size * size, 0 to 1), and that class.
 */
export async function explain(canvas, box, prediction, signal) {
  const [{ error, explained, sign, heat_map: rows }] = (await askAbout("v1/explain", canvas, box, 1, signal)).explanations;
  if (error) {
    throw new UserError(error.detail);
  }
  const size = rows.length;
  const file = new Blob([Uint8Array.from(atob(sign), (letter) => letter.charCodeAt(0))], { type: "image/png" });
  const drawn = document.createElement("canvas");
  drawn.width = drawn.height = size;
  drawn.getContext("2d").drawImage(await createImageBitmap(file, { colorSpaceConversion: "none" }), 0, 0);
  const pixels = drawn.getContext("2d").getImageData(0, 0, size, size).data.filter((_, index) => index % 4 !== 3);
  return { sign: Uint8Array.from(pixels), values: Float32Array.from(rows.flat()), size, name: (await model).classes[explained].name };
}

/** Send a sign with its surroundings, and return the answer. */
async function askAbout(path, canvas, box, top, signal) {
  const part = partToSend(canvas, box);
  const query = new URLSearchParams({ top_k: top });
  if (part.box) {
    query.set("box", [part.box.x1, part.box.y1, part.box.x2, part.box.y2].join(","));
  }
  const body = await toPng(part.pixels);
  const request = { method: "POST", headers: { "Content-Type": "image/png" }, body, signal };
  return (await answered(fetch(`${path}?${query}`, request))).json();
}

/**
 * Find and recognise all signs of a picture.
 * @param {HTMLCanvasElement} canvas The picture.
 * @param {AbortSignal} signal Ends the request.
 * @returns {Promise<{box: {x1: number, y1: number, x2: number, y2: number}, score: number, prediction: object}[]>} The surest
 *   first; boxes in pixels of the picture, predictions as showAnswer takes them.
 */
export async function detect(canvas, signal) {
  const { classes, limits } = await model;
  const body = await toFile(canvas, limits);
  const request = { method: "POST", headers: { "Content-Type": body.type }, body, signal };
  const answer = await answered(fetch(`v1/detect?${new URLSearchParams({ top_k: topOf(classes) })}`, request));
  const { signs, width, height } = await answer.json();
  const [across, down] = [canvas.width / width, canvas.height / height];
  return signs.map(({ box: [x1, y1, x2, y2], score, ...prediction }) => ({
    box: { x1: x1 * across, y1: y1 * down, x2: x2 * across, y2: y2 * down },
    score,
    prediction: asPrediction(prediction, classes),
  }));
}

/** How many signs to ask for: the service refuses more than the model has classes. */
function topOf(classes) {
  return Math.min(TOP, classes.length);
}

/** A prediction of the service as showAnswer takes it. */
function asPrediction({ top_k: top, decision, known_score: knownScore, unknown_kind: unknownKind, candidates }, classes) {
  const withDrawing = (sign) => ({ ...sign, drawing: classes[sign.class_id]?.drawing ?? null });
  return { top: top.map(withDrawing), decision, knownScore, unknownKind, candidates: candidates.map((id) => classes[id]) };
}

/** The whole picture as a file, halved until the service takes it. Where nothing would be left, it is sent as it is. */
async function toFile(canvas, { request_bytes: mostBytes, image_pixels: mostPixels }) {
  let pixels = canvas.getContext("2d", { willReadFrequently: true }).getImageData(0, 0, canvas.width, canvas.height);
  for (;;) {
    const size = pixels.width * pixels.height;
    const last = !canHalve(pixels);
    const file =
      size > mostPixels && !last ? null : await (size > MAX_PNG_PIXELS ? encode(pixels, "image/jpeg", JPEG_QUALITY) : toPng(pixels));
    if (file && (file.size <= mostBytes || last)) {
      return file;
    }
    pixels = halve(pixels);
  }
}

/** The sign with its surroundings, or the whole picture: only what the result depends on. */
function partToSend(canvas, box) {
  const area = box ? surroundings(box, canvas) : { x: 0, y: 0, width: canvas.width, height: canvas.height };
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let pixels = context.getImageData(area.x, area.y, area.width, area.height);
  let part = box && moved(box, area);
  while (Math.max(pixels.width, pixels.height) > LONGEST_SIDE && canHalve(pixels)) {
    pixels = halve(pixels);
    part = part && halved(part, pixels);
  }
  return { pixels, box: part };
}

/** Whether the service still reads what is left of a picture that is halved: at least 2 × 2 pixels. */
function canHalve({ width, height }) {
  return Math.min(width, height) >= 4;
}

function halved({ x1, y1, x2, y2 }, { width, height }) {
  const half = (position, length) => Math.min(length, Math.round(position / 2));
  return { x1: half(x1, width - 1), y1: half(y1, height - 1), x2: half(x2, width), y2: half(y2, height) };
}

function toPng(pixels) {
  return encode(pixels, "image/png");
}

function encode({ data, width, height }, type, quality) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d").putImageData(new ImageData(data, width, height), 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, type, quality));
}

/** Wait for a response; turn errors into messages. */
async function answered(request) {
  const answer = await request.catch((error) => {
    throw error.name === "AbortError" ? error : new UserError("The service does not respond. Check that it is running, then try again.");
  });
  if (answer.ok) {
    return answer;
  }
  const problem = await answer.json().catch(() => null);
  throw new UserError(problem?.detail ?? `The service responded with status ${answer.status}. Try again.`);
}
