"""Batches of crops: as many as were asked for, the same for the same epoch."""

import numpy as np
import pytest

from roadsigns.augmentation.geometric import Augmentation
from roadsigns.recipe_tables import SceneSettings
from roadsigns.training.detector.batches import SceneBatches
from roadsigns.training.detector.labelled_scene import LabelledScene
from roadsigns.training.detector.scene_crops import SceneCrops


@pytest.fixture
def batches():
    image = np.random.default_rng(0).integers(0, 256, (120, 160, 3), np.uint8)
    scene = LabelledScene(image, np.array([[40, 30, 70, 60]], np.float32), np.array([False]))
    return SceneBatches(SceneCrops([scene], SceneSettings(crop_size=64), Augmentation()), 2, 3, seed=5)


def test_an_epoch_has_as_many_batches_as_it_says(batches):
    made = list(batches.epoch(0))

    assert len(made) == len(batches) == 3
    assert {images.shape for images, _ in made} == {(2, 64, 64, 3)}
    assert batches.waiting.making_seconds > 0


def test_an_epoch_is_the_same_again_and_another_is_not(batches):
    """So that a resumed run sees what it would have seen."""
    first, again, other = (next(iter(batches.epoch(number)))[0] for number in (1, 1, 2))

    np.testing.assert_array_equal(first, again)
    assert (first != other).any()
