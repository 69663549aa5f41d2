// Boxes: from a network's output, those that show the same sign, and their geometry. A port of
// src/roadsigns/detection/locations.py and of suppress in find.py; tests/page/test_find.py compares.

const STRIDES = [8, 16, 32];
const NUMBERS = 5;
// Distances are logarithms of the stride; beyond this they are no sign's.
const LARGEST_EXPONENT = 8;
// Boxes that overlap by more show one sign.
const OVERLAP = 0.45;
// A sign of so many pixels shows its parts, and a box lies in it with so much of its area.
const [CLOSE_UP, WITHIN] = [160, 0.9];
const MAX_BOXES = 1000;

/**
 * The boxes of all locations that are likely enough to show a sign.
 * @param {Float32Array} output Five numbers for each location: a logit, and the logarithms of four distances in strides. The
 *   locations of each stride row by row, the finest first.
 */
export function toBoxes(output, height, width, leastScore) {
  const leastLogit = Math.log(leastScore / (1 - leastScore));
  const found = [];
  let at = 0;
  for (const stride of STRIDES) {
    for (let row = 0; row < height / stride; row++) {
      for (let column = 0; column < width / stride; column++, at += NUMBERS) {
        if (output[at] > leastLogit) {
          const [x, y] = [(column + 0.5) * stride, (row + 0.5) * stride];
          const [left, top, right, bottom] = [1, 2, 3, 4].map((side) => distance(output[at + side]) * stride);
          found.push({ box: { x1: x - left, y1: y - top, x2: x + right, y2: y + bottom }, score: 1 / (1 + Math.exp(-output[at])) });
        }
      }
    }
  }
  return best(found).slice(0, MAX_BOXES);
}

function distance(logarithm) {
  return Math.exp(Math.min(Math.max(logarithm, -LARGEST_EXPONENT), LARGEST_EXPONENT));
}

/**
 * Which boxes to keep, the highest score first: none overlaps a better one by more than `OVERLAP`, and none lies in a better
 * one that is large: close up, the digits of a speed limit look like signs.
 */
export function suppress(found) {
  const kept = [];
  for (const one of best(found).slice(0, MAX_BOXES)) {
    if (kept.every((better) => overlap(better.box, one.box) <= OVERLAP)) {
      kept.push(one);
    }
  }
  const isPart = (box, better) => longerSide(better) > CLOSE_UP && common(box, better) > WITHIN * area(box);
  return kept.filter(({ box }, index) => !kept.slice(0, index).some((better) => isPart(box, better.box)));
}

/** A box in whole pixels within a picture, for the recogniser. */
export function toPixels({ x1, y1, x2, y2 }, { width, height }) {
  const [left, top] = [Math.min(roundHalfEven(x1), width - 1), Math.min(roundHalfEven(y1), height - 1)];
  return { x1: left, y1: top, x2: Math.max(roundHalfEven(x2), left + 1), y2: Math.max(roundHalfEven(y2), top + 1) };
}

function best(found) {
  return [...found].sort((one, other) => other.score - one.score);
}

export function longerSide({ x1, y1, x2, y2 }) {
  return Math.max(x2 - x1, y2 - y1);
}

function area({ x1, y1, x2, y2 }) {
  return (x2 - x1) * (y2 - y1);
}

/** The area that two boxes have in common. */
function common(one, other) {
  const across = Math.min(one.x2, other.x2) - Math.max(one.x1, other.x1);
  const down = Math.min(one.y2, other.y2) - Math.max(one.y1, other.y1);
  return Math.max(across, 0) * Math.max(down, 0);
}

/** Intersection over union. */
export function overlap(one, other) {
  const shared = common(one, other);
  return shared / (area(one) + area(other) - shared);
}

/** As Python and NumPy round. */
export function roundHalfEven(value) {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
