// Parts of a picture that the detector looks at, in few sizes. A port of src/roadsigns/detection/tiles.py.

// Of tiles, in pixels, divisible by 32.
const SIDES = [
  ...[32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448, 480, 544, 608, 672, 736, 800, 896, 992, 1088],
  ...[1184, 1280, 1376, 1536, 1664, 1792, 1920],
];
const LARGEST_TILE = SIDES.at(-1);
const OVERLAP = 256;
const SLACK = 16;
// Boxes up to this side are seen whole by the tile that owns them.
export const LONGEST_BOX = OVERLAP - 2 * SLACK;

/**
 * The tiles of a picture, row by row: the picture itself if no side is too long.
 * @returns {{across: object, down: object, whole: boolean}[]} Along x and along y: where a tile starts, its length, and
 *   between what the boxes have their middle that it owns.
 */
export function tilesOf(height, width) {
  const [rows, columns] = [spans(height), spans(width)];
  const whole = rows.length === 1 && columns.length === 1;
  return rows.flatMap((down) => columns.map((across) => ({ across, down, whole })));
}

/** The least side of a tile that holds so many pixels. */
export function padded(side) {
  return SIDES.find((each) => each >= side);
}

function spans(length) {
  if (length <= LARGEST_TILE) {
    return [{ start: 0, length, low: -Infinity, high: Infinity }];
  }
  const count = Math.ceil((length - OVERLAP) / (LARGEST_TILE - OVERLAP));
  const side = padded(Math.ceil((length + (count - 1) * OVERLAP) / count));
  const starts = Array.from({ length: count }, (_, number) => Math.floor((number * (length - side)) / (count - 1)));
  const border = (number) => (starts[number] + side + starts[number + 1]) / 2;
  return starts.map((start, number) => ({
    start,
    length: side,
    low: number === 0 ? -Infinity : border(number - 1) - SLACK,
    high: number === count - 1 ? Infinity : border(number) + SLACK,
  }));
}
