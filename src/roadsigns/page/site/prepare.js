// The preparations "box" and "stretched-box" in JavaScript: from a picture to the network's input.
// A port of src/roadsigns/preprocessing/prepare.py and crop_transform.py; tests/page/test_prepare.py compares the two.

import { repairCrop } from "./defective_pixels.js";

const GTSRB_MARGIN = 0.1;
const GTSRB_MARGIN_PIXELS = 5;
const LARGEST_STEP = 2;

/**
 * Turn a picture into the network's input.
 * @param {{data: Uint8ClampedArray, width: number, height: number}} image RGBA; alpha is ignored.
 * @param {?{x1: number, y1: number, x2: number, y2: number}} box The sign in pixels, x2 and y2 exclusive; null for the whole picture.
 * @param {{image_size: number, margin: number, preparation: string}} settings The model's.
 * @returns {Uint8Array} RGB, image_size * image_size * 3.
 */
export function prepare(image, box, { image_size, margin, preparation }) {
  let crop = cropTransform(image, box, { imageSize: image_size, margin, stretch: preparation === "stretched-box" });
  image = repairCrop(image, crop, image_size);
  while (Math.max(crop.stepX, crop.stepY) >= LARGEST_STEP && Math.min(image.width, image.height) >= LARGEST_STEP) {
    image = halve(image);
    crop = { stepX: crop.stepX / 2, stepY: crop.stepY / 2, x: crop.x / 2 - 0.25, y: crop.y / 2 - 0.25 };
  }
  return resample(image, crop, image_size);
}

/** The transform that centres a sign's box: output pixel (i, j) shows the point (x + i stepX, y + j stepY). */
function cropTransform({ width, height }, box, { imageSize, margin, stretch }) {
  let [left, across] = inner(width);
  let [top, down] = inner(height);
  if (box) {
    [left, top, across, down] = [box.x1, box.y1, box.x2 - box.x1, box.y2 - box.y1];
  }
  const [middleX, middleY] = [left + across / 2, top + down / 2];
  if (!stretch) {
    across = down = Math.max(across, down);
  }
  const [sideX, sideY] = [(1 + 2 * margin) * across, (1 + 2 * margin) * down];
  const [stepX, stepY] = [sideX / imageSize, sideY / imageSize];
  return { stepX, stepY, x: middleX - sideX / 2 + stepX / 2 - 0.5, y: middleY - sideY / 2 + stepY / 2 - 0.5 };
}

/** Where a sign begins and how long it is in an image with this side, by GTSRB's rule for borders. */
function inner(side) {
  const bordered = Math.min(side / (1 + 2 * GTSRB_MARGIN), side - 2 * GTSRB_MARGIN_PIXELS);
  const length = Math.max(bordered, side / 2);
  return [(side - length) / 2, length];
}

/** Halve an image: means of two by two pixels, rounded half up; an odd last row or column is left out. */
export function halve({ data, width, height }) {
  const [across, down] = [width >> 1, height >> 1];
  const half = new Uint8ClampedArray(across * down * 4);
  for (let y = 0; y < down; y++) {
    for (let x = 0; x < across; x++) {
      const from = (2 * y * width + 2 * x) * 4;
      const to = (y * across + x) * 4;
      for (let channel = 0; channel < 4; channel++) {
        const above = data[from + channel] + data[from + 4 + channel];
        const below = data[from + width * 4 + channel] + data[from + width * 4 + 4 + channel];
        half[to + channel] = (above + below + 2) >> 2;
      }
    }
  }
  return { data: half, width: across, height: down };
}

/**
 * Bilinear, the edge repeated outside. In float32, rounded where OpenCV's warpAffine rounds on a CPU that multiplies and
 * adds in one step: columns and levels once, rows twice. So it agrees to the last bit there, to one level elsewhere.
 */
function resample({ data, width, height }, crop, imageSize) {
  const { fround } = Math;
  const [stepX, stepY, x, y] = [crop.stepX, crop.stepY, crop.x, crop.y].map(fround);
  const outputs = Array.from({ length: imageSize }, (_, index) => index);
  const columns = outputs.map((index) => neighbours(fround(stepX * index + x), width));
  const rows = outputs.map((index) => neighbours(fround(fround(stepY * index) + y), height));
  const between = (one, other, share) => fround(one + share * fround(other - one));
  const out = new Uint8Array(imageSize * imageSize * 3);
  let to = 0;
  for (const row of rows) {
    for (const column of columns) {
      for (let channel = 0; channel < 3; channel++) {
        const level = (y, x) => data[(y * width + x) * 4 + channel];
        const upper = between(level(row.first, column.first), level(row.first, column.second), column.share);
        const lower = between(level(row.second, column.first), level(row.second, column.second), column.share);
        out[to++] = roundHalfEven(between(upper, lower, row.share));
      }
    }
  }
  return out;
}

/** The two pixels that a point lies between, clamped to the picture, and its fraction of the way to the second. */
function neighbours(point, length) {
  const inside = (position) => Math.min(Math.max(position, 0), length - 1);
  const first = Math.floor(point);
  return { first: inside(first), second: inside(first + 1), share: Math.fround(point - first) };
}

function roundHalfEven(value) {
  const down = Math.floor(value);
  const rest = value - down;
  if (rest !== 0.5) {
    return rest < 0.5 ? down : down + 1;
  }
  return down % 2 === 0 ? down : down + 1;
}
