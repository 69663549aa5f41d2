"""The heat maps of a cross-validation: each image is explained by the model that had not seen its sign."""

import shutil

import numpy as np
import pytest

from roadsigns.cross_validation.store import read_cross_validation
from roadsigns.datasets.reader import read_training
from roadsigns.html_report.section import NotMeasured
from roadsigns.html_report.sources import explained
from roadsigns.html_report.sources.from_cross_validation import read_cross
from roadsigns.inference.recognizer import Recognizer


@pytest.fixture
def cross(tmp_path, write_cross, drawn_folder):
    """A cross-validation of drawn signs in two folds, which has kept no model and misreads a sign of each."""
    misread = {"00014/00000_00000.ppm", "00014/00001_00000.ppm"}
    return write_cross(tmp_path / "made", read_training(drawn_folder), misread=misread)


def keep_models(cross, run, *folds):
    for number in folds:
        shutil.copytree(run, cross / f"fold-{number}")


def test_each_image_is_explained_by_the_model_of_its_fold(cross, tiny_run, drawn_folder, monkeypatch):
    """That is loaded once, and explains the class that was read."""
    keep_models(cross, tiny_run, 1, 2)
    loaded, asked = [], []

    def load(file, **options):
        loaded.append(file)
        return Recognizer.load(file, **options)

    def explain(recognizer, image, **options):
        asked.append((loaded[-1].parent.name, image, options["class_id"]))
        return explain_image(recognizer, image, **options)

    explain_image = explained.explain_image
    monkeypatch.setattr(explained, "Recognizer", type("Loader", (), {"load": staticmethod(load)}))
    monkeypatch.setattr(explained, "explain_image", explain)

    made = read_cross(cross, data=drawn_folder)

    held_out = {number: {row.image for row in part.rows} for number, part in read_cross_validation(cross).parts.items()}
    assert loaded == [cross / "fold-1" / "model.keras", cross / "fold-2" / "model.keras"]
    assert len(made.heat_maps) == len(asked)
    for fold, image, class_id in asked:
        index = next(one.index for one in made.heat_maps if np.array_equal(made.images.read(one.index)[0], image))
        assert made.rows[index].image in held_out[int(fold[-1])]
        assert class_id == made.predicted[index]
    assert {one.method for one in made.heat_maps} == {"gradient"}
    assert sum(made.wrong[one.index] for one in made.heat_maps) == 2


def test_fold_without_its_model_is_named(cross, tiny_run, drawn_folder):
    keep_models(cross, tiny_run, 2)

    reason = read_cross(cross, data=drawn_folder).heat_maps.reason

    assert "that of fold 1 was not kept" in reason
    assert "--keep-models" in reason


def test_images_are_needed_too(cross, tiny_run):
    keep_models(cross, tiny_run, 1, 2)

    assert "--data" in read_cross(cross).heat_maps.reason


def test_model_that_does_not_load_costs_no_report(cross, drawn_folder):
    for number in (1, 2):
        (cross / f"fold-{number}").mkdir()
        (cross / f"fold-{number}" / "model.keras").write_bytes(b"broken")

    made = read_cross(cross, data=drawn_folder)

    assert made.metrics.errors == 2
    assert isinstance(made.heat_maps, NotMeasured)
    assert "model.keras" in made.heat_maps.reason


def test_what_is_compared_with_is_not_explained(cross, drawn_folder):
    assert read_cross(cross, data=drawn_folder, explain=False).heat_maps is None
