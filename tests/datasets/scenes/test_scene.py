"""Scenes tell their boxes; a set describes itself and what was wrong with it."""

from pathlib import Path

import pytest

from roadsigns.datasets.scenes.scene import Scene, SceneProblem, SceneSet, SceneSign
from roadsigns.types import Box

STOP, PLACE = SceneSign(Box(1, 2, 11, 12), 0, "stop"), SceneSign(Box(5, 5, 9, 9), None, "")
CROWD = SceneSign(Box(0, 0, 50, 50), 0, "stop", ignored=True)


def make_set(*scenes, problems=()):
    return SceneSet(("stop", "give way"), scenes, "yolo", Path("streets"), problems)


def test_boxes_of_a_scene_are_those_of_all_its_signs():
    """Ignored ones too: no background is cut from them."""
    assert Scene(Path("1.png"), (STOP, PLACE, CROWD)).boxes == (STOP.box, PLACE.box, CROWD.box)
    assert Scene(Path("1.png")).boxes == ()


@pytest.mark.parametrize(
    ("scenes", "text"),
    [
        ((), "0 scenes with 0 signs"),
        ((Scene(Path("1.png"), (STOP,)),), "1 scene with 1 sign of 1 class"),
        (
            (Scene(Path("1.png"), (STOP, PLACE)), Scene(Path("2.png"))),
            "2 scenes with 2 signs of 1 class, 1 of them without signs",
        ),
        ((Scene(Path("1.png"), (PLACE,)),), "1 scene with 1 sign"),
        ((Scene(Path("1.png"), (STOP, CROWD, CROWD)),), "1 scene with 1 sign of 1 class and 2 ignored boxes"),
        ((Scene(Path("1.png"), (CROWD,)),), "1 scene with 0 signs and 1 ignored box, 1 of them without signs"),
    ],
)
def test_set_says_what_is_in_it(scenes, text):
    """Only classes with signs count."""
    assert make_set(*scenes).describe() == text


def test_problems_are_counted_by_kind_with_the_first_places():
    """So that thousands fit into a warning."""
    problems = [SceneProblem("no-image", f"{number}.txt") for number in range(5)]
    problems.insert(2, SceneProblem("box-cut", "a.txt, line 7", "(0, 0, 12, 5) in 10x10 pixels"))

    assert make_set(problems=tuple(problems)).describe_problems() == (
        "5 labelled images are not there (0.txt; 1.txt; 2.txt; and 2 more); "
        "1 box reaches beyond its image and was cut (a.txt, line 7: (0, 0, 12, 5) in 10x10 pixels)"
    )
    assert make_set().describe_problems() == ""
