// What an answer is called in words: how sure, and what to do about it. Pure, so that tests can ask it anything.

// Below these the network plainly hesitates. They choose words, they promise no accuracy.
const SURE = 0.9;
const HESITANT = 0.5;
// Of GTSRB's 39,209 training images the smallest sign is 15 pixels long, the smallest image 25, the largest 243.
const SMALLEST_SIGN = 15;
const SMALLEST_CROP = 25;
const LARGEST_CROP = 243;

/** A share in words that no line break parts: none is 0 % or 100 %. @param {number} probability 0 to 1. */
export function percent(probability) {
  const rounded = (probability * 100).toFixed(1);
  const words = probability > 0.999 ? "> 99.9 %" : probability < 0.001 ? "< 0.1 %" : `${rounded} %`;
  return words.replaceAll(" ", "\u00a0");
}

/** One or two sentences on how far the first answer can be believed. */
export function certainty(top) {
  const [best, second] = top;
  if (best.probability >= SURE) {
    return `The network sees little else (${percent(best.probability)}). It can be sure and wrong: compare the drawing with your picture.`;
  }
  if (best.probability >= HESITANT) {
    return `Uncertain (${percent(best.probability)}): it may also be “${second.name}” (${percent(second.probability)}). Compare the drawings.`;
  }
  return `Very uncertain: no sign stands out, this one has ${percent(best.probability)}. Do not rely on it. A closer or sharper picture, or a box close around the sign, may help.`;
}

/** What about the picture itself makes an answer doubtful; empty if nothing. */
export function doubts({ width, height }, box) {
  const [across, down] = box ? [box.x2 - box.x1, box.y2 - box.y1] : [width, height];
  const side = Math.max(across, down);
  const smallest = box ? SMALLEST_SIGN : SMALLEST_CROP;
  if (side < smallest) {
    return `Only ${across} × ${down} pixels: it learned from none below ${smallest}. Take a closer picture.`;
  }
  if (!box && side > LARGEST_CROP) {
    return "The whole picture was taken for one sign. If the sign is only a part of it, put a box around the sign.";
  }
  return "";
}
