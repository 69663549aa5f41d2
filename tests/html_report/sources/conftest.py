"""Sources of reports: a cross-validation, and predictions as anybody would write them."""

import csv

import pytest

from roadsigns.datasets.reader import read_training
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
