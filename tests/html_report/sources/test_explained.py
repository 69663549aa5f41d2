"""Which images of a report are explained, and their pictures."""

from types import SimpleNamespace

import numpy as np

from roadsigns.evaluation.evaluate import evaluate
from roadsigns.html_report.sources.explained import choose_images, explain_some


def evaluated(right, sureness, tracks):
    """An evaluation of two classes; the truth is 0 everywhere."""
    top = np.asarray(sureness)
    probabilities = np.where(np.asarray(right)[:, None], np.stack([top, 1 - top], 1), np.stack([1 - top, top], 1))
    samples = [SimpleNamespace(track_key=None if track is None else (0, track)) for track in tracks]
    return SimpleNamespace(probabilities=probabilities, labels=np.zeros(len(top), int), samples=samples)


def test_surest_error_of_each_sign_comes_first():
    """Then, of signs without an error, the right answer that was least sure, for which a third is kept free."""
    made = evaluated([0, 0, 0, 1, 1, 1], [0.6, 0.9, 0.8, 0.99, 0.7, 0.6], ["a", "a", "b", "c", "c", "a"])

    assert choose_images(made) == [1, 2, 4]
    assert choose_images(made, most=2) == [1, 4]


def test_image_of_no_known_track_is_a_sign_of_its_own():
    """Nothing says that two of them show one."""
    assert choose_images(evaluated([0, 0, 1], [0.7, 0.9, 0.8], [None, None, None])) == [1, 0, 2]


def test_pictures_are_of_the_chosen_images(drawn_folder, monkeypatch):
    """Both of one size; an image that is gone is left out."""
    evaluation = evaluate("tiny", drawn_folder, split="all", allow_seen=True)
    chosen = choose_images(evaluation, most=3)
    monkeypatch.setattr("roadsigns.html_report.sources.explained.choose_images", lambda evaluation: chosen)
    gone = evaluation.samples[chosen[1]]
    object.__setattr__(gone, "path", drawn_folder / "gone.ppm")

    pictures = explain_some(evaluation)

    assert [one.index for one in pictures] == [chosen[0], chosen[2]]
    assert {one.method for one in pictures} == {"occlusion"}
    for one in pictures:
        assert one.prepared.shape == one.overlay.shape
        assert one.prepared.dtype == one.overlay.dtype == np.uint8
        assert (one.prepared != one.overlay).any()
