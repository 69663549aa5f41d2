"""The page that computes in the browser decides as Python does."""

import numpy as np
import pytest

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.inference.decide import DecisionRule, decide
from roadsigns.types import UNKNOWN_KINDS

ASK = """async ({ rows, classes, ...model }) => {
  const { decide } = await import(new URL("page/decide.js", location));
  return rows.map((row) => {
    const [probabilities, unknown] = [row.slice(0, 43), row.slice(43)].map((part) => Float32Array.from(part));
    const { decision, knownScore, unknownKind, candidates } = decide(probabilities, unknown, { classes, ...model });
    return [decision, knownScore, unknownKind, candidates];
  });
}"""


def outputs_of_a_network():
    """Rows of all sorts: one class or several, known or not."""
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.full(43, 0.02), 200)
    unknown = rng.dirichlet(np.full(5, 0.3), 200) * rng.random((200, 1))
    return np.concatenate([probabilities, unknown], axis=1).astype(np.float32)


@pytest.mark.parametrize(("threshold", "quantile"), [(0.5, 0.8), (0.5, None), (None, 0.8), (None, None)])
def test_decisions_are_those_of_python(phone, threshold, quantile):
    """Of the same outputs, with and without thresholds and prediction sets."""
    rows = outputs_of_a_network()
    expected = decide(rows, DecisionRule(GTSRB_CLASSES, UNKNOWN_KINDS, threshold, quantile), top_k=1)

    values = {"rows": rows.tolist(), "classes": list(range(43)), "unknown_kinds": list(UNKNOWN_KINDS)}
    decided = phone.evaluate(ASK, {**values, "threshold": threshold, "quantile": quantile})

    assert decided == [
        [one.decision, pytest.approx(one.known_score), one.unknown_kind, list(one.candidates)] for one in expected
    ]
    if threshold and quantile:
        assert {one.decision for one in expected} == {"known", "uncertain", "unknown"}
