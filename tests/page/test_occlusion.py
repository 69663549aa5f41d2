"""Occlusion in the browser gives the numbers of Python's."""

import numpy as np
import pytest

from roadsigns.explanation.heat_map import scaled
from roadsigns.explanation.occlusion import occlusion_evidence, patches

# A network that both sides compute alike: two classes, by the weighted sum of all levels.
ASK = """async ({ prepared, size, weights, classId }) => {
  const { occlusionMap } = await import(new URL("page/occlusion.js", location));
  const [calls, done] = [[], []];
  const network = async (crops, count) => {
    calls.push(count);
    const probabilities = new Float32Array(2 * count);
    for (let number = 0; number < count; number++) {
      let sum = 0;
      for (let at = 0; at < weights.length; at++) sum += weights[at] * crops[number * weights.length + at];
      probabilities[2 * number] = 1 / (1 + Math.exp(-sum));
      probabilities[2 * number + 1] = 1 - probabilities[2 * number];
    }
    return probabilities;
  };
  const values = await occlusionMap(network, Uint8Array.from(prepared), size, classId, (share) => done.push(share));
  return { values: [...values], calls, done };
}"""
PATCHES = """async (sizes) => {
  const { patches } = await import(new URL("page/occlusion.js", location));
  return sizes.map((size) => patches(size)).map(({ corners, side }) => [corners, side]);
}"""


@pytest.mark.parametrize("size", [8, 30, 48])
@pytest.mark.parametrize("class_id", [0, 1])
def test_map_is_that_of_python(phone, size, class_id):
    """Of one network, for each class, at sizes that the patches divide and do not."""
    rng = np.random.default_rng(size)
    prepared = rng.integers(0, 256, (size, size, 3), np.uint8)
    weights = rng.normal(size=(size, size, 3)) / (100 * size)

    def outputs(crops):
        sums = (crops * weights).sum(axis=(1, 2, 3))
        return np.stack([1 / (1 + np.exp(-sums)), 1 / (1 + np.exp(sums))], axis=1).astype(np.float32)

    values = {"prepared": prepared.ravel().tolist(), "weights": weights.ravel().tolist()}
    ours = phone.evaluate(ASK, {**values, "size": size, "classId": class_id})

    expected = scaled(occlusion_evidence(outputs, prepared, class_id, num_classes=2))
    np.testing.assert_allclose(np.reshape(ours["values"], (size, size)), expected, atol=1e-4)
    assert sum(ours["calls"]) == 202
    assert max(ours["calls"]) <= 16
    assert ours["done"][-1] == 1


def test_patches_are_those_of_python(phone):
    """For every size that a network may have."""
    sizes = list(range(1, 130))

    assert phone.evaluate(PATCHES, sizes) == [[list(corners), side] for corners, side in map(patches, sizes)]
