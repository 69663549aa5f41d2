"""Street scenes: photographs with a box around each sign, read from three layouts, and what is cut from them."""

from roadsigns.datasets.scenes.folds import SceneFold, split_scenes
from roadsigns.datasets.scenes.read import read_scene_set, read_scenes
from roadsigns.datasets.scenes.scene import Scene, SceneLayout, SceneProblem, SceneSet, SceneSign
from roadsigns.datasets.scenes.windows import ScenePart, Window, background_windows, cut_windows, scenes_of_part

__all__ = [
    "Scene",
    "SceneFold",
    "SceneLayout",
    "ScenePart",
    "SceneProblem",
    "SceneSet",
    "SceneSign",
    "Window",
    "background_windows",
    "cut_windows",
    "read_scene_set",
    "read_scenes",
    "scenes_of_part",
    "split_scenes",
]
