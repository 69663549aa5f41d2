"""The sources of reports: a cross-validation and CSV files, with a data folder and without."""

import csv
import json
import shutil

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.datasets.reader import read_training
from roadsigns.errors import DataError, RunError
from roadsigns.html_report.make import classifier_report
from roadsigns.html_report.sources.open_source import Measure, kind_of_source, open_source
from roadsigns.types import labelled_image


@pytest.fixture(scope="module")
def cross(tmp_path_factory, write_cross, drawn_folder):
    """A cross-validation of drawn signs that misreads two frames of one sign."""
    misread = {"00014/00000_00000.ppm", "00014/00000_00001.ppm"}
    return write_cross(tmp_path_factory.mktemp("cross") / "made", read_training(drawn_folder), misread=misread)


@pytest.fixture
def foreign(tmp_path, drawn_folder):
    """Write predictions of the drawn signs as anybody would; the first two are wrong."""
    data = read_training(drawn_folder)

    def write(*, columns=("image", "truth", "prediction"), name=lambda sample: labelled_image(sample).image, shift=0):
        path = tmp_path / "mine.csv"
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, columns, extrasaction="ignore")
            writer.writeheader()
            for index, sample in enumerate(data.samples):
                truth = (sample.class_id + shift) % 43
                predicted = (truth + 1) % 43 if index < 2 else truth
                writer.writerow({"image": name(sample), "truth": truth, "prediction": predicted})
        return path

    return write


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


def test_file_of_a_fold_finds_its_classes_beside_it(cross):
    made = open_source(cross / "fold-1.csv", None)

    assert made.about.class_names[14] == "stop"


@pytest.mark.parametrize("number", ["900000000", "99999999999", "9" * 5000])
@pytest.mark.parametrize("column", ["truth", "prediction"])
def test_large_class_numbers_in_the_file_of_a_fold_are_refused(tmp_path, number, column):
    """They would be given as many names."""
    truth, predicted = (number, 1) if column == "truth" else (1, number)
    path = tmp_path / "fold-1.csv"
    path.write_text(f"image,class_id,track,class_1,probability_1\nx/a.png,{truth},1,{predicted},0.9\n")

    with raises(DataError, problem="", subject="fold-1.csv"):
        open_source(path, None)


@pytest.mark.parametrize(("best", "other"), [(0, 0), (0.5, 0.2)])
def test_probabilities_of_a_fold_must_add_up(tmp_path, best, other):
    path = tmp_path / "fold-1.csv"
    header = "image,class_id,track,class_1,probability_1,class_2,probability_2"
    path.write_text(f"{header}\nx/a.png,1,1,1,{best},0,{other}\n")

    with raises(DataError, problem="The probabilities of 'x/a.png' add up to 0", subject="fold-1.csv"):
        open_source(path, None)


def test_file_of_a_fold_may_begin_with_a_byte_order_mark(tmp_path):
    path = tmp_path / "fold-1.csv"
    path.write_text("image,class_id,track,class_1,probability_1\nx/a.png,1,1,1,0.9\n", encoding="utf-8-sig")

    assert open_source(path, None).metrics.errors == 0


def test_file_that_is_no_fold_names_the_columns(tmp_path):
    path = tmp_path / "fold-1.csv"
    path.write_text("image,class_id,track\na,1,1\n")

    with raises(DataError, problem="its first line", hint="docs/how-to/report.md"):
        open_source(path, None)


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


@pytest.mark.parametrize(
    "name",
    [
        lambda sample: labelled_image(sample).image,
        lambda sample: str(sample.path),
    ],
)
def test_images_are_found_by_path_or_by_folder_and_file(foreign, drawn_folder, name):
    made = open_source(foreign(name=name), drawn_folder)

    assert made.metrics.errors == 2
    assert made.samples is not None
    # The data know the tracks that the file does not name.
    assert made.tracks is not None


def test_truth_may_be_that_of_the_data(foreign, drawn_folder):
    path = foreign(columns=("image", "prediction"))

    assert open_source(path, drawn_folder).metrics.errors == 2
    with raises(DataError, problem="no column 'truth'", hint="--data"):
        open_source(path, None)


def test_predictions_of_other_data_are_refused(foreign, drawn_folder):
    path = foreign(name=lambda sample: f"x/{sample.path.parent.name}-{sample.path.name}")
    with raises(DataError, problem="predicted images is there", hint="Leave --data out"):
        open_source(path, drawn_folder)


def test_labels_that_contradict_the_data_are_refused(foreign, drawn_folder):
    with raises(DataError, problem="has another class in the predictions than in the data"):
        open_source(foreign(shift=1), drawn_folder)


def test_model_needs_data():
    with raises(DataError, problem="A model needs images", hint="--data"):
        open_source("best", None)


@pytest.mark.parametrize(("name", "problem"), [("gone", "There is no such file or folder"), (".", "holds neither")])
def test_what_is_no_source_is_told_before_data_are_asked_for(tmp_path, name, problem):
    """A misspelled folder of a cross-validation is no model without data."""
    with raises(DataError, problem=problem, expected="folder of a cross-validation", hint="Check the path"):
        open_source(tmp_path / name, None)


def test_figures_of_another_evaluation_are_added(cross, tmp_path):
    """Unknown signs and hard conditions."""
    score = {"score": "known", "known_images": 9, "unknown_images": 4, "keep": 0.99, "auroc": 0.9, "fpr95": 0.3}
    score |= {"accepted": 0.25, "kinds": [{"kind": "tram", "images": 4, "accepted": 0.25}]}
    figures = {
        "weights_sha256": "x",
        "split": "test",
        "unknown": [{"source": "unknown", "folder": "f", "scores": [score]}],
    }
    path = tmp_path / "figures.json"
    path.write_text(json.dumps(figures))

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


def test_a_hundred_thousand_misread_images_are_bounded(tmp_path):
    """Quickly, and the report says how many are left out."""
    count = 100_000
    lines = (f"{number}.png,{number % 40},{(number + 1) % 40}" for number in range(count))
    path = tmp_path / "many.csv"
    path.write_text("\n".join(["image,truth,prediction", *lines]) + "\n")

    report = classifier_report(open_source(path, None))

    figures = next(part.figures for part in report.parts if part.name == "misread")
    assert figures.errors == count
    assert figures.left_out == count - len(figures.pictured)
    assert len(json.dumps(report.as_dict())) < 1_000_000
    assert np.isfinite(figures.groups[0].frames)


def test_predictions_of_own_classes_without_data_say_that_there_are_none(tmp_path):
    """Not that they are of the model's own images, which sounds like those that it was trained on."""
    path = tmp_path / "doc.csv"
    path.write_text("image,truth,prediction\na.png,cat,cat\nb.png,dog,cat\n")

    about = open_source(path, None).about

    assert about.title == "doc, without a data set"
    assert about.data == ""


def test_data_of_predictions_are_read_once(foreign, drawn_folder, caplog):
    """Each reading says what is there."""
    with caplog.at_level("INFO"):
        open_source(foreign(columns=("image", "prediction")), drawn_folder)

    told = [message for message in caplog.messages if "layout" in message]
    assert told
    assert len(told) == len(set(told))
