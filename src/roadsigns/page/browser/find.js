// From a picture to the boxes of its signs, at several scales and in tiles; of boxes that show the same sign the best is kept.
// A port of src/roadsigns/detection/find.py; tests/page/test_find.py compares the two.

import { longerSide, roundHalfEven, suppress, toBoxes } from "./boxes.js";
import { cutPadded, enlarge, shrink } from "./resize.js";
import { MIN_FIRST_SCORE, lookAgain } from "./second_look.js";
import { LONGEST_BOX, padded, tilesOf } from "./tiles.js";

const GREY = 114;
// Pictures of fewer pixels are enlarged to as many, but at most twice, and not by less than is worth it.
const [ENOUGH_PIXELS, MOST, WORTH_WHILE] = [1360 * 800, 2, 1.25];
// From one scale to the next, until the shorter side is no longer than `LARGEST`.
const [COARSER, LARGEST] = [0.35, 320];
// At a coarser scale, boxes of fewer pixels are left to the finer ones.
const COARSE_BOX = 64;
const MIN_SIDE = 4;

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
  if (Math.min(width, height) < MIN_SIDE) {
    return [];
  }
  const scales = scalesOf(height, width);
  const leastFirst = Math.min(leastScore, MIN_FIRST_SCORE);
  const all = scales.reduce((sum, scale) => sum + scale ** 2, 0);
  const found = [];
  let done = 0;
  for (const scale of scales) {
    const share = scale ** 2 / all;
    const searched = (part) => progress(done + share * part);
    found.push(...(await atScale(network, picture, { scale, coarse: scale < scales[0] }, leastFirst, searched)));
    done += share;
  }
  const first = signsOf(picture, found);
  return signsOf(picture, await lookAgain(network, picture, first)).filter(({ score }) => score >= leastScore);
}

/** Boxes cut to the picture, and of those that show the same sign the best. */
function signsOf({ width, height }, found) {
  const inside = (value, length) => Math.min(Math.max(value, 0), length);
  const clipped = found.map(({ box: { x1, y1, x2, y2 }, score }) => ({
    box: { x1: inside(x1, width), y1: inside(y1, height), x2: inside(x2, width), y2: inside(y2, height) },
    score,
  }));
  return suppress(clipped.filter(({ box: { x1, y1, x2, y2 } }) => Math.min(x2 - x1, y2 - y1) >= MIN_SIDE));
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
