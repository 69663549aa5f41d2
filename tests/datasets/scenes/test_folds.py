"""Folds of scenes: each is held out once, and none within a few neighbours of it trains."""

import random
from collections import Counter
from pathlib import Path

import pytest
from fixtures.errors import raises
from hypothesis import given, settings
from hypothesis import strategies as st

from roadsigns.datasets.scenes import Scene, SceneSign, read_scene_set, split_scenes
from roadsigns.datasets.scenes.folds import GAP, RUN
from roadsigns.errors import DataError
from roadsigns.types import Box

SIGN = SceneSign(Box(0, 0, 9, 9), 1, "stop")


def make_scenes(count, signs=()):
    """Scenes 0.png, 1.png, ... with numbers of signs."""
    signs = [*signs, *[1] * count]
    return [Scene(Path(f"{number}.png"), (SIGN,) * signs[number]) for number in range(count)]


def numbers(scenes):
    return [int(scene.path.stem) for scene in scenes]


@given(
    count=st.integers(60, 700),
    folds=st.integers(2, 6),
    seed=st.integers(0, 5),
    signs=st.lists(st.integers(0, 5), max_size=60),
)
@settings(max_examples=40, deadline=None)
def test_neighbours_never_stand_on_both_sides_of_a_fold(count, folds, seed, signs):
    """Every scene is held out once, and all that lie farther away train."""
    scenes = make_scenes(count, signs)
    result = split_scenes(scenes, folds=folds, seed=seed)

    assert sorted(number for fold in result for number in numbers(fold.validation)) == list(range(count))
    for fold in result:
        train, held_out = numbers(fold.train), numbers(fold.validation)
        near = {other for number in held_out for other in range(number - GAP, number + GAP + 1)}
        assert train == sorted(set(range(count)) - near)
        assert held_out == sorted(held_out)
        assert train


@given(st.integers(60, 900), st.integers(2, 6))
@settings(max_examples=30, deadline=None)
def test_runs_are_neighbours_and_every_fold_has_as_many(count, folds):
    """Of nearly the same length."""
    result = split_scenes(make_scenes(count), folds=folds, seed=0)
    run_of = {number: run for fold in result for number, run in zip(numbers(fold.validation), fold.runs, strict=True)}

    in_order = [run_of[number] for number in range(count)]
    assert in_order == sorted(in_order)
    lengths = Counter(in_order).values()
    assert max(lengths) - min(lengths) <= 1
    assert len({len(set(fold.runs)) for fold in result}) == 1


def test_five_folds_of_600_scenes_lose_few_for_training():
    """20 runs of 30; at most ten scenes at each of four runs do not train."""
    for fold in split_scenes(make_scenes(600)):
        assert (fold.folds, len(fold.validation), len(set(fold.runs))) == (5, 120, 600 // RUN // 5)
        assert 440 <= len(fold.train) < 480


def test_signs_are_dealt_evenly():
    """Runs with many signs go to different folds."""
    signs = [3 if number < 300 else 0 for number in range(600)]

    shares = [sum(len(scene.signs) for scene in fold.validation) for fold in split_scenes(make_scenes(600, signs))]

    assert shares == [180] * 5


def test_same_seed_gives_the_same_folds_in_whatever_order_the_scenes_come():
    """Another seed gives others."""
    scenes = make_scenes(300)
    shuffled = random.Random(0).sample(scenes, len(scenes))

    assert split_scenes(shuffled, folds=5, seed=3) == split_scenes(scenes, folds=5, seed=3)
    assert split_scenes(scenes, folds=5, seed=4) != split_scenes(scenes, folds=5, seed=3)


def test_neighbours_are_those_by_name_in_several_folders_too():
    """As where the parts of a set were drawn by chance. Where names repeat, each folder has its own neighbours."""
    drawn = [Scene(Path("train" if number % 3 else "valid", f"{number}.png")) for number in range(100)]
    by_folder = [Scene(Path(drive, f"{number}.png")) for drive in ("day", "night") for number in range(50)]

    for fold in split_scenes(drawn, folds=2):
        apart = min(abs(a - b) for a in numbers(fold.train) for b in numbers(fold.validation))
        assert apart == GAP + 1
    assert [scene.path.parent.name for scene in split_scenes(by_folder, folds=2)[0].validation] in (
        ["day"] * 50,
        ["night"] * 50,
        ["day"] * 25 + ["night"] * 25,
    )


@pytest.mark.parametrize(
    ("count", "folds", "problem"),
    [
        (100, 1, "1 fold leaves nothing"),
        (100, 0, "0 folds leave nothing"),
        (0, 5, "0 scenes leave nothing"),
        (1, 2, "1 scene leaves nothing"),
        (3, 5, "3 scenes leave nothing"),
        (10, 5, "10 scenes leave nothing"),
    ],
)
def test_too_few_scenes_or_folds_are_refused(count, folds, problem):
    with raises(DataError, problem=problem):
        split_scenes(make_scenes(count), folds=folds, seed=0)


@pytest.mark.gtsdb
@pytest.mark.filterwarnings("ignore:In .*stands twice")
def test_folds_of_real_scenes_have_similar_shares(gtsdb_folder):
    """Of signs, and some scenes without any."""
    scenes = read_scene_set(gtsdb_folder).scenes
    total = sum(len(scene.signs) for scene in scenes)

    for fold in split_scenes(scenes, folds=5, seed=0):
        assert 0.15 < sum(len(scene.signs) for scene in fold.validation) / total < 0.25
        assert any(not scene.signs for scene in fold.validation)
        assert len(fold.train) > 0.7 * len(scenes)
