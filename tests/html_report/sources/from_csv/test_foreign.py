"""Predictions of anybody's model as a source of reports, with a data folder and without."""

import json

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError
from roadsigns.html_report.make import classifier_report
from roadsigns.html_report.sources.open_source import open_source
from roadsigns.types import labelled_image


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
