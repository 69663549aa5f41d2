"""Scenes read into memory, split, and copied with drawn signs in them."""

from pathlib import Path

import numpy as np
import pytest
from fixtures.errors import raises
from PIL import Image

from roadsigns.datasets.scenes import Scene, SceneSet, SceneSign, split_scenes
from roadsigns.errors import DataError, RecipeError
from roadsigns.recipe import load_recipe
from roadsigns.training.detector.load_scenes import fold_of, load_scenes
from roadsigns.types import Box

SIGN = SceneSign(Box(100, 60, 130, 90), 3, "a sign")
CROWD = SceneSign(Box(10, 60, 40, 90), None, "", ignored=True)


@pytest.fixture
def scenes(tmp_path):
    """Three scenes of 320x200: with a sign, with one to be ignored too, and without."""
    made = []
    for number, signs in enumerate([(SIGN,), (SIGN, CROWD), ()]):
        path = tmp_path / f"{number}.png"
        Image.fromarray(np.full((200, 320, 3), 90 + number, np.uint8)).save(path)
        made.append(Scene(path, signs))
    return made


def scene_set(count):
    return SceneSet(
        ("a sign",), tuple(Scene(Path(f"{number:05d}.png"), ()) for number in range(count)), "gtsdb", Path()
    )


def test_scenes_come_first_and_their_copies_after_them(scenes):
    """Boxes and marks are those of the labels."""
    loaded = load_scenes(load_recipe("detector", ["scenes.copies=2"]), scenes, seed=0)

    assert (len(loaded.train), loaded.copies, loaded.undecodable) == (9, 6, ())
    first, second, third = loaded.train[:3]
    np.testing.assert_array_equal(first.boxes, [SIGN.box])
    np.testing.assert_array_equal(second.ignored, [False, True])
    assert third.boxes.shape == (0, 4)
    assert [int(scene.image[0, 0, 0]) for scene in loaded.train[:3]] == [90, 91, 92]


def test_copies_keep_their_signs_and_get_drawn_ones(scenes):
    """Those that are mostly hidden are marked; the same seed draws the same."""
    recipe = load_recipe("detector", ["scenes.copies=4"])

    copies, again, other = (load_scenes(recipe, scenes, seed=seed).train[3:] for seed in (0, 0, 1))

    added = sum(len(copy.boxes) - len(scenes[index % 3].signs) for index, copy in enumerate(copies))
    assert added > 4
    for index, copy in enumerate(copies):
        np.testing.assert_array_equal(
            copy.boxes[: len(scenes[index % 3].signs)], np.array(scenes[index % 3].boxes).reshape(-1, 4)
        )
        assert len(copy.boxes) == len(copy.ignored)
    assert all((one.image == two.image).all() for one, two in zip(copies, again, strict=True))
    assert not all((one.image == two.image).all() for one, two in zip(copies, other, strict=True))


def test_a_scene_that_does_not_decode_is_left_out_once(scenes, capsys):
    scenes[1].path.write_bytes(b"no picture")

    loaded = load_scenes(load_recipe("detector"), scenes, seed=0)

    assert (len(loaded.train), loaded.copies) == (4, 2)
    assert [Path(error.subject).name for error in loaded.undecodable] == ["1.png"]
    assert capsys.readouterr().err.count("1.png") == 1


def test_scenes_without_any_sign_are_refused(scenes):
    """Drawn signs alone would teach what no scene shows."""
    with pytest.raises(DataError):
        load_scenes(load_recipe("detector"), scenes[2:], seed=0)


def test_the_fold_is_that_of_the_recipe_whatever_the_seed():
    found = fold_of(load_recipe("detector", ["scenes.held_out=2", "scenes.folds=3"]), scene_set(90))

    assert found == split_scenes(scene_set(90).scenes, 3)[1]


def test_no_fold_held_out_is_all_scenes_to_train_on():
    fold = fold_of(load_recipe("detector", ["scenes.held_out=0"]), scene_set(4))

    assert (len(fold.train), fold.validation) == (4, ())


def test_a_fold_that_does_not_exist_is_refused():
    with raises(RecipeError, problem="scenes.held_out is 6.", expected="a fold from 1 to 5, or 0 for none"):
        fold_of(load_recipe("detector", ["scenes.held_out=6"]), scene_set(90))
