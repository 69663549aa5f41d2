"""The public Python API: what `import roadsigns` offers.

Thin functions over the packages that do the work. Each imports what it needs when it is called, so that
`import roadsigns` is quick, and reading signs loads neither Keras nor what draws, trains and evaluates.
"""

from roadsigns.api.data import draw_dataset, read_dataset, split_dataset, tracks_of
from roadsigns.api.detection import detect_video
from roadsigns.api.evaluation import evaluate, evaluate_corruptions
from roadsigns.api.images import augment, prepare, read_image
from roadsigns.api.recognition import explain, load, predict
from roadsigns.api.training import recipe_text, train

__all__ = [
    "augment",
    "detect_video",
    "draw_dataset",
    "evaluate",
    "evaluate_corruptions",
    "explain",
    "load",
    "predict",
    "prepare",
    "read_dataset",
    "read_image",
    "recipe_text",
    "split_dataset",
    "tracks_of",
    "train",
]
