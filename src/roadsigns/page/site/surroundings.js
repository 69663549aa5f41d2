// The part of a picture that the result for a box depends on.

// Background around a box, as a fraction of its longer side: half a side for a box without width, plus the largest
// margin that a recipe may have.
const SURROUNDINGS = 1.5;
// A part that starts at a multiple of this is halved into the same pixels as the whole picture.
const ALIGNMENT = 64;

/** Where a box with its surroundings is. */
export function surroundings({ x1, y1, x2, y2 }, { width, height }) {
  const around = SURROUNDINGS * Math.max(x2 - x1, y2 - y1);
  const aligned = (position) => Math.max(0, Math.floor((position - around) / ALIGNMENT) * ALIGNMENT);
  const [x, y] = [aligned(x1), aligned(y1)];
  const end = (position, length) => Math.min(length, Math.ceil(position + around) + ALIGNMENT);
  return { x, y, width: end(x2, width) - x, height: end(y2, height) - y };
}

/** A box in a part of its picture. */
export function moved({ x1, y1, x2, y2 }, { x, y }) {
  return { x1: x1 - x, y1: y1 - y, x2: x2 - x, y2: y2 - y };
}
