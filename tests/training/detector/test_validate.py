"""What is measured on scenes that were held out."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from roadsigns.datasets.scenes import Scene, SceneFold, SceneSign
from roadsigns.errors import ImageError
from roadsigns.training.detector.validate import HeldOutScenes, measure
from roadsigns.types import Box

UNDECODED = [Scene(Path("none.png"))]


@pytest.fixture
def held_out(tmp_path):
    """Three scenes; in the second the sign is to be ignored."""
    scenes = []
    for number in range(3):
        path = tmp_path / f"{number}.png"
        Image.fromarray(np.full((60, 90, 3), number, np.uint8)).save(path)
        scenes.append(Scene(path, (SceneSign(Box(10, 10, 30, 30), 1, "a sign", ignored=number == 1),)))
    return HeldOutScenes(scenes, [0, 0, 1])


def test_found_missed_and_ignored_signs_count_as_they_should(held_out):
    """The sign of the first scene is found; in the third something else is. A box without area is nothing."""

    def find(image):
        number = int(image[0, 0, 0])
        boxes = {0: [[10, 10, 30, 30], [5, 5, 5, 9]], 1: [[11, 10, 30, 30]], 2: [[50, 30, 80, 50]]}[number]
        return np.array(boxes, np.float32), np.full(len(boxes), 0.9, np.float32)

    metrics = measure(find, held_out)

    assert (metrics.images, metrics.finding.signs, metrics.finding.ignored) == (3, 2, 1)
    assert metrics.finding.ap50.value == pytest.approx(51 / 101)


def test_a_scene_that_does_not_decode_is_left_out_and_told(held_out, capsys):
    """Before anything is measured, so that pictures and figures are of the same scenes."""
    fold = SceneFold(1, 2, (), (*UNDECODED, *held_out.scenes), (5, *held_out.runs))

    kept = HeldOutScenes.of(fold)

    assert (list(kept.scenes), list(kept.runs)) == (list(held_out.scenes), list(held_out.runs))
    assert "none.png" in capsys.readouterr().err


def test_a_scene_that_no_longer_decodes_is_an_error(held_out):
    """It is not passed over in silence."""
    held_out.scenes[1].path.write_bytes(b"no picture")

    with pytest.raises(ImageError):
        measure(lambda _: (np.zeros((0, 4)), np.zeros(0)), held_out)
