"""The images of predictions are found in data, which are read whole or refused."""

from pathlib import Path

import pytest
from fixtures.errors import raises

from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.errors import DataError
from roadsigns.html_report.sources.find_images import find_images, read_all
from roadsigns.types import DataSet, Sample, labelled_image

ALL = 12_630


@pytest.mark.parametrize(
    ("predicted", "source", "official"), [(ALL, "GTSRB", True), (5, "GTSRB", False), (ALL, "drawn signs", False)]
)
def test_only_all_images_of_the_official_test_set_are_it(predicted, source, official):
    """A person's own test split, or a handful of images, is not beside published systems."""
    samples = tuple(Sample(Path(f"{number:05d}.ppm"), number % 43) for number in range(ALL))
    read = DataSet(samples, GTSRB.classes, source), frozenset(sample.path for sample in samples)

    found = find_images([labelled_image(one) for one in samples[:predicted]], Path("data"), GTSRB, read=read)

    assert found.official_test is official


def test_own_test_images_that_were_sorted_from_the_official_training_set_are_not_it():
    samples = tuple(Sample(Path(f"test/{number:05d}.ppm"), number % 43) for number in range(5))
    read = DataSet(samples, GTSRB.classes, "GTSRB"), frozenset(sample.path for sample in samples)

    assert not find_images(list(map(labelled_image, samples)), Path("data"), GTSRB, read=read).official_test


def test_what_is_wrong_with_one_half_of_the_data_is_told(tmp_path):
    """Not that the images of the predictions are missing."""
    for part in ("train", "test"):
        for name in ("go", "stop"):
            (tmp_path / part / name).mkdir(parents=True)
            (tmp_path / part / name / "1.png").touch()
    assert len(read_all(tmp_path)[0].samples) == 4
    table = tmp_path / "train/stop/GT-stop.csv"
    table.write_text("Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId\n1.png;a;b;c;d;e;f;0\n")

    with raises(DataError, problem="row is wrong"):
        read_all(tmp_path)
