// Pictures made larger or smaller as OpenCV does it; tests/page/test_resize.py compares.

/** Bilinear, half pixels at the edges: OpenCV's INTER_LINEAR. */
export function enlarge(picture, width, height) {
  const columns = linear(picture.width, width);
  const rows = linear(picture.height, height);
  return resampled(picture, columns, rows);
}

/** The mean of the pixels that each new one covers: OpenCV's INTER_AREA. */
export function shrink(picture, width, height) {
  return resampled(picture, covered(picture.width, width), covered(picture.height, height));
}

/**
 * A part of a picture, without alpha, with grey added to the right and below.
 * @param {{x: number, y: number, width: number, height: number}} part
 * @param {{width: number, height: number}} size At least that of the part.
 * @returns {Uint8Array} RGB.
 */
export function cutPadded({ data, width }, part, size, grey) {
  const out = new Uint8Array(size.width * size.height * 3).fill(grey);
  for (let y = 0; y < part.height; y++) {
    let from = ((part.y + y) * width + part.x) * 4;
    let to = y * size.width * 3;
    for (let x = 0; x < part.width; x++, from += 4, to += 3) {
      out[to] = data[from];
      out[to + 1] = data[from + 1];
      out[to + 2] = data[from + 2];
    }
  }
  return out;
}

/**
 * A square out of a picture, grey where it reaches beyond.
 * @param {{left: number, top: number, side: number}} square In whole pixels.
 * @returns {{data: Uint8ClampedArray, width: number, height: number}} RGBA.
 */
export function cutSquare({ data, width, height }, { left, top, side }, grey) {
  const out = new Uint8ClampedArray(side * side * 4).fill(grey);
  const [first, last] = [Math.max(left, 0), Math.min(left + side, width)];
  for (let y = Math.max(top, 0); y < Math.min(top + side, height); y++) {
    const row = data.subarray((y * width + first) * 4, (y * width + last) * 4);
    out.set(row, ((y - top) * side + first - left) * 4);
  }
  return { data: out, width: side, height: side };
}

/** For each new pixel of a side, from which old ones it is mixed: the first one and the shares. */
function linear(from, to) {
  return Array.from({ length: to }, (_, index) => {
    const point = Math.min(Math.max(((index + 0.5) * from) / to - 0.5, 0), from - 1);
    const first = Math.min(Math.floor(point), Math.max(from - 2, 0));
    return { first, shares: from === 1 ? [1] : [1 - (point - first), point - first] };
  });
}

function covered(from, to) {
  const step = from / to;
  return Array.from({ length: to }, (_, index) => {
    const [start, end] = [index * step, Math.min((index + 1) * step, from)];
    const first = Math.floor(start + 1e-9);
    const last = Math.max(Math.ceil(end - 1e-9), first + 1);
    const shares = Array.from({ length: last - first }, (_, place) => Math.min(end, first + place + 1) - Math.max(start, first + place));
    return { first, shares: shares.map((share) => share / (end - start)) };
  });
}

/** Row by row, so that of the rows between only those are in memory that the next one is mixed from. */
function resampled({ data, width }, columns, rows) {
  const across = columns.length;
  const out = new Uint8ClampedArray(across * rows.length * 4);
  const narrowed = new Map();
  const narrow = (y) => {
    if (!narrowed.has(y)) {
      narrowed.set(y, mixedRow(data, y * width * 4, columns));
    }
    return narrowed.get(y);
  };
  rows.forEach(({ first, shares }, row) => {
    for (const y of narrowed.keys()) {
      if (y < first) {
        narrowed.delete(y);
      }
    }
    const lines = shares.map((_, place) => narrow(first + place));
    for (let place = 0, to = row * across * 4; place < across * 4; place++, to++) {
      let sum = 0;
      for (let line = 0; line < lines.length; line++) {
        sum += shares[line] * lines[line][place];
      }
      out[to] = sum;
    }
  });
  return { data: out, width: across, height: rows.length };
}

function mixedRow(data, from, columns) {
  const mixed = new Float32Array(columns.length * 4);
  columns.forEach(({ first, shares }, column) => {
    for (let channel = 0; channel < 4; channel++) {
      let sum = 0;
      for (let place = 0; place < shares.length; place++) {
        sum += shares[place] * data[from + (first + place) * 4 + channel];
      }
      mixed[column * 4 + channel] = sum;
    }
  });
  return mixed;
}
