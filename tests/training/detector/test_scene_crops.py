"""Random crops of street scenes to train on."""

import numpy as np
import pytest

from roadsigns.augmentation.geometric import Augmentation
from roadsigns.recipe_tables import SceneSettings
from roadsigns.training.detector.labelled_scene import LabelledScene
from roadsigns.training.detector.scene_crops import SceneCrops

SIDE = 160
RED = (220, 20, 20)


def scene(*boxes, ignored=(), width=480, height=300):
    """A grey street with red signs."""
    image = np.full((height, width, 3), 100, np.uint8)
    for x1, y1, x2, y2 in boxes:
        image[y1:y2, x1:x2] = RED
    marks = np.array([index in ignored for index in range(len(boxes))], bool)
    return LabelledScene(image, np.array(boxes, np.float32).reshape(-1, 4), marks)


def crops(*scenes, augmentation=None):
    return SceneCrops(scenes, SceneSettings(crop_size=SIDE), augmentation or Augmentation(flip_probability=0.5))


def is_red(image, box):
    x1, y1, x2, y2 = (round(edge) for edge in box.tolist())
    patch = image[y1 + 1 : max(y2 - 1, y1 + 2), x1 + 1 : max(x2 - 1, x1 + 2)].reshape(-1, 3).astype(int)
    return (patch[:, 0] > patch[:, 1] + 30).mean() > 0.6


def test_boxes_stay_on_their_signs():
    """Wherever the crop lies, whatever its scale, mirrored or not; moved signs come with a box too."""
    maker, rng, seen = crops(scene((200, 120, 240, 160)), scene((60, 60, 90, 90))), np.random.default_rng(0), 0

    for _ in range(200):
        image, boxes, ignored = maker.crop(rng)
        assert image.shape == (SIDE, SIDE, 3)
        assert (boxes >= 0).all()
        assert (boxes <= SIDE).all()
        for box in boxes[~ignored]:
            seen += 1
            assert is_red(image, box)
    assert seen > 150


def test_a_sign_at_the_edge_is_ignored():
    """Of which less than most is in the crop."""
    maker, rng = crops(scene((0, 0, 60, 60))), np.random.default_rng(1)

    cut = [ignored for image, boxes, ignored in (maker.crop(rng) for _ in range(200)) if len(boxes)]

    assert any(marks.any() for marks in cut)
    assert not all(marks.all() for marks in cut)


def test_ignored_signs_stay_so():
    maker, rng = crops(scene((200, 120, 240, 160), ignored=[0])), np.random.default_rng(2)
    moved_none = [maker.crop(rng) for _ in range(60)]

    assert any(marks.any() for _, _, marks in moved_none)


@pytest.mark.parametrize(
    "scenes", [[scene()], [scene(width=40, height=30)], [scene((5, 5, 35, 25), width=40, height=30)]]
)
def test_scenes_without_signs_and_small_ones_give_crops(scenes):
    maker = crops(*scenes)

    images, targets = maker.batch(6, np.random.default_rng(3))

    assert images.shape == (6, SIDE, SIDE, 3)
    assert targets.shape == (6, len(maker.locations.x), 5)
    assert np.isfinite(images).all()


def test_the_seed_decides_everything():
    """Light, noise and JPEG too."""
    augmentation = Augmentation(
        brightness=0.3, hue_degrees=10, jpeg_probability=0.5, sensor_noise_probability=0.5, exposure_probability=0.5
    )
    maker = crops(scene((200, 120, 240, 160)), augmentation=augmentation)

    first, again, other = (maker.batch(4, np.random.default_rng(seed)) for seed in (0, 0, 1))

    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert not np.array_equal(first[0], other[0])
    assert first[0].dtype == np.float32
    assert 0 <= first[0].min() <= first[0].max() <= 1
