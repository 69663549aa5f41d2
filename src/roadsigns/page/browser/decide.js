// Whether a sign is known, uncertain or unknown: what inference/decide.py does, in this browser. A pure function.

/**
 * @param {Float32Array} probabilities Of each class.
 * @param {Float32Array} unknown The probability of each kind of unknown; empty where the model has none.
 * @param {{classes: object[], unknown_kinds: string[], threshold: ?number, quantile: ?number}} model
 * @returns {{decision: ?string, knownScore: ?number, unknownKind: ?string, candidates: object[]}} See showAnswer.
 */
export function decide(probabilities, unknown, { classes, unknown_kinds: kinds, threshold, quantile }) {
  const candidates = quantile === null ? [] : candidatesOf(probabilities, quantile).map((index) => classes[index]);
  const knownScore = kinds.length > 0 ? Math.max(1 - unknown.reduce((sum, share) => sum + share, 0), 0) : null;
  if (threshold === null) {
    return { decision: null, knownScore, unknownKind: null, candidates };
  }
  if (knownScore < threshold) {
    const unknownKind = kinds[unknown.indexOf(Math.max(...unknown))];
    return { decision: "unknown", knownScore, unknownKind, candidates };
  }
  return { decision: candidates.length > 1 ? "uncertain" : "known", knownScore, unknownKind: null, candidates };
}

/** The classes of the prediction set, best first: all whose probability is near enough to the largest. */
function candidatesOf(probabilities, quantile) {
  const largest = Math.max(...probabilities);
  return [...probabilities.keys()]
    .filter((index) => 1 - probabilities[index] / largest <= quantile)
    .sort((one, other) => probabilities[other] - probabilities[one]);
}
