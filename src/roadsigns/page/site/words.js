// How certain a result is, in words, and what may be wrong with the picture. The only place with such thresholds.
// Pure functions, so that tests can call them.

// Probabilities that choose the words; they promise no accuracy.
const CONFIDENT = 0.9;
const LIKELY = 0.5;
// In GTSRB's 39,209 training images, the longer side of the smallest sign has 15 pixels, of the smallest image 25, of the
// largest image 243.
const SMALLEST_SIGN = 15;
const SMALLEST_CROP = 25;
const LARGEST_CROP = 243;

/** A probability from 0 to 1 as a percentage without line breaks, never 0 % or 100 %. */
export function percent(probability) {
  const rounded = (probability * 100).toFixed(1);
  const words = probability > 0.999 ? "> 99.9 %" : probability < 0.001 ? "< 0.1 %" : `${rounded} %`;
  return words.replaceAll(" ", "\u00a0");
}

// By the kinds of unknown.
const UNKNOWN = {
  prohibition: "It looks like another prohibition sign.",
  danger: "It looks like another danger sign.",
  mandatory: "It looks like another mandatory sign.",
  "other sign": "It looks like a sign of another kind.",
  "no sign": "There seems to be no sign here.",
};
// More names than these make no title.
const NAMED = 3;

/** The name of the sign, those of the few that it may be, or that it is unknown. */
export function title({ top, decision, candidates }) {
  if (decision === "unknown") {
    return "Not a sign that I know";
  }
  if (decision === "uncertain") {
    return candidates.length > NAMED ? `One of ${candidates.length} signs` : either(candidates);
  }
  return top[0].name;
}

/** The name of a sign beside others on a picture; empty where it has none. */
export function shortTitle({ top, decision }) {
  return decision === "unknown" ? "" : decision === "uncertain" ? `${top[0].name}?` : top[0].name;
}

/** How sure it is that a sign was found, and what its name is worth. */
export function foundCertainty({ score: found, prediction: { decision, unknownKind } }) {
  const kind = unknownKind ? ` (${unknownKind})` : "";
  return `${decision ? `${decision}${kind}, ` : ""}detector’s score ${found.toFixed(2)}`;
}

/** How many signs were found, and what to do then. */
export function foundWords(signs) {
  if (signs.length === 0) {
    return "No sign found. If one was overlooked, or fills the picture, choose “one sign”.";
  }
  const counts = ["known", "uncertain", "unknown"]
    .map((decision) => [signs.filter(({ prediction }) => prediction.decision === decision).length, decision])
    .filter(([count]) => count > 0);
  const parts = counts.length > 0 && signs.length > 1 ? `: ${counts.map((part) => part.join(" ")).join(", ")}` : "";
  return `${signs.length} ${signs.length === 1 ? "sign" : "signs"} found${parts}.${signs.length > 1 ? " Choose one to see more." : ""}`;
}

/** What the model has decided, in the words of every other output; empty where it does not decide. */
export function verdict({ decision, knownScore, unknownKind }) {
  const kind = unknownKind ? ` (${unknownKind})` : "";
  return decision ? `Decision: ${decision}${kind}. Known score: ${score(knownScore)}.` : "";
}

/** How a model decides that a picture is unknown; the end of a sentence about the signs that it knows. */
export function limits(threshold) {
  return `and gives a known score from 0 to 1: how sure it is that the picture shows one of them. Below ${score(threshold)} it calls the picture unknown. It can be wrong in both ways.`;
}

/** A known score or a threshold, with more digits near 1, where most are; never 0 or 1, which would be certain. */
function score(value) {
  return value > 0.999999 ? "> 0.999999" : value < 0.001 ? "< 0.001" : String(Number(value.toFixed(value < 0.99 ? 3 : 6)));
}

function either(signs) {
  return new Intl.ListFormat("en-GB", { type: "disjunction" }).format(signs.map(({ name }) => `“${name}”`));
}

/** How reliable the result is, in one or two sentences. */
export function certainty({ top, decision, unknownKind, candidates }) {
  const [best, second] = top;
  if (decision === "unknown") {
    return `${UNKNOWN[unknownKind]} If it is one of those below after all, a closer or sharper picture, or a box close around the sign, may help.`;
  }
  if (decision === "uncertain") {
    const names = candidates.length > NAMED ? `: “${candidates.map(({ name }) => name).join("”, “")}”` : "";
    return `Uncertain: the picture does not show clearly which of these it is${names}. Compare the drawings.`;
  }
  if (best.probability >= CONFIDENT) {
    return `Confident (${percent(best.probability)}). It can still be wrong: compare the drawing with your picture.`;
  }
  if (decision === "known") {
    return `Taken for this sign, though its probability is only ${percent(best.probability)}: it may also be “${second.name}” (${percent(second.probability)}). Compare the drawings.`;
  }
  if (best.probability >= LIKELY) {
    return `Not sure (${percent(best.probability)}): it may also be “${second.name}” (${percent(second.probability)}). Compare the drawings.`;
  }
  return `Far from sure: no sign stands out, and this one has only ${percent(best.probability)}. Do not rely on it. A closer or sharper picture, or a box close around the sign, may help.`;
}

/** What about the picture makes a result doubtful; empty if nothing. */
export function doubts({ width, height }, box) {
  const [across, down] = box ? [box.x2 - box.x1, box.y2 - box.y1] : [width, height];
  const side = Math.max(across, down);
  const smallest = box ? SMALLEST_SIGN : SMALLEST_CROP;
  if (side < smallest) {
    return `Only ${across} × ${down} pixels: smaller than any ${box ? "sign" : "image"} that the model was trained on. Take a closer picture.`;
  }
  if (!box && side > LARGEST_CROP) {
    return "The whole picture was treated as one sign. If the sign is only part of it, put a box around the sign.";
  }
  return "";
}
