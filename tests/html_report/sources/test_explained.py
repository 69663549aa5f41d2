"""Which images of a report are explained, and their pictures."""

from types import SimpleNamespace

import numpy as np
import pytest

from roadsigns.evaluation.evaluate import evaluate
from roadsigns.html_report.sources.explained import choose_images, explain_some
from roadsigns.html_report.sources.from_model import input_of
from roadsigns.model_files.model_file import find_model
from roadsigns.types import LabelledImage


def predicted(right, sureness, tracks):
    """The predictions in the input of a report; the truth is 0 everywhere."""
    rows = [LabelledImage("", 0, track) for track in tracks]
    return SimpleNamespace(wrong=~np.array(right, bool), confidence=np.array(sureness), rows=rows)


def test_surest_error_of_each_sign_comes_first():
    """Then, of signs without an error, the right answer that was least sure, for which a third is kept free."""
    made = predicted([0, 0, 0, 1, 1, 1], [0.6, 0.9, 0.8, 0.99, 0.7, 0.6], ["a", "a", "b", "c", "c", "a"])

    assert choose_images(made) == [1, 2, 4]
    assert choose_images(made, most=2) == [1, 4]


def test_image_of_no_known_track_is_a_sign_of_its_own():
    """Nothing says that two of them show one."""
    assert choose_images(predicted([0, 0, 1], [0.7, 0.9, 0.8], [None, None, None])) == [1, 0, 2]


@pytest.fixture
def explained(drawn_folder, monkeypatch):
    """The input of a report on drawn signs as the tiny model reads them, of which three are to be explained."""
    made = input_of(evaluate("tiny", drawn_folder, split="all", allow_seen=True))
    chosen = choose_images(made, most=3)
    monkeypatch.setattr("roadsigns.html_report.sources.explained.choose_images", lambda _: chosen)
    return made, chosen


def test_pictures_are_of_the_chosen_images(explained, drawn_folder):
    """Both of one size; an image that is gone is left out."""
    made, chosen = explained
    object.__setattr__(made.samples[chosen[1]], "path", drawn_folder / "gone.ppm")

    pictures = explain_some(made, [find_model("tiny")] * len(made.rows))

    assert [one.index for one in pictures] == [chosen[0], chosen[2]]
    assert {one.method for one in pictures} == {"occlusion"}
    for one in pictures:
        assert one.prepared.shape == one.overlay.shape
        assert one.prepared.dtype == one.overlay.dtype == np.uint8
        assert (one.prepared != one.overlay).any()


def test_each_image_is_explained_by_its_own_model(explained):
    made, chosen = explained
    tiny, fast = (find_model(name) for name in ("tiny", "fast"))
    files = [tiny] * len(made.rows)
    files[chosen[1]] = fast

    by_tiny, by_fast, by_both = (explain_some(made, one) for one in ([tiny] * len(files), [fast] * len(files), files))

    assert [one.index for one in by_both] == chosen
    expected = [by_tiny[0], by_fast[1], by_tiny[2]]
    assert all(np.array_equal(ours.overlay, one.overlay) for ours, one in zip(by_both, expected, strict=True))
    assert not np.array_equal(by_tiny[1].overlay, by_fast[1].overlay)
