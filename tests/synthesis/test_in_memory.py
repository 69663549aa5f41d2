"""Drawn signs straight to arrays: as prepared as files would be, decided by the seed, and others than any folder's."""

import os
from dataclasses import replace

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.datasets.reader import read_training
from roadsigns.errors import DataError
from roadsigns.loading.load import load_prepared
from roadsigns.preprocessing.prepare import Preparation, prepare
from roadsigns.synthesis import in_memory as drawn_arrays
from roadsigns.synthesis.dataset import draw_dataset, track_rng
from roadsigns.synthesis.designs import official_designs, read_templates
from roadsigns.synthesis.in_memory import draw_prepared
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_track

TUTORIAL, BOX = Preparation("tutorial", 32), Preparation("box", 32)


@pytest.fixture(scope="module")
def designs(template_folder):
    """Three own classes."""
    return read_templates(template_folder)


def arrays(designs, *, tracks=2, frames=3, seed=0, drawing=None, preparation=TUTORIAL):
    """Drawn and prepared."""
    drawing = drawing or Drawing()
    crops, labels = draw_prepared(designs, drawing, tracks=tracks, frames=frames, seed=seed, preparation=preparation)
    return crops.batch(range(len(crops))), labels


def test_images_and_labels_are_class_after_class(designs):
    """Shapes, types and ranges are as promised."""
    images, labels = arrays(designs, preparation=Preparation("tutorial", 40))

    assert images.shape == (18, 40, 40, 3)
    assert 0 <= images.min() < images.max() <= 1
    assert labels.dtype == np.int32
    assert labels.tolist() == [0] * 6 + [1] * 6 + [2] * 6


@pytest.mark.parametrize("preparation", [TUTORIAL, BOX])
def test_images_are_prepared_as_files_are(designs, preparation):
    """Each is the frame of its track, with its box where boxes are wanted, or rounded to float16."""
    images, _ = arrays(designs, tracks=11, frames=2, seed=5, preparation=preparation)

    for class_id, track in ((0, 0), (1, 9), (2, 10)):
        rng = track_rng(5, drawn_arrays.IN_TRAINING, class_id, track)
        frames = draw_track(class_id, designs=designs, drawing=Drawing(), frames=2, rng=rng)
        for frame, (image, box) in enumerate(frames):
            expected = prepare(image, preparation, box if preparation is BOX else None)
            drawn = images[(class_id * 11 + track) * 2 + frame]
            np.testing.assert_allclose(drawn, expected, atol=1 / 4096)


def test_all_classes_of_the_package_are_drawn():
    """43 of them."""
    images, labels = arrays(official_designs(), tracks=1, frames=1)

    assert labels.tolist() == list(range(43))
    assert len({image.tobytes() for image in images}) == 43


def test_numbers_without_a_drawing_are_left_out(designs):
    """The labels of the others stay."""
    gap = replace(designs, files=(designs.files[0], (), designs.files[2]), shares=(designs.shares[0], (), (0.5, 0.5)))

    images, labels = arrays(gap)

    assert len(images) == 12
    assert labels.tolist() == [0] * 6 + [2] * 6


def test_the_seed_decides_everything(designs):
    """The same seed gives the same arrays, another none of the same images."""
    first, again, other = (arrays(designs, seed=seed)[0] for seed in (1, 1, 2))

    np.testing.assert_array_equal(first, again)
    assert not any(np.array_equal(one, another) for one in first for another in other)


def test_settings_are_applied(designs):
    """Other settings, other images."""
    usual, plain = (
        arrays(designs, drawing=drawing)[0] for drawing in (Drawing(), Drawing(noise=0.0, chromatic_aberration=0.0))
    )

    assert not np.array_equal(usual, plain)


def test_signs_are_others_than_a_folders_of_the_same_seed(designs, tmp_path):
    """So the folder may evaluate a network that was trained on these."""
    draw_dataset(tmp_path / "folder", tracks=2, frames=3, test_tracks=0, seed=0, designs=designs)
    folder = load_prepared(read_training(tmp_path / "folder").samples, TUTORIAL, cache_folder=None)

    real = folder.crops.batch(range(len(folder.crops)))
    images, labels = arrays(designs)

    assert labels.tolist() == folder.labels.tolist()
    assert {image.tobytes() for image in images}.isdisjoint(image.tobytes() for image in real)


def test_processes_draw_the_same_arrays(designs, monkeypatch):
    """In the same order; classes of more tracks than a job has, too."""
    here, labels = arrays(designs, tracks=12)
    monkeypatch.setattr(drawn_arrays, "WORTH_PROCESSES", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0, 1})

    there, there_labels = arrays(designs, tracks=12)

    np.testing.assert_array_equal(there, here)
    np.testing.assert_array_equal(there_labels, labels)


def test_errors_are_the_callers(designs, tmp_path):
    """A template that is gone."""
    with raises(DataError, problem="cannot be read", subject="gone.svg"):
        arrays(replace(designs, files=((tmp_path / "gone.svg",), *designs.files[1:])))
