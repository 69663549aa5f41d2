"""What decided some images of a report: those that were misread first."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np

from roadsigns.errors import ImageError
from roadsigns.explanation.explanation import explain_image
from roadsigns.explanation.overlay import overlay
from roadsigns.html_report.report_input import HeatMapPicture, ReportInput
from roadsigns.inference.recognizer import Recognizer
from roadsigns.preprocessing.brighten import brighten
from roadsigns.progress import progress

__all__ = ["MOST", "choose_images", "explain_some"]

# What people look at; each takes a fortieth of a second to explain.
MOST = 12
# The share of them that are errors, at most: right answers show what the network usually looks at.
ERRORS = 2 / 3
# Of the pictures, which are larger than their places on a page, for screens with fine pixels.
SIDE = 160


def choose_images(report_input: ReportInput, *, most: int = MOST) -> list[int]:
    """Return which images to explain: of each misread sign its surest error, the surest first; then signs read right.

    Args:
        report_input: With its predictions.
        most: How many at most.

    Returns:
        Indices. Those that are read right are the least sure ones, of one sign each.
    """
    wrong, confidence = report_input.wrong, report_input.confidence
    sureness = np.zeros(len(wrong)) if confidence is None else confidence
    errors = np.flatnonzero(wrong)[np.argsort(-sureness[wrong], kind="stable")]
    right = np.flatnonzero(~wrong)[np.argsort(sureness[~wrong], kind="stable")]
    wrong_signs = _one_of_each_sign(errors.tolist(), report_input)
    right_signs = _one_of_each_sign(right.tolist(), report_input, seen=wrong_signs)
    chosen = wrong_signs[: max(most - len(right_signs), round(ERRORS * most))]
    return [*chosen, *right_signs[: most - len(chosen)]]


def _one_of_each_sign(indices: Iterable[int], report_input: ReportInput, *, seen: Iterable[int] = ()) -> list[int]:
    """Return the first image of each sign that was not seen; every image whose track is unknown is a sign."""

    def sign_of(index: int) -> object:
        return report_input.rows[index].track_key or index

    known = {sign_of(index) for index in seen}
    first: dict[object, int] = {}
    for index in indices:
        if sign_of(index) not in known:
            first.setdefault(sign_of(index), index)
    return list(first.values())


def explain_some(report_input: ReportInput, model_files: Sequence[Path]) -> tuple[HeatMapPicture, ...]:
    """Explain why some images of a report were read as they were, see `choose_images`.

    Args:
        report_input: With images.
        model_files: The model that has read each image, shape (images,). Each is loaded once, one after the other.

    Returns:
        The chosen images in their order, without those that cannot be read.

    Raises:
        ModelError: If a model does not load.
        MissingExtraError: If what runs it is not installed.
    """
    chosen = choose_images(report_input)
    of_model: dict[Path, list[int]] = {}
    for index in chosen:
        of_model.setdefault(model_files[index], []).append(index)
    pictures = {}
    with progress("Explaining", total=len(chosen), unit="images") as advance:
        for file, indices in of_model.items():
            recognizer = Recognizer.load(file, expected_images=len(indices))
            for index in indices:
                pictures[index] = _picture(recognizer, report_input, index)
                advance()
    return tuple(picture for index in chosen if (picture := pictures[index]))


def _picture(recognizer: Recognizer, report_input: ReportInput, index: int) -> HeatMapPicture | None:
    """Explain one image; None if it cannot be read."""
    read = report_input.images.read(index) if report_input.images else None
    if read is None:
        return None
    image, box = read
    try:
        explained = explain_image(recognizer, image, box=box, class_id=int(report_input.predicted[index]))
    except ImageError:
        return None
    scale = max(1, round(SIDE / len(explained.prepared)))
    size = (scale * explained.prepared.shape[1], scale * explained.prepared.shape[0])
    large = cv2.resize(brighten(explained.prepared), size, interpolation=cv2.INTER_NEAREST)
    drawn = overlay(explained.prepared, explained.heat_map, scale=scale)
    return HeatMapPicture(index, np.asarray(large, np.uint8), drawn, explained.heat_map.method)
