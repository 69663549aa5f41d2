"""The source of a report is opened by what it is, compared with another, and completed with figures."""

import json
import shutil

import pytest
from fixtures.errors import raises

from roadsigns.datasets.reader import read_training
from roadsigns.errors import DataError, RunError
from roadsigns.html_report.make import classifier_report
from roadsigns.html_report.sources.open_source import Measure, kind_of_source, open_source
from roadsigns.model_files.model_file import find_model, read_metadata


def test_kinds_of_sources(cross, foreign):
    assert kind_of_source(cross) == "cross-validation"
    assert kind_of_source(foreign()) == "csv"
    assert kind_of_source("best") == "model"


def test_cross_validation_with_its_data_shows_images(cross, drawn_folder):
    made = open_source(cross, drawn_folder)

    assert made.metrics.errors == 2
    assert made.images.read(0)[0].shape[2] == 3
    assert made.samples[5].path.name == made.rows[5].image.split("/")[1]
    assert classifier_report(made).parts[0].figures.errors == 2


def test_another_cross_validation_of_the_same_recipe_is_called_by_its_folder(cross, tmp_path):
    """By as much of its path as tells it apart."""
    for name in ("other", "made"):
        copy = shutil.copytree(cross, tmp_path / name)

        against = open_source(cross, None, against=copy).against

        assert against.about.model == ("other" if name == "other" else f"{tmp_path.name}/made")


def test_cross_validation_without_data_has_names_only(cross):
    assert open_source(cross, None).images is None


def test_source_says_whether_images_are_drawn(cross, foreign, drawn_folder):
    """Of predictions without data only what stands beside them is known."""
    drawn = [open_source(one, drawn_folder).source for one in (cross, cross / "fold-1.csv")]
    without = [open_source(one, None).source for one in (cross, cross / "fold-1.csv", foreign())]

    assert all(one.startswith("drawn signs") for one in drawn)
    assert without == [drawn[0], drawn[0], ""]


def test_two_sources_are_compared(cross, tmp_path, write_cross, drawn_folder):
    other = write_cross(tmp_path / "other", read_training(drawn_folder))

    made = open_source(cross, None, against=other)

    assert (made.metrics.errors, made.against.metrics.errors) == (2, 0)


def test_sources_of_other_images_are_not_compared(cross, foreign, drawn_folder):
    path = foreign(name=lambda sample: f"other/{sample.path.parent.name}-{sample.path.name}")
    made = open_source(cross, None, against=path, classes=None)

    with raises(RunError, problem=""):
        classifier_report(made)


def test_model_needs_data():
    with raises(DataError, problem="A model needs images", hint="--data"):
        open_source("best", None)


@pytest.mark.parametrize(("name", "problem"), [("gone", "There is no such file or folder"), (".", "holds neither")])
def test_what_is_no_source_is_told_before_data_are_asked_for(tmp_path, name, problem):
    """A misspelled folder of a cross-validation is no model without data."""
    with raises(DataError, problem=problem, expected="folder of a cross-validation", hint="Check the path"):
        open_source(tmp_path / name, None)


def write_figures(path, *, weights="x", split="test", **others):
    """Write what `roadsigns evaluate --unknown` leaves."""
    score = {"score": "known", "known_images": 9, "unknown_images": 4, "keep": 0.99, "auroc": 0.9, "fpr95": 0.3}
    score |= {"accepted": 0.25, "kinds": [{"kind": "tram", "images": 4, "accepted": 0.25}]}
    unknown = [{"source": "unknown", "folder": "f", "scores": [score]}]
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"weights_sha256": weights, "split": split, "unknown": unknown, **others}))


@pytest.mark.parametrize(
    ("weights", "data", "split", "left"),
    [
        ("", "", "test", ""),
        ("", "other", "test", "of other images (split test of"),
        ("", "", "all", "of other images (split all of"),
        ("x", "", "test", "of other weights"),
    ],
)
def test_figures_in_the_run_folder_are_taken_if_they_are_of_these_images(
    tiny_run, drawn_folder, tmp_path, weights, data, split, left
):
    """Others are not shown, and a warning says so."""
    run = shutil.copytree(tiny_run, tmp_path / "run")
    weights = weights or read_metadata(find_model(run)).weights_sha256
    write_figures(run / "evaluation-test/figures.json", weights=weights, split=split, data=str(drawn_folder / data))

    made = open_source(run, drawn_folder)

    assert bool(made.unknown_signs) is not bool(left)
    told = [warning for warning in made.about.warnings if "figures.json" in warning]
    assert len(told) == bool(left)
    assert all(left in warning and warning.endswith("and are not shown.") for warning in told)


def test_figures_of_other_images_are_said_to_be_of_others(tiny_run, drawn_folder, tmp_path):
    """They were asked for."""
    weights = read_metadata(find_model(tiny_run)).weights_sha256
    write_figures(tmp_path / "figures.json", weights=weights, data="elsewhere")

    made = open_source(tiny_run, drawn_folder, measure=Measure(figures=(tmp_path,)))

    assert made.unknown_signs
    assert made.about.warnings[-1].endswith("were measured on other images: split test of elsewhere.")


def test_figures_of_another_evaluation_are_added(cross, tmp_path):
    """Unknown signs and hard conditions."""
    write_figures(tmp_path / "figures.json")

    made = open_source(cross, None, measure=Measure(figures=(tmp_path,)))

    assert made.unknown_signs[0].accepted == 0.25


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "much", None, [1], True])
def test_figures_that_are_no_numbers_are_told(cross, tmp_path, value):
    score = {"score": "known", "known_images": 9, "unknown_images": 4, "keep": 0.99, "auroc": value, "fpr95": 0.3}
    score |= {"accepted": 0.25, "kinds": []}
    unknown = [{"source": "unknown", "folder": "f", "scores": [score]}]
    path = tmp_path / "figures.json"
    path.write_text(json.dumps({"weights_sha256": "x", "split": "test", "unknown": unknown}))

    with raises(DataError, problem="'auroc' is ", expected="roadsigns evaluate", subject="figures.json"):
        open_source(cross, None, measure=Measure(figures=(path,)))


def test_figures_that_are_none_are_told(cross, tmp_path):
    path = tmp_path / "figures.json"
    path.write_text("[1]")

    with raises(DataError, problem="The figures cannot be read", expected="roadsigns evaluate"):
        open_source(cross, None, measure=Measure(figures=(path,)))
