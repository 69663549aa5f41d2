"""Drawn data sets: the official layout or a folder per class, the same for the same seed, all or nothing."""

import csv
import errno
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.datasets.reader import read_test, read_training
from roadsigns.errors import DataError, OutputError
from roadsigns.preprocessing.decode import read_image
from roadsigns.synthesis import dataset as drawn
from roadsigns.synthesis.dataset import draw_dataset, track_rng
from roadsigns.synthesis.designs import official_designs, read_templates
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_track
from roadsigns.types import TrackKey

CLASSES = 43


def rows_of(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def contents_of(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def few_designs():
    """GTSRB's classes, all looking like one of four signs: few renderings, so quick."""
    official = official_designs()
    files = tuple(official.files[class_id % 4][:1] for class_id in range(CLASSES))
    return replace(official, files=files, shares=((1.0,),) * CLASSES)


def draw(destination, *, tracks=1, frames=1, test_tracks=0, seed=0, **more):
    """A small folder by default."""
    more.setdefault("designs", few_designs())
    return draw_dataset(destination, tracks=tracks, frames=frames, test_tracks=test_tracks, seed=seed, **more)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    destination = tmp_path_factory.mktemp("drawn") / "signs"
    draw(destination, frames=3, test_tracks=1, seed=7)
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
    rng = track_rng(7, drawn.TRAINING, 14, 0)
    track = draw_track(14, designs=few_designs(), drawing=Drawing(), frames=3, rng=rng)
    rows = rows_of(folder / "Final_Training" / "Images" / "00014" / "GT-00014.csv")

    assert [(int(row["Roi.X2"]), int(row["Roi.Y2"])) for row in rows] == [(box.x2 - 1, box.y2 - 1) for _, box in track]


def test_same_seed_draws_the_same_files(folder, tmp_path):
    """Drawing again with the same seed gives byte for byte the same folder."""
    draw(tmp_path / "again", frames=3, test_tracks=1, seed=7)

    assert contents_of(tmp_path / "again") == contents_of(folder)


def test_another_seed_draws_other_images(folder, tmp_path):
    """No image of another seed equals the one of the same name."""
    draw(tmp_path / "other", frames=3, seed=8)
    other, first = contents_of(tmp_path / "other"), contents_of(folder)

    assert all(content != first[name] for name, content in other.items() if name.endswith(".ppm"))


def test_more_tracks_leave_the_earlier_ones_unchanged(folder, tmp_path):
    """The first track of two is the only track of one."""
    draw(tmp_path / "more", tracks=2, frames=3, seed=7)
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

    with raises(DataError, problem=f"'{name}' is {number}.", expected=f"at least {number + 1}"):
        draw(tmp_path / "signs", **numbers)
    assert list(tmp_path.iterdir()) == []


def test_folder_with_something_in_it_is_refused_and_untouched(tmp_path):
    """A user's own data stays as it is."""
    (tmp_path / "mine.txt").write_text("precious")

    with raises(OutputError, problem="not empty"):
        draw(tmp_path)
    assert contents_of(tmp_path) == {"mine.txt": b"precious"}


def test_file_in_the_way_is_refused_and_untouched(tmp_path):
    """A file where the folder should be is not replaced."""
    (tmp_path / "signs").write_text("precious")

    with raises(OutputError, problem="This is a file", expected="an empty folder", hint="another", subject="signs"):
        draw(tmp_path / "signs")
    assert (tmp_path / "signs").read_text() == "precious"


def test_link_to_an_empty_folder_is_filled(tmp_path):
    """The link stays."""
    (tmp_path / "store").mkdir()
    (tmp_path / "signs").symlink_to("store")

    draw(tmp_path / "signs")

    assert (tmp_path / "signs").is_symlink()
    assert (tmp_path / "store" / "Final_Training").is_dir()


def test_second_drawing_to_the_same_place_says_that_it_is_taken(tmp_path, monkeypatch):
    """The first to end has it; the disk is not to blame."""
    run = drawn._run

    def run_beside_another(*arguments):
        monkeypatch.setattr(drawn, "_run", run)
        draw(tmp_path / "signs", seed=1)
        run(*arguments)

    monkeypatch.setattr(drawn, "_run", run_beside_another)

    with raises(OutputError, problem="This folder is not empty", hint="another", subject="signs"):
        draw(tmp_path / "signs", seed=2)
    assert read_training(tmp_path / "signs").source == "drawn signs, seed 1"
    assert [path.name for path in tmp_path.iterdir()] == ["signs"]


def test_empty_folder_is_filled(tmp_path):
    """An empty folder may stand at the destination already."""
    (tmp_path / "signs").mkdir()

    draw(tmp_path / "signs")

    assert (tmp_path / "signs" / "Final_Training").is_dir()


def test_missing_parent_folders_are_made(tmp_path):
    """The path to the destination need not exist."""
    draw(tmp_path / "a" / "b")

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

    with raises(OutputError, problem="No space left on device", expected="MB free"):
        draw(tmp_path / "new" / "signs")
    assert list(tmp_path.iterdir()) == []


def test_interruption_leaves_nothing(tmp_path, monkeypatch):
    """After Ctrl-C neither the folder nor a temporary one is there."""
    stop_at_the_tenth_image(monkeypatch, KeyboardInterrupt())

    with pytest.raises(KeyboardInterrupt):
        draw(tmp_path / "signs")
    assert list(tmp_path.iterdir()) == []


def test_place_that_cannot_hold_a_folder_is_an_error_of_ours(tmp_path):
    """A file among the parents becomes a sentence, not a traceback."""
    (tmp_path / "file").write_text("")

    with raises(OutputError, problem="This is not a folder", subject="file"):
        draw(tmp_path / "file" / "signs")


def test_drawn_signs_name_their_source(tmp_path):
    """A model trained on them is not refused on GTSRB's tracks of the same numbers."""
    draw(tmp_path / "signs", test_tracks=1, seed=3)

    assert read_training(tmp_path / "signs").source == "drawn signs, seed 3"
    assert read_test(tmp_path / "signs").source == "drawn signs, seed 3"


def test_other_settings_draw_other_images(folder, tmp_path):
    """The settings are the caller's; the names of the files stay."""
    draw(tmp_path / "dark", frames=3, test_tracks=1, seed=7, drawing=Drawing(brightness_gamma=5.0))
    dark, first = contents_of(tmp_path / "dark"), contents_of(folder)

    assert dark.keys() == first.keys()
    assert all(content != first[name] for name, content in dark.items() if name.endswith(".ppm"))


@pytest.fixture(scope="module")
def own_folder(tmp_path_factory, template_folder):
    """Three own classes, two tracks of three frames each."""
    destination = tmp_path_factory.mktemp("drawn") / "own"
    images = draw(destination, tracks=2, frames=3, test_tracks=0, seed=4, designs=read_templates(template_folder))
    assert images == 3 * 2 * 3
    return destination


def test_own_classes_have_a_folder_each(own_folder):
    """No table and no test set: a plain folder has none."""
    frames = [f"0000{track}_0000{frame}.ppm" for track in range(2) for frame in range(3)]

    assert sorted(path.name for path in own_folder.iterdir()) == ["Bus", "drawn-signs.txt", "sign 10", "sign 2"]
    for name in ("Bus", "sign 2", "sign 10"):
        assert sorted(path.name for path in (own_folder / name).iterdir()) == frames


def test_own_classes_are_read_as_they_were_drawn(own_folder, template_folder):
    """The classes of the templates, tracks that no split parts, and a source of their own."""
    data = read_training(own_folder)

    assert data.classes == read_templates(template_folder).classes
    assert data.source == "drawn from templates, seed 4"
    assert {sample.track_key for sample in data.samples} == {
        TrackKey(class_id, f"0000{track}") for class_id in range(3) for track in range(2)
    }
    assert all(read_image(sample.path).shape[0] >= 20 for sample in data.samples)


def test_numbers_of_own_classes_stay(tmp_path, template_folder):
    """Templates 7 and 0 make folders 7 and 0, which are read as the labels 7 and 0."""
    for number in ("7", "0"):
        (tmp_path / "templates" / number).mkdir(parents=True)
        (tmp_path / "templates" / number / "a.svg").write_text((template_folder / "Bus.svg").read_text())

    designs = read_templates(tmp_path / "templates")
    draw(tmp_path / "own", designs=designs)

    with pytest.warns(UserWarning, match=r"No image of class 1, 2, 3, 4, 5, 6 in"):
        data = read_training(tmp_path / "own")
    assert data.classes == designs.classes
    assert [sample.class_id for sample in data.samples] == [0, 7]


def test_test_tracks_of_own_classes_are_refused(tmp_path, template_folder):
    """With what evaluates them instead; nothing is written."""
    with raises(DataError, hint="0 test tracks"):
        draw(tmp_path / "own", tracks=1, frames=1, test_tracks=1, seed=0, designs=read_templates(template_folder))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "folder_name",
    ["my signs, 2026", "Schilder für Süd", b"\xff\xfe".decode(errors="surrogateescape")],
    ids=["comma", "umlaut", "bytes"],
)
def test_source_takes_any_name_of_a_folder(tmp_path, template_folder, folder_name):
    (tmp_path / folder_name).mkdir()
    (tmp_path / folder_name / "Bus.svg").write_text((template_folder / "Bus.svg").read_text())

    designs = read_templates(tmp_path / folder_name)
    draw(tmp_path / "own", designs=designs)

    assert read_training(tmp_path / "own").source.startswith("drawn from ")


@pytest.fixture
def processes(monkeypatch):
    """Two processes, however little there is to do and however many cores this machine has."""
    monkeypatch.setattr(drawn, "WORTH_PROCESSES", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1})
    return monkeypatch


