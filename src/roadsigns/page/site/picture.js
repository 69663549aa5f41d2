// From a file to pixels: upright, without transparency, with the pixel values of the file.

import { UserError } from "./user_error.js";

// Some phones allow no larger canvas (iOS: 16.7 million pixels).
const MAX_PIXELS = 16_000_000;
const MAX_BYTES = 100_000_000;
const EXPECTED = "Choose a JPEG, PNG, WebP or PPM picture.";

/**
 * Decode a picture file onto a canvas. Pictures larger than a phone's canvas are scaled down.
 * @param {File} file
 * @param {HTMLCanvasElement} canvas Receives the picture and its size.
 * @throws {UserError} If it is empty, too large, or not a picture that this browser can read.
 */
export async function drawFile(file, canvas) {
  const name = file.name ? `“${file.name}”` : "The file";
  if (file.size === 0) {
    throw new UserError(`${name} is empty. ${EXPECTED}`);
  }
  if (file.size > MAX_BYTES) {
    throw new UserError(`${name} has ${Math.round(file.size / 1e6)} MB; at most ${MAX_BYTES / 1e6} MB can be read. Choose a smaller picture.`);
  }
  const source = (await decodePpm(file)) ?? (await decode(file, name));
  const scale = Math.min(1, Math.sqrt(MAX_PIXELS / (source.width * source.height)));
  canvas.width = Math.max(1, Math.floor(source.width * scale));
  canvas.height = Math.max(1, Math.floor(source.height * scale));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  // Transparent pixels are put on black, as everywhere in roadsigns.
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
  source.close();
  if (Math.min(canvas.width, canvas.height) < 2) {
    throw new UserError(`${name} has ${canvas.width} × ${canvas.height} pixels; it needs at least 2 × 2. Choose a larger picture.`);
  }
}

async function decode(file, name) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image", colorSpaceConversion: "none" });
  } catch {
    throw new UserError(`${name} is not a picture that this browser can read, or it is damaged. ${EXPECTED}`);
  }
}

/** GTSRB's own format, binary PPM with 8 bits per channel, which no browser reads. Null for anything else. */
async function decodePpm(file) {
  const start = new TextDecoder("latin1").decode(await file.slice(0, 1000).arrayBuffer());
  const header = /^P6(?:\s|#[^\n]*\n)+(\d{1,5})(?:\s|#[^\n]*\n)+(\d{1,5})(?:\s|#[^\n]*\n)+255\s/.exec(start);
  if (!header) {
    return null;
  }
  const [width, height] = [Number(header[1]), Number(header[2])];
  const levels = new Uint8Array(await file.slice(header[0].length).arrayBuffer());
  if (width * height === 0 || levels.length < width * height * 3) {
    throw new UserError(`“${file.name}” is incomplete: it has too few bytes for ${width} × ${height} pixels. Download it again.`);
  }
  const pixels = new ImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    pixels.data.set([levels[pixel * 3], levels[pixel * 3 + 1], levels[pixel * 3 + 2], 255], pixel * 4);
  }
  return createImageBitmap(pixels);
}
