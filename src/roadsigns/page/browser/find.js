// From a picture to the boxes of its signs, at several scales and in tiles; of boxes that show the same sign the best is kept.
// A port of src/roadsigns/detection/find.py and locations.py; tests/page/test_find.py compares the two.

import { cutPadded, enlarge, shrink } from "./resize.js";
import { LONGEST_BOX, padded, tilesOf } from "./tiles.js";

const STRIDES = [8, 16, 32];
const NUMBERS = 5;
// Distances are logarithms of the stride; beyond this they are no sign's.
const LARGEST_EXPONENT = 8;
// Boxes that overlap by more show one sign.
const OVERLAP = 0.45;
// A sign of so many pixels shows its parts, and a box lies in it with so much of its area.
const [CLOSE_UP, WITHIN] = [160, 0.9];
const GREY = 114;
// Pictures of fewer pixels are enlarged to as many, but at most twice, and not by less than is worth it.
const [ENOUGH_PIXELS, MOST, WORTH_WHILE] = [1360 * 800, 2, 1.25];
// From one scale to the next, until the shorter side is no longer than `LARGEST`.
const [COARSER, LARGEST] = [0.35, 320];
// At a coarser scale, boxes of fewer pixels are left to the finer ones.
const COARSE_BOX = 64;
const LEAST_SIDE = 4;
const MOST_BOXES = 1000;

/**
 * Find the signs of a picture.
 * @param {(pixels: Uint8Array, height: number, width: number) => Promise<Float32Array>} network Maps RGB, sides divisible by
 *   32, to five numbers for each location.
 * @param {{data: Uint8ClampedArray, width: number, height: number}} picture RGBA; alpha is ignored.
 * @param {number} leastScore Above 0, below 1; boxes below are left out.
 * @param {(share: number) => void} progress Called with the share that has been searched, 0 to 1.
 * @returns {Promise<{box: {x1: number, y1: number, x2: number, y2: number}, score: number}[]>} The best first.
 */
export async function findBoxes(network, picture, leastScore, progress = () => {}) {
  const { width, height } = picture;
  if (Math.min(width, height) < LEAST_SIDE) {
    return [];
  }
  const scales = scalesOf(height, width);
  const all = scales.reduce((sum, scale) => sum + scale ** 2, 0);
  const found = [];
  let done = 0;
  for (const scale of scales) {
    const share = scale ** 2 / all;
    const searched = (part) => progress(done + share * part);
    found.push(...(await atScale(network, picture, { scale, coarse: scale < scales[0] }, leastScore, searched)));
    done += share;
  }
  const inside = (value, length) => Math.min(Math.max(value, 0), length);
  const clipped = found.map(({ box: { x1, y1, x2, y2 }, score }) => ({
    box: { x1: inside(x1, width), y1: inside(y1, height), x2: inside(x2, width), y2: inside(y2, height) },
    score,
  }));
  return suppress(clipped.filter(({ box: { x1, y1, x2, y2 } }) => Math.min(x2 - x1, y2 - y1) >= LEAST_SIDE));
}

/** At which scales a picture is looked at, the finest first. */
export function scalesOf(height, width) {
  const enlarged = Math.min(MOST, Math.sqrt(ENOUGH_PIXELS / (height * width)));
  const scales = [enlarged >= WORTH_WHILE ? enlarged : 1];
  while (Math.min(height, width) * scales.at(-1) > LARGEST) {
    scales.push(scales.at(-1) * COARSER);
  }
  return scales;
}

async function atScale(network, picture, { scale, coarse }, leastScore, searched) {
  const [width, height] = [picture.width, picture.height].map((side) => Math.max(1, roundHalfEven(side * scale)));
  const scaled = scale === 1 ? picture : (scale < 1 ? shrink : enlarge)(picture, width, height);
  const tiles = tilesOf(scaled.height, scaled.width);
  const found = [];
  for (const [number, tile] of tiles.entries()) {
    searched(number / tiles.length);
    found.push(...(await inTile(network, scaled, tile, leastScore)));
  }
  return found
    .filter(({ box }) => !coarse || longerSide(box) > COARSE_BOX)
    .map(({ box: { x1, y1, x2, y2 }, score }) => ({ box: { x1: x1 / scale, y1: y1 / scale, x2: x2 / scale, y2: y2 / scale }, score }));
}

/** The boxes in pixels of the whole picture, those that the tile owns. */
async function inTile(network, picture, { across, down, whole }, leastScore) {
  const [width, height] = [padded(across.length), padded(down.length)];
  const part = cutPadded(picture, { x: across.start, y: down.start, width: across.length, height: down.length }, { width, height }, GREY);
  const found = toBoxes(await network(part, height, width), height, width, leastScore);
  const [left, top] = [across.start, down.start];
  const moved = found.map(({ box: { x1, y1, x2, y2 }, score }) => ({ box: { x1: x1 + left, y1: y1 + top, x2: x2 + left, y2: y2 + top }, score }));
  const isOwned = (box) => {
    const [x, y] = [(box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2];
    return x > across.low && x < across.high && y > down.low && y < down.high && longerSide(box) <= LONGEST_BOX;
  };
  return whole ? moved : moved.filter(({ box }) => isOwned(box));
}

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
  return best(found).slice(0, MOST_BOXES);
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
  for (const one of best(found).slice(0, MOST_BOXES)) {
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

function longerSide({ x1, y1, x2, y2 }) {
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
function overlap(one, other) {
  const shared = common(one, other);
  return shared / (area(one) + area(other) - shared);
}

function roundHalfEven(value) {
  const rounded = Math.round(value);
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
