"""What decided some images of a report: those that were misread first."""

from collections.abc import Iterable

import cv2
import numpy as np

from roadsigns.errors import ImageError
from roadsigns.evaluation.evaluation import Evaluation
from roadsigns.explanation.explanation import explain_image
from roadsigns.explanation.overlay import brightened, overlay
from roadsigns.html_report.report_input import HeatMapPicture
from roadsigns.inference.recognizer import Recognizer
from roadsigns.progress import progress

__all__ = ["MOST", "choose_images", "explain_some"]

# What people look at; each takes a fortieth of a second to explain.
MOST = 12
# The share of them that are errors, at most: right answers show what the network usually looks at.
ERRORS = 2 / 3
# Of the pictures, which are larger than their places on a page, for screens with fine pixels.
SIDE = 160


def choose_images(evaluation: Evaluation, *, most: int = MOST) -> list[int]:
    """Return which images to explain: of each misread sign its surest error, the surest first; then signs read right.

    Args:
        evaluation: Of the model.
        most: How many at most.

    Returns:
        Indices. Those that are read right are the least sure ones, of one sign each.
    """
    probabilities = evaluation.probabilities
    sureness = probabilities.max(axis=1)
    wrong = probabilities.argmax(axis=1) != evaluation.labels
    errors = np.flatnonzero(wrong)[np.argsort(-sureness[wrong], kind="stable")]
    right = np.flatnonzero(~wrong)[np.argsort(sureness[~wrong], kind="stable")]
    wrong_signs = _one_of_each_sign(errors.tolist(), evaluation)
    right_signs = _one_of_each_sign(right.tolist(), evaluation, seen=wrong_signs)
    chosen = wrong_signs[: max(most - len(right_signs), round(ERRORS * most))]
    return [*chosen, *right_signs[: most - len(chosen)]]


def _one_of_each_sign(indices: Iterable[int], evaluation: Evaluation, *, seen: Iterable[int] = ()) -> list[int]:
    """Return the first image of each sign that was not seen; every image whose track is unknown is a sign."""

    def sign_of(index: int) -> object:
        return evaluation.samples[index].track_key or index

    known = {sign_of(index) for index in seen}
    first: dict[object, int] = {}
    for index in indices:
        if sign_of(index) not in known:
            first.setdefault(sign_of(index), index)
    return list(first.values())


def explain_some(evaluation: Evaluation) -> tuple[HeatMapPicture, ...]:
    """Explain some images of an evaluation, see `choose_images`; those that cannot be read again are left out."""
    chosen = choose_images(evaluation)
    recognizer = Recognizer.load(evaluation.model_file, expected_images=len(chosen))
    pictures = []
    with progress("Explaining", total=len(chosen), unit="images") as advance:
        for index in chosen:
            sample = evaluation.samples[index]
            try:
                explained = explain_image(recognizer, sample.path, box=sample.box)
            except ImageError:
                continue
            finally:
                advance()
            scale = max(1, round(SIDE / len(explained.prepared)))
            size = (scale * explained.prepared.shape[1], scale * explained.prepared.shape[0])
            large = cv2.resize(brightened(explained.prepared), size, interpolation=cv2.INTER_NEAREST)
            drawn = overlay(explained.prepared, explained.heat_map, scale=scale)
            pictures.append(HeatMapPicture(index, np.asarray(large, np.uint8), drawn, explained.heat_map.method))
    return tuple(pictures)
