"""Heat maps tell what decided: hiding what is hot misleads the network, and showing it is enough."""

import cv2
import numpy as np
import pytest

from roadsigns.explanation.explain import explain
from roadsigns.explanation.faithfulness import faithfulness

RANDOM_MAPS = 4


def random_map(side, seed, smoothing):
    """Noise, as coarse as heat maps are or as fine as pixels."""
    noise = np.random.default_rng(seed).normal(size=(side, side)).astype(np.float32)
    return cv2.GaussianBlur(noise, (0, 0), smoothing) if smoothing else noise


@pytest.mark.parametrize("engine", ["tiny", "tiny_in_keras"])
def test_maps_beat_random_ones_by_deletion_and_insertion(engine, tiny, drawn_signs, request):
    """On drawn signs, by far: of coarse and of fine random maps alike. One engine scores all."""
    explained = request.getfixturevalue(engine)
    ours, random = [], {0: [], 3: []}
    for number, crop in enumerate(drawn_signs):
        heat_map = explain(explained, crop)
        ours.append(faithfulness(tiny, crop, heat_map.values, heat_map.class_id))
        for smoothing, scores in random.items():
            values = random_map(len(crop), number, smoothing)
            scores.append(faithfulness(tiny, crop, values, heat_map.class_id))

    assert len(drawn_signs) >= 9
    deletion, insertion = np.mean(ours, axis=0)
    for scores in random.values():
        assert deletion < np.mean(scores, axis=0)[0] - 0.15
        assert insertion > np.mean(scores, axis=0)[1] + 0.1


def test_scores_are_those_of_pixels_by_heat(corner):
    """The right map of a network that looks at one quarter, its opposite, and the order of equal values."""
    bright = np.full((32, 32, 3), 30, np.uint8)
    bright[:16, :16] = 250
    right = np.zeros((32, 32), np.float32)
    right[:16, :16] = 1

    best = faithfulness(corner, bright, right, 14)
    worst = faithfulness(corner, bright, -right, 14)

    assert best.deletion < worst.deletion
    assert best.insertion > worst.insertion
    assert faithfulness(corner, bright, np.zeros((32, 32), np.float32), 14) == faithfulness(
        corner, bright, -np.arange(32 * 32, dtype=np.float32).reshape(32, 32), 14
    )
