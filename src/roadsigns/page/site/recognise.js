// Recognition by the service that serves this page. The page that runs entirely in the browser replaces this module.

import { halve } from "./prepare.js";
import { UserError } from "./user_error.js";

// Background sent around a box, as a fraction of its longer side: half a side for a box without width, plus the largest
// margin that a recipe may have.
const SURROUNDINGS = 1.5;
// A part that starts at a multiple of this is halved into the same pixels as the whole picture.
const ALIGNMENT = 64;
// Larger pictures are halved before they are sent, in the same way as the service does it.
const LONGEST_SIDE = 1024;
const TOP = 5;

const model = answered(fetch("v1/model")).then((answer) => answer.json());
// Whoever awaits it gets the error; until then it must not count as unhandled.
model.catch(() => {});

/** What the page says about its model and about privacy. */
export async function describe() {
  const { model: name, classes, known_threshold: threshold } = await model;
  return {
    about: `Model: ${name}.`,
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
  const part = partToSend(canvas, box);
  const query = new URLSearchParams({ top_k: TOP });
  if (part.box) {
    query.set("box", [part.box.x1, part.box.y1, part.box.x2, part.box.y2].join(","));
  }
  const body = await toPng(part.pixels);
  const request = { method: "POST", headers: { "Content-Type": "image/png" }, body, signal };
  const answer = await answered(fetch(`v1/predict?${query}`, request));
  const { predictions } = await answer.json();
  const [{ top_k: top, error, decision, known_score: knownScore, unknown_kind: unknownKind, candidates }] = predictions;
  if (error) {
    throw new UserError(error.detail);
  }
  const { classes } = await model;
  const withDrawing = (sign) => ({ ...sign, drawing: classes[sign.class_id]?.drawing ?? null });
  return { top: top.map(withDrawing), decision, knownScore, unknownKind, candidates: candidates.map((id) => classes[id]) };
}

/** The sign with its surroundings, or the whole picture: only what the result depends on. */
function partToSend(canvas, box) {
  const area = box ? surroundings(box, canvas) : { x: 0, y: 0, width: canvas.width, height: canvas.height };
  const context = canvas.getContext("2d", { willReadFrequently: true });
  let pixels = context.getImageData(area.x, area.y, area.width, area.height);
  let part = box && { x1: box.x1 - area.x, y1: box.y1 - area.y, x2: box.x2 - area.x, y2: box.y2 - area.y };
  while (Math.max(pixels.width, pixels.height) > LONGEST_SIDE) {
    pixels = halve(pixels);
    part = part && halved(part, pixels);
  }
  return { pixels, box: part };
}

function surroundings({ x1, y1, x2, y2 }, { width, height }) {
  const around = SURROUNDINGS * Math.max(x2 - x1, y2 - y1);
  const aligned = (position) => Math.max(0, Math.floor((position - around) / ALIGNMENT) * ALIGNMENT);
  const [x, y] = [aligned(x1), aligned(y1)];
  const end = (position, length) => Math.min(length, Math.ceil(position + around) + ALIGNMENT);
  return { x, y, width: end(x2, width) - x, height: end(y2, height) - y };
}

function halved({ x1, y1, x2, y2 }, { width, height }) {
  const half = (position, length) => Math.min(length, Math.round(position / 2));
  return { x1: half(x1, width - 1), y1: half(y1, height - 1), x2: half(x2, width), y2: half(y2, height) };
}

function toPng({ data, width, height }) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d").putImageData(new ImageData(data, width, height), 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
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
