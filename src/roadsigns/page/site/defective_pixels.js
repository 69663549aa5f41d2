// Defective pixels, such as salt and pepper. A port of src/roadsigns/preprocessing/defective_pixels.py, with its reasons.

const LARGEST_STEP = 8;
const EDGE = 2;
const MIN_SHARE = 0.004;
const FAR = 100;
const MAX_LESSER = 2;
const NEAR = 60;
const COMPANY = 1;
const LINE = 2;
const PASSES = 2;

/**
 * Repair the part of a picture that a crop shows.
 * @param {{data: Uint8ClampedArray, width: number, height: number}} image RGBA; not written to.
 * @param {{stepX: number, stepY: number, x: number, y: number}} crop Output pixel (i, j) shows (x + i stepX, y + j stepY).
 * @param {number} imageSize The side of the crop.
 * @returns {{data: Uint8ClampedArray, width: number, height: number}} The image itself where there is nothing to repair.
 */
export function repairCrop(image, crop, imageSize) {
  if (Math.max(crop.stepX, crop.stepY) >= LARGEST_STEP) {
    return image;
  }
  const [left, right] = shown(crop.x, crop.stepX, imageSize, image.width);
  const [top, bottom] = shown(crop.y, crop.stepY, imageSize, image.height);
  let part = levelsOf(image, left, top, right - left, bottom - top);
  if (!hasDefects(part)) {
    return image;
  }
  for (let pass = 0; pass < PASSES; pass++) {
    part = { ...part, levels: repaired(part) };
  }
  return withLevels(image, part, left, top);
}

/** The first column or row that a crop shows, and the one after its last, with an edge. */
function shown(first, step, imageSize, length) {
  return [Math.max(Math.floor(first) - EDGE, 0), Math.min(Math.ceil(first + (imageSize - 1) * step) + EDGE + 1, length)];
}

/** A part of a picture without alpha: its three channels, one after the other. */
function levelsOf({ data, width }, left, top, across, down) {
  const levels = new Uint8Array(across * down * 3);
  let to = 0;
  for (let channel = 0; channel < 3; channel++) {
    for (let y = top; y < top + down; y++) {
      for (let x = left; x < left + across; x++) {
        levels[to++] = data[(y * width + x) * 4 + channel];
      }
    }
  }
  return { levels, width: across, height: down };
}

/** The picture with another part. */
function withLevels({ data, width, height }, { levels, width: across, height: down }, left, top) {
  const changed = data.slice();
  let from = 0;
  for (let channel = 0; channel < 3; channel++) {
    for (let y = top; y < top + down; y++) {
      for (let x = left; x < left + across; x++) {
        changed[(y * width + x) * 4 + channel] = levels[from++];
      }
    }
  }
  return { data: changed, width, height };
}

function hasDefects(part) {
  if (part.height > 2 && farFromAboveAndBelow(part) <= MIN_SHARE * part.levels.length) {
    return false;
  }
  const far = alone(part, FAR, COMPANY).length;
  return far > MIN_SHARE * part.levels.length && alone(part, NEAR, COMPANY).length < MAX_LESSER * far;
}

/** How many levels are far from the one above and from the one below. */
function farFromAboveAndBelow({ levels, width, height }) {
  let count = 0;
  for (let start = 0; start < levels.length; start += width * height) {
    for (let index = start + width; index < start + width * (height - 1); index++) {
      const steps = [index - width, index + width].map((other) => Math.abs(levels[index] - levels[other]));
      count += Math.min(...steps) > FAR;
    }
  }
  return count;
}

/** The levels that at most `company` of their eight neighbours reach within a distance, on either side, with these neighbours. */
function alone(part, distance, company) {
  const found = [];
  forEachLevel(part, (index, level, neighbours) => {
    let [asHigh, asLow] = [0, 0];
    for (const neighbour of neighbours) {
      asHigh += neighbour >= level - distance;
      asLow += neighbour <= level + distance;
    }
    if (asHigh <= company || asLow <= company) {
      found.push({ index, neighbours: neighbours.slice() });
    }
  });
  return found;
}

/** The levels, with the median of their neighbours in place of those that are alone. */
function repaired(part) {
  const levels = part.levels.slice();
  for (const { index, neighbours } of alone(part, NEAR, LINE)) {
    const ascending = neighbours.sort();
    levels[index] = (ascending[3] + ascending[4]) >> 1;
  }
  return levels;
}

/** Call a function with the index of each level, the level, and its eight neighbours; beyond its edge the part is mirrored. */
function forEachLevel({ levels, width, height }, call) {
  const mirrored = (position, length) => (position < 0 ? -position : position >= length ? 2 * length - 2 - position : position);
  const neighbours = new Uint8Array(8);
  for (let start = 0; start < levels.length; start += width * height) {
    for (let y = 0; y < height; y++) {
      const rows = [-1, 0, 1].map((step) => start + mirrored(y + step, height) * width);
      for (let x = 0; x < width; x++) {
        const [before, after] = [mirrored(x - 1, width), mirrored(x + 1, width)];
        let to = 0;
        for (const row of rows) {
          neighbours[to++] = levels[row + before];
          if (row !== rows[1]) {
            neighbours[to++] = levels[row + x];
          }
          neighbours[to++] = levels[row + after];
        }
        const index = rows[1] + x;
        call(index, levels[index], neighbours);
      }
    }
  }
}