def test_processes_draw_the_same_files(processes, tmp_path, template_folder):
    """Byte for byte, in GTSRB's layout and in one of own classes; nothing is drawn in this process."""
    own = {"tracks": 12, "frames": 2, "test_tracks": 0, "seed": 3, "designs": read_templates(template_folder)}
    official = {"tracks": 1, "frames": 2, "test_tracks": 1, "seed": 3, "designs": few_designs()}
    with processes.context() as patch:
        patch.setattr(drawn, "WORTH_PROCESSES", 10**6)
        draw(tmp_path / "own", **own)
        draw(tmp_path / "official", **official)
    stop_at_the_tenth_image(processes, AssertionError("drawn in this process"))

    draw(tmp_path / "own through processes", **own)
    draw(tmp_path / "official through processes", **official)

    for name in ("own", "official"):
        assert contents_of(tmp_path / f"{name} through processes") == contents_of(tmp_path / name)


def test_error_in_a_process_leaves_nothing(processes, tmp_path, template_folder):
    """A template that is gone when it is drawn; the error is that of one process alone."""
    designs = read_templates(template_folder)
    gone = replace(designs, files=(*designs.files[:2], (tmp_path / "gone.svg",) * 2))

    with raises(DataError, problem="No such file", subject="gone.svg"):
        draw(tmp_path / "signs", tracks=60, frames=5, designs=gone)
    assert list(tmp_path.iterdir()) == []
