// Recognising by the service that sent this page. The page that runs wholly in the browser has another such module.

import { halve } from "./frame.js";
import { Refused } from "./refused.js";

// Background sent along with a box, as a share of its longer side: half a side about a box without width, and the
// largest margin that a recipe may have.
const SURROUNDINGS = 1.5;
// A part that begins at a multiple of this is halved into the same pixels as the whole picture.
const ALIGNMENT = 64;
// More is halved before it is sent, in the service's own way.
const LONGEST_SIDE = 1024;
const TOP = 5;

const model = answered(fetch("v1/model")).then((answer) => answer.json());
// Whoever asks gets the error; until then nobody handles it.
model.catch(() => {});

/** What the page says of itself. */
export async function describe() {
  const { model: name, classes } = await model;
  return {
    about: `Model: ${name}.`,
    privacy: "Pictures are sent to the service that sent this page, nowhere else, and are not kept.",
    classes: String(classes.length),
  };
}

/**
 * Name the sign in a picture.
 * @param {HTMLCanvasElement} canvas The picture.
 * @param {?{x1: number, y1: number, x2: number, y2: number}} box Where the sign is; null for the whole picture.
 * @param {AbortSignal} signal Ends the request.
 * @returns {Promise<object[]>} The five best, see showAnswer.
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
  const [{ top_k: top, error }] = predictions;
  if (error) {
    throw new Refused(sentences(error));
  }
  const { classes } = await model;
  return top.map((sign) => ({ ...sign, drawing: classes[sign.class_id].drawing }));
}

/** The sign with its surroundings, or the whole picture: what the answer depends on and no more. */
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

/** Wait for an answer; turn what is none into words. */
async function answered(request) {
  const answer = await request.catch((error) => {
    throw error.name === "AbortError" ? error : new Refused("The service does not answer. Is it still running? Try again.");
  });
  if (answer.ok) {
    return answer;
  }
  const refusal = await answer.json().catch(() => null);
  throw new Refused(refusal?.came ? sentences(refusal) : `The service answered with status ${answer.status}. Try again.`);
}

const sentences = ({ came, expected, to_do: next }) => [came, expected, next].join(" ");
