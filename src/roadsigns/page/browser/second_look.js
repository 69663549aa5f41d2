// Two more looks at each box, with the sign at one size and another: scores and boxes are means of all looks.
// A port of src/roadsigns/detection/second_look.py; tests/page/test_find.py compares the two.

import { longerSide, overlap, toBoxes } from "./boxes.js";
import { cutPadded, cutSquare, enlarge, shrink } from "./resize.js";

// Sides in pixels: of the window that the network looks at, and of the sign in it, which is enlarged to at most four
// times its size.
const [WINDOW, SIGNS, MAX_ENLARGED] = [64, [32, 48], 4];
const GREY = 114;
// Lower boxes keep their score: there are many of them, and few would be signs.
export const MIN_FIRST_SCORE = 0.3;
// In one picture, the best. Only a network that is not trained finds more.
const MAX_LOOKS = 100;
// What a look finds is the same sign if it overlaps by more; where it finds none, this is its score.
const [SAME_SIGN, NO_SIGN] = [0.4, 0.005];
const MAX_CERTAIN = 0.9999;

/**
 * Boxes and scores as means of three looks, the first one among them.
 * @param {(pixels: Uint8Array, height: number, width: number) => Promise<Float32Array>} network See `findBoxes`.
 * @param {{data: Uint8ClampedArray, width: number, height: number}} picture RGBA; alpha is ignored.
 * @param {{box: object, score: number}[]} found The highest score first.
 */
export async function lookAgain(network, picture, found) {
  const seen = [];
  for (const [index, first] of found.entries()) {
    if (index >= MAX_LOOKS || first.score < MIN_FIRST_SCORE) {
      seen.push(first);
      continue;
    }
    const looks = [first];
    for (const sign of SIGNS) {
      looks.push(await look(network, picture, first.box, sign));
    }
    const side = (name) => mean(looks.map(({ box }) => box[name]));
    const logOdds = mean(looks.map(({ score }) => Math.log(Math.min(score, MAX_CERTAIN) / (1 - Math.min(score, MAX_CERTAIN)))));
    seen.push({ box: { x1: side("x1"), y1: side("y1"), x2: side("x2"), y2: side("y2") }, score: 1 / (1 + Math.exp(-logOdds)) });
  }
  return seen;
}

/** Look at a window in which the box's longer side has `sign` pixels; the box and the score found there. */
async function look(network, picture, box, sign) {
  const side = Math.max(WINDOW / MAX_ENLARGED, whole((longerSide(box) * WINDOW) / sign));
  const [left, top] = [(box.x1 + box.x2 - side) / 2, (box.y1 + box.y2 - side) / 2].map(whole);
  const part = cutSquare(picture, { left, top, side }, GREY);
  const scaled = (side > WINDOW ? shrink : enlarge)(part, WINDOW, WINDOW);
  const size = { width: WINDOW, height: WINDOW };
  const output = await network(cutPadded(scaled, { x: 0, y: 0, ...size }, size, GREY), WINDOW, WINDOW);
  const scale = side / WINDOW;
  const inPicture = ({ x1, y1, x2, y2 }) => ({ x1: x1 * scale + left, y1: y1 * scale + top, x2: x2 * scale + left, y2: y2 * scale + top });
  const found = toBoxes(output, WINDOW, WINDOW, NO_SIGN).map((one) => ({ box: inPicture(one.box), score: one.score }));
  // The best comes first.
  return found.find((one) => overlap(box, one.box) > SAME_SIGN) ?? { box, score: NO_SIGN };
}

/** Halves go up, also where the last digit is lost: Python counts with fewer digits. */
function whole(pixels) {
  return Math.floor(pixels + 0.501);
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
