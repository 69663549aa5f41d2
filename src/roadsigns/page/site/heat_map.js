// A heat map drawn over its sign, and where its heat is in words. Pure functions.
// The drawing is a port of src/roadsigns/explanation/overlay.py; tests/page/test_heat_map.py compares the two.

// RGB, from no heat to the most; those of palette.py.
const HEAT = [[0, 0, 40], [90, 20, 110], [200, 60, 70], [245, 150, 30], [255, 240, 140]];
const [MIN_HEAT, MAX_HEAT] = [0.3, 0.7];
const HOT = 0.5;
const BRIGHTNESS = [0.299, 0.587, 0.114];
const WELL_LIT = 200;
const WHITE = 255;

const PLACES = ["at the upper left", "at the top", "at the upper right", "at the left", "in the middle", "at the right", "at the lower left", "at the bottom", "at the lower right"];
// Words name the hottest places until they hold this share of the heat, and no more than so many.
const [ENOUGH, MAX_PLACES] = [0.6, 3];

/** The sign as the network sees it, each pixel enlarged to scale * scale; dark ones brightened. */
export function signPixels(sign, size, scale) {
  const levels = brightened(sign);
  return painted(size * scale, (x, y) => {
    const from = (Math.floor(y / scale) * size + Math.floor(x / scale)) * 3;
    return levels.subarray(from, from + 3);
  });
}

/**
 * The heat map over the sign.
 * @param {Uint8Array} sign RGB, size * size * 3.
 * @param {Float32Array} values size * size, 0 to 1.
 * @returns {ImageData} Of scale * size pixels a side.
 */
export function heatPixels(sign, values, size, scale) {
  const levels = brightened(sign);
  const side = size * scale;
  const heat = enlarged(values, size, scale);
  const isHot = (x, y) => x < 0 || y < 0 || x >= side || y >= side || heat[y * side + x] >= HOT;
  const isOutline = (x, y) => heat[y * side + x] >= HOT && around((dx, dy) => !isHot(x + dx, y + dy));
  return painted(side, (x, y) => {
    if (isOutline(x, y)) {
      return [WHITE, WHITE, WHITE];
    }
    const from = (Math.floor(y / scale) * size + Math.floor(x / scale)) * 3;
    const grey = BRIGHTNESS.reduce((sum, weight, channel) => sum + weight * levels[from + channel], 0);
    const share = MIN_HEAT + (MAX_HEAT - MIN_HEAT) * heat[y * side + x];
    return colourOf(heat[y * side + x]).map((level) => Math.floor(grey * (1 - share) + level * share + 0.5));
  });
}

/** Where the heat is, in words; empty if there is none. */
export function whereWords(values, size) {
  const shares = new Array(PLACES.length).fill(0);
  values.forEach((value, index) => {
    const [row, column] = [Math.floor(index / size), index % size].map((place) => Math.floor((3 * place) / size));
    shares[3 * row + column] += value;
  });
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (total === 0) {
    return "";
  }
  const order = [...shares.keys()].sort((one, other) => shares[other] - shares[one]);
  const named = [];
  let held = 0;
  for (const place of order.slice(0, MAX_PLACES)) {
    if (held < ENOUGH) {
      named.push(`${PLACES[place]} (${Math.round((100 * shares[place]) / total)}\u00a0%)`);
      held += shares[place] / total;
    }
  }
  return new Intl.ListFormat("en-GB").format(named);
}

function painted(side, colour) {
  const pixels = new ImageData(side, side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      pixels.data.set([...colour(x, y), WHITE], (y * side + x) * 4);
    }
  }
  return pixels;
}

/** Dark signs are multiplied until their 99th percentile is nearly white. */
function brightened(levels) {
  const bright = brightnessOf(levels);
  return bright >= WELL_LIT ? levels : levels.map((level) => Math.min(Math.floor(level * (WELL_LIT / bright)), WHITE));
}

/** Whether a sign is so dark that it is brightened. */
export function isDark(sign) {
  return brightnessOf(sign) < WELL_LIT;
}

/** The 99th percentile of levels. */
function brightnessOf(levels) {
  const sorted = Uint8Array.from(levels).sort();
  const place = 0.99 * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return Math.max(below + (above - below) * (place - Math.floor(place)), 1);
}

/** Bilinear, as OpenCV does it. */
function enlarged(values, size, scale) {
  const side = size * scale;
  const places = Array.from({ length: side }, (_, index) => {
    const point = Math.min(Math.max((index + 0.5) / scale - 0.5, 0), size - 1);
    const first = Math.floor(point);
    return { first, second: Math.min(first + 1, size - 1), share: point - first };
  });
  const heat = new Float32Array(side * side);
  const between = (one, other, share) => one + share * (other - one);
  places.forEach((row, y) => {
    places.forEach((column, x) => {
      const [upper, lower] = [row.first, row.second].map((line) => between(values[line * size + column.first], values[line * size + column.second], column.share));
      heat[y * side + x] = between(upper, lower, row.share);
    });
  });
  return heat;
}

function colourOf(heat) {
  const place = heat * (HEAT.length - 1);
  const first = Math.min(Math.floor(place), HEAT.length - 2);
  return HEAT[first].map((level, channel) => level + (HEAT[first + 1][channel] - level) * (place - first));
}

function around(test) {
  return [-1, 0, 1].some((dy) => [-1, 0, 1].some((dx) => test(dx, dy)));
}
