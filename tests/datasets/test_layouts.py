"""The same images in every layout that people have them in are the same samples."""

import logging
import shutil

import numpy as np
import pytest
from fixtures.layouts import PACKERS, pack_parquet, pack_splits, pack_zip

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.datasets.reader import read_test, read_training
from roadsigns.preprocessing.decode import read_image

pytestmark = pytest.mark.filterwarnings("ignore:No image of class")


def facts(data):
    """What a layout must not change."""
    return [(sample.class_id, sample.box, sample.track, sample.group) for sample in data.samples]


@pytest.mark.parametrize("read", [read_training, read_test])
def test_layouts_hold_the_same_samples(official_folder, packed, read):
    """Classes, boxes, tracks and groups, in the same order; and the same pixels."""
    wanted, found = read(official_folder), read(packed)

    assert facts(found) == facts(wanted)
    assert found.classes == GTSRB_CLASSES
    assert found.source == wanted.source == "GTSRB"
    for ours, theirs in list(zip(found.samples, wanted.samples, strict=True))[::17]:
        np.testing.assert_array_equal(read_image(ours.path), read_image(theirs.path))


@pytest.mark.parametrize("read", [read_training, read_test])
def test_parquet_files_are_read_from_an_archive(official_folder, tmp_path, read):
    """Without unpacking it to disk; the archive's path leads on to their rows."""
    packed = pack_zip(official_folder, tmp_path / "packed", pack_parquet)
    before = sorted(tmp_path.rglob("*"))

    wanted, found = read(official_folder), read(packed)

    assert facts(found) == facts(wanted)
    for ours, theirs in list(zip(found.samples, wanted.samples, strict=True))[::5]:
        np.testing.assert_array_equal(read_image(ours.path), read_image(theirs.path))
    assert sorted(tmp_path.rglob("*")) == before


def test_layout_is_told(official_folder, packed, caplog):
    """In one line: which it is, and what there is of it."""
    caplog.set_level(logging.INFO)

    read_training(packed)

    assert "24 training images with boxes and tracks" in caplog.messages[-1]
    assert str(packed) in caplog.messages[-1]


def test_split_folders_hold_the_same_samples_without_boxes(official_folder, tmp_path):
    """Nobody writes boxes beside them; the test images are theirs too."""
    packed = pack_splits(official_folder, tmp_path / "splits")

    for read in (read_training, read_test):
        wanted, found = read(official_folder), read(packed)
        assert sorted(sample.class_id for sample in found.samples) == sorted(
            sample.class_id for sample in wanted.samples
        )
        assert found.classes == GTSRB_CLASSES
    assert [key[2] for key in facts(read_training(packed))] == [key[2] for key in facts(read_training(official_folder))]


@pytest.mark.gtsrb
@pytest.mark.parametrize("layout", PACKERS)
def test_real_images_are_the_same_in_every_layout(gtsrb_folder, layout, tmp_path):
    """Six classes of the real training set, with its groups of look-alike tracks."""
    source = tmp_path / "some"
    for class_id in (0, 6, 14, 19, 27, 42):
        name = f"Final_Training/Images/{class_id:05d}"
        shutil.copytree(gtsrb_folder / name, source / name)

    with pytest.warns(UserWarning, match="No image of class"):
        wanted, found = read_training(source), read_training(PACKERS[layout](source, tmp_path / layout))

    assert len(wanted.samples) > 1_000
    assert facts(found) == facts(wanted)
    assert (found.classes, found.source) == (wanted.classes, "GTSRB")
