// What decided, by occlusion: what a patch of the image adds when it is shown alone, and takes away when it alone is hidden.
// A port of src/roadsigns/explanation/occlusion.py; tests/page/test_occlusion.py compares the two.

const GRID = 10;
const PATCH = 1 / 4;
// Standard deviation of the blur that hides, as a fraction of the side.
const BLUR = 1 / 6;
const SMALLEST_PROBABILITY = 1e-30;
const CHANNELS = 3;
// Copies in one run of the network, after which the page is drawn.
const BATCH = 16;

/**
 * How much each pixel supports a class.
 * @param {(crops: Uint8Array, count: number) => Promise<Float32Array>} network Maps copies of the image to the probabilities of
 *   all classes, one after the other.
 * @param {Uint8Array} prepared The image as the network sees it: RGB, size * size * 3.
 * @param {number} size
 * @param {number} classId
 * @param {(share: number) => void} progress Called with the share that is done, 0 to 1.
 * @returns {Promise<Float32Array>} size * size, 0 to 1: 1 for the pixels that speak most for the class. All 0 where nothing does.
 */
export async function occlusionMap(network, prepared, size, classId, progress = () => {}) {
  const copies = occluded(prepared, size);
  const odds = [];
  for (let start = 0; start < copies.length; start += BATCH) {
    const some = copies.slice(start, start + BATCH);
    const crops = new Uint8Array(some.length * prepared.length);
    some.forEach((copy, number) => crops.set(copy, number * prepared.length));
    const probabilities = await network(crops, some.length);
    const classes = probabilities.length / some.length;
    for (let number = 0; number < some.length; number++) {
      odds.push(logOdds(probabilities.subarray(number * classes, (number + 1) * classes), classId));
    }
    progress(odds.length / copies.length);
  }
  return scaled(meanOverPatches(odds, size));
}

/** Where the patches begin along one side, and how long they are. */
export function patches(size) {
  const side = Math.max(1, roundHalfEven(size * PATCH));
  const corner = (place) => Math.trunc((place + 0.5) * size / GRID - side / 2 + 0.5);
  return { side, corners: Array.from({ length: GRID }, (_, place) => Math.min(Math.max(corner(place), 0), size - side)) };
}

/** The image, a blurred copy, the image with each patch hidden, and each patch shown alone; row by row. */
function occluded(prepared, size) {
  const blur = blurred(prepared, size);
  const places = placesOf(size);
  return [prepared, blur, ...places.map((place) => withPatch(prepared, blur, place, size)), ...places.map((place) => withPatch(blur, prepared, place, size))];
}

/** Blurred by a Gaussian; at the edges by what there is of it. */
function blurred(prepared, size) {
  const weights = Array.from({ length: size }, (_, middle) => {
    const row = Float64Array.from({ length: size }, (_, place) => Math.exp(-(((middle - place) / (size * BLUR)) ** 2) / 2));
    const sum = row.reduce((total, weight) => total + weight, 0);
    return row.map((weight) => weight / sum);
  });
  const along = (levels, step, line) => {
    const out = new Float64Array(levels.length);
    for (let other = 0; other < size; other++) {
      for (let place = 0; place < size; place++) {
        for (let channel = 0; channel < CHANNELS; channel++) {
          const start = other * line + channel;
          out[start + place * step] = weights[place].reduce((sum, weight, from) => sum + weight * levels[start + from * step], 0);
        }
      }
    }
    return out;
  };
  const [pixel, row] = [CHANNELS, CHANNELS * size];
  return Uint8Array.from(along(along(prepared, pixel, row), row, pixel), (level) => Math.floor(level + 0.5));
}

function placesOf(size) {
  const { corners, side } = patches(size);
  return corners.flatMap((top) => corners.map((left) => ({ top, left, side })));
}

/** A copy of one image with a patch of another. */
function withPatch(image, other, { top, left, side }, size) {
  const copy = image.slice();
  for (let y = top; y < top + side; y++) {
    const [from, to] = [(y * size + left) * CHANNELS, (y * size + left + side) * CHANNELS];
    copy.set(other.subarray(from, to), from);
  }
  return copy;
}

/** log(p / (1 - p)); 1 - p is the sum of the others. */
function logOdds(probabilities, classId) {
  if (probabilities.length === 1) {
    return 0;
  }
  const others = probabilities.reduce((sum, share, index) => (index === classId ? sum : sum + share), 0);
  return Math.log(Math.max(probabilities[classId], SMALLEST_PROBABILITY)) - Math.log(Math.max(others, SMALLEST_PROBABILITY));
}

/** The mean of what patches take away and add, weighted by how near a pixel is to their middles. */
function meanOverPatches(odds, size) {
  const [evidence, weights] = [new Float64Array(size * size), new Float64Array(size * size)];
  const [whole, empty, ...rest] = odds;
  const ramp = (place, side) => Math.min(place + 1, side - place);
  placesOf(size).forEach(({ top, left, side }, number) => {
    const value = (whole - rest[number] + rest[GRID * GRID + number] - empty) / 2;
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const weight = ramp(y, side) * ramp(x, side);
        evidence[(top + y) * size + left + x] += value * weight;
        weights[(top + y) * size + left + x] += weight;
      }
    }
  });
  return evidence.map((sum, index) => sum / weights[index]);
}

function scaled(evidence) {
  const largest = evidence.reduce((most, value) => Math.max(most, value), 0);
  return Float32Array.from(evidence, (value) => (largest > 0 ? Math.max(value, 0) / largest : 0));
}

/** As Python rounds. */
function roundHalfEven(value) {
  const down = Math.floor(value);
  return value - down === 0.5 ? down + (down % 2) : Math.round(value);
}
