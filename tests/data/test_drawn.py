"""Drawn data sets: the official layout, the same for the same seed, all or nothing."""

import csv
import errno
from pathlib import Path

import numpy as np
import pytest

from roadsigns.data import drawn
from roadsigns.data.drawn import draw_dataset
from roadsigns.data.gtsrb import read_test, read_training
from roadsigns.errors import DataError
from roadsigns.images.decode import read_image

CLASSES = 43


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def contents_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    destination = tmp_path_factory.mktemp("drawn") / "signs"
    draw_dataset(destination, tracks=1, frames=3, test_tracks=1, seed=7)
    return destination


def test_number_returned_is_the_number_of_images_written(tmp_path):
    """One training track of two frames in each class makes 86 images, and as many files."""
    images = draw_dataset(tmp_path / "signs", tracks=1, frames=2, test_tracks=0, seed=0)

    assert images == CLASSES * 2
    assert len(list((tmp_path / "signs").rglob("*.ppm"))) == images


def test_training_images_are_laid_out_as_in_gtsrb(folder):
    """Each class has its folder, its frames named by track and frame, and its table."""
    for class_id in range(CLASSES):
        images = folder / "Final_Training" / "Images" / f"{class_id:05d}"

        assert sorted(path.name for path in images.glob("*.ppm")) == [f"00000_{frame:05d}.ppm" for frame in range(3)]
        assert {row["ClassId"] for row in rows_of(images / f"GT-{class_id:05d}.csv")} == {str(class_id)}


def test_test_images_are_numbered_and_shuffled(folder):
    """Test images count up from 00000, every class has its frames, and classes do not follow each other in order."""
    rows = rows_of(folder / "GT-final_test.csv")
    labels = [int(row["ClassId"]) for row in rows]

    assert [row["Filename"] for row in rows] == [f"{number:05d}.ppm" for number in range(CLASSES * 3)]
    assert all((folder / "Final_Test" / "Images" / row["Filename"]).is_file() for row in rows)
    assert labels != sorted(labels)
    assert np.bincount(labels).tolist() == [3] * CLASSES


def test_tables_give_the_true_size_and_a_box_inside(folder):
    """Width and height are those of the file, and the box's inclusive corners lie inside it with a margin."""
    tables = [*(folder / "Final_Training").rglob("GT-*.csv"), folder / "GT-final_test.csv"]

    assert len(tables) == CLASSES + 1
    for table in tables:
        images = folder / "Final_Test" / "Images" if table.parent == folder else table.parent
        for row in rows_of(table):
            height, width = read_image(images / row["Filename"]).shape[:2]
            x1, y1, x2, y2 = (int(row[f"Roi.{corner}"]) for corner in ("X1", "Y1", "X2", "Y2"))
            assert (int(row["Width"]), int(row["Height"])) == (width, height)
            assert 4 <= x1 < x2 < width - 3
            assert 4 <= y1 < y2 < height - 3


def test_box_on_disk_includes_its_last_pixel(folder):
    """The table's second corner is one less than the exclusive corner of the track in memory."""
    track = drawn.draw_track(14, frames=3, rng=np.random.default_rng([7, drawn.TRAINING, 14, 0]))
    rows = rows_of(folder / "Final_Training" / "Images" / "00014" / "GT-00014.csv")

    assert [(int(row["Roi.X2"]), int(row["Roi.Y2"])) for row in rows] == [(box.x2 - 1, box.y2 - 1) for _, box in track]


def test_same_seed_draws_the_same_files(folder, tmp_path):
    """Drawing again with the same seed gives byte for byte the same folder."""
    draw_dataset(tmp_path / "again", tracks=1, frames=3, test_tracks=1, seed=7)

    assert contents_of(tmp_path / "again") == contents_of(folder)


def test_another_seed_draws_other_images(folder, tmp_path):
    """No image of another seed equals the one of the same name."""
    draw_dataset(tmp_path / "other", tracks=1, frames=3, test_tracks=0, seed=8)
    other, first = contents_of(tmp_path / "other"), contents_of(folder)

    assert all(content != first[name] for name, content in other.items() if name.endswith(".ppm"))


def test_more_tracks_leave_the_earlier_ones_unchanged(folder, tmp_path):
    """The first track of two is the only track of one."""
    draw_dataset(tmp_path / "more", tracks=2, frames=3, test_tracks=0, seed=7)
    more, first = contents_of(tmp_path / "more"), contents_of(folder / "Final_Training")

    assert all(more[f"Final_Training/{name}"] == content for name, content in first.items() if name.endswith(".ppm"))


