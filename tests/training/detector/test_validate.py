"""What is measured on scenes that were held out."""

import numpy as np
import pytest
from PIL import Image

from roadsigns.datasets.scenes import Scene, SceneSign
from roadsigns.errors import ImageError
from roadsigns.training.detector.validate import HeldOutScenes, measure
from roadsigns.types import Box


@pytest.fixture
def held_out(tmp_path):
    """Four scenes; in the second the sign is to be ignored, the last does not decode."""
    scenes = []
    for number in range(4):
        path = tmp_path / f"{number}.png"
        Image.fromarray(np.full((60, 90, 3), number, np.uint8)).save(path)
        scenes.append(Scene(path, (SceneSign(Box(10, 10, 30, 30), 1, "a sign", ignored=number == 1),)))
    scenes[3].path.write_bytes(b"no picture")
    return HeldOutScenes(scenes, [0, 0, 1, 1])


def test_found_missed_and_ignored_signs_count_as_they_should(held_out):
    """The sign of the first scene is found; in the third something else is. A box without area is nothing."""

    def find(image):
        number = int(image[0, 0, 0])
        boxes = {0: [[10, 10, 30, 30], [5, 5, 5, 9]], 1: [[11, 10, 30, 30]], 2: [[50, 30, 80, 50]]}[number]
        return np.array(boxes, np.float32), np.full(len(boxes), 0.9, np.float32)

    metrics = measure(find, held_out)

    assert (metrics.images, metrics.finding.signs, metrics.finding.ignored) == (3, 2, 1)
    assert metrics.finding.ap50.value == pytest.approx(51 / 101)


def test_a_single_scene_that_does_not_decode_is_an_error(held_out):
    """Nothing would be left to measure."""
    with pytest.raises(ImageError):
        measure(lambda _: (np.zeros((0, 4)), np.zeros(0)), HeldOutScenes(held_out.scenes[3:], [0]))