def test_test_images_are_none_of_the_training_images(folder):
    """The test set shows other tracks than the training set."""
    training, test = (set(contents_of(folder / part).values()) for part in ("Final_Training", "Final_Test"))

    assert training.isdisjoint(test)


@pytest.mark.parametrize(("name", "number"), [("tracks", 0), ("frames", 0), ("test_tracks", -1), ("seed", -1)])
def test_number_out_of_range_is_refused(tmp_path, name, number):
    """The message names the number and its smallest value, and nothing is written."""
    numbers = {"tracks": 1, "frames": 1, "test_tracks": 0, "seed": 0} | {name: number}

    with pytest.raises(DataError, match=f"'{name}' is {number}. Give {number + 1} or more"):
        draw_dataset(tmp_path / "signs", **numbers)
    assert list(tmp_path.iterdir()) == []


def test_folder_with_something_in_it_is_refused_and_untouched(tmp_path):
    """A user's own data stays as it is."""
    (tmp_path / "mine.txt").write_text("precious")

    with pytest.raises(DataError, match="not an empty folder"):
        draw_dataset(tmp_path, tracks=1, frames=1, test_tracks=0, seed=0)
    assert contents_of(tmp_path) == {"mine.txt": b"precious"}


def test_file_in_the_way_is_refused_and_untouched(tmp_path):
    """A file where the folder should be is not replaced."""
    (tmp_path / "signs").write_text("precious")

    with pytest.raises(DataError, match="not an empty folder"):
        draw_dataset(tmp_path / "signs", tracks=1, frames=1, test_tracks=0, seed=0)
    assert (tmp_path / "signs").read_text() == "precious"


def test_empty_folder_is_filled(tmp_path):
    """An empty folder may stand at the destination already."""
    (tmp_path / "signs").mkdir()

    draw_dataset(tmp_path / "signs", tracks=1, frames=1, test_tracks=0, seed=0)

    assert (tmp_path / "signs" / "Final_Training").is_dir()


def test_missing_parent_folders_are_made(tmp_path):
    """The path to the destination need not exist."""
    draw_dataset(tmp_path / "a" / "b", tracks=1, frames=1, test_tracks=0, seed=0)

    assert (tmp_path / "a" / "b" / "Final_Training").is_dir()


def stop_at_the_tenth_image(monkeypatch, error):
    write, written = drawn._write_ppm, []

    def fail_late(path: Path, image):
        written.append(path)
        if len(written) == 10:
            raise error
        write(path, image)

    monkeypatch.setattr(drawn, "_write_ppm", fail_late)


def test_full_disk_leaves_nothing_and_says_so(tmp_path, monkeypatch):
    """A failure half way removes what was written and becomes a sentence with the space that is needed."""
    stop_at_the_tenth_image(monkeypatch, OSError(errno.ENOSPC, "No space left on device"))

    with pytest.raises(DataError, match=r"No space left on device.*MB free"):
        draw_dataset(tmp_path / "signs", tracks=1, frames=1, test_tracks=0, seed=0)
    assert list(tmp_path.iterdir()) == []


def test_interruption_leaves_nothing(tmp_path, monkeypatch):
    """After Ctrl-C neither the folder nor a temporary one is there."""
    stop_at_the_tenth_image(monkeypatch, KeyboardInterrupt())

    with pytest.raises(KeyboardInterrupt):
        draw_dataset(tmp_path / "signs", tracks=1, frames=1, test_tracks=0, seed=0)
    assert list(tmp_path.iterdir()) == []


def test_place_that_cannot_hold_a_folder_is_an_error_of_ours(tmp_path):
    """A file among the parents becomes a sentence, not a traceback."""
    (tmp_path / "file").write_text("")

    with pytest.raises(DataError, match="cannot be written"):
        draw_dataset(tmp_path / "file" / "signs", tracks=1, frames=1, test_tracks=0, seed=0)


def test_drawn_signs_name_their_source(tmp_path):
    """A model trained on them is not refused on GTSRB's tracks of the same numbers."""
    draw_dataset(tmp_path / "signs", tracks=1, frames=1, test_tracks=1, seed=3)

    assert read_training(tmp_path / "signs").source == "drawn signs, seed 3"
    assert read_test(tmp_path / "signs").source == "drawn signs, seed 3"
