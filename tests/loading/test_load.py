"""Samples to prepared arrays, those that do not decode left out and named."""

from pathlib import Path

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.datasets.reader import read_training
from roadsigns.errors import DataError
from roadsigns.loading import load
from roadsigns.loading.load import load_prepared
from roadsigns.preprocessing.decode import read_image
from roadsigns.preprocessing.prepare import Preparation, prepare
from roadsigns.types import Sample

TUTORIAL, BOX = Preparation("tutorial", 32), Preparation("box", 32)


def squares(prepared):
    """All network inputs at once."""
    return prepared.crops.batch(range(len(prepared.crops)))


@pytest.fixture
def samples(drawn_folder):
    """Twelve drawn samples of three classes."""
    return read_training(drawn_folder).samples[:12]


@pytest.mark.parametrize("cached", [False, True])
@pytest.mark.parametrize("chunk", [1, 5, 256])
@pytest.mark.parametrize("preparation", [TUTORIAL, BOX])
def test_every_sample_is_prepared_in_its_place(samples, tmp_path, monkeypatch, cached, chunk, preparation):
    """With and without the cache, whichever thread took it; float16 rounds by at most 1/4096."""
    monkeypatch.setattr(load, "CHUNK", chunk)

    prepared = load_prepared(samples, preparation, cache_folder=tmp_path if cached else None)

    assert prepared.labels.dtype == np.int32
    assert prepared.labels.tolist() == [0] * 4 + [1] * 4 + [2] * 4
    assert prepared.samples == samples
    assert prepared.problems == ()
    for image, sample in zip(squares(prepared), samples, strict=True):
        expected = prepare(read_image(sample.path), preparation, sample.box if preparation is BOX else None)
        assert np.abs(image - expected).max() <= (0 if preparation is BOX else 1 / 4096)


@pytest.mark.parametrize("cached", [False, True])
def test_images_that_do_not_decode_are_left_out_and_named(samples, tmp_path, cached):
    """Each with its path and reason, in order; labels stay with their images."""
    broken, tiny, missing = (tmp_path / name for name in ("broken.ppm", "tiny.ppm", "missing.ppm"))
    broken.write_bytes(b"P6\n9 9\n255\nshort")
    tiny.write_bytes(b"P6\n1 1\n255\nRGB")
    bad = [Sample(path, 42) for path in (broken, tiny, missing)]
    mixed = [bad[0], *samples[:4], bad[1], *samples[4:], bad[2]]

    prepared = load_prepared(mixed, TUTORIAL, cache_folder=tmp_path / "cache" if cached else None)

    assert prepared.samples == samples
    assert prepared.labels.tolist() == [sample.class_id for sample in samples]
    assert len(prepared.crops) == len(samples)
    np.testing.assert_array_equal(squares(prepared), squares(load_prepared(samples, TUTORIAL, cache_folder=None)))
    assert [sample for sample, _ in prepared.problems] == bad
    for (sample, problem), reason in zip(
        prepared.problems, ("does not decode", "The image has 1x1 pixels", "cannot be read"), strict=True
    ):
        assert str(sample.path) in problem
        assert reason in problem


@pytest.mark.parametrize("cached", [False, True])
def test_no_samples_make_empty_arrays(tmp_path, cached):
    """Of the shapes and types of others, for a training on drawn signs that validates on nothing."""
    prepared = load_prepared((), TUTORIAL, cache_folder=tmp_path if cached else None)

    assert squares(prepared).shape == (0, 32, 32, 3)
    assert prepared.labels.shape == (0,)
    assert prepared.labels.dtype == np.int32
    assert (prepared.samples, prepared.problems) == ((), ())
    assert list(tmp_path.iterdir()) == []


def test_data_of_which_nothing_decodes_is_refused():
    """With the first reason, which is mostly all reasons."""
    samples = [Sample(Path(f"/nowhere/{index}.ppm"), 0) for index in range(3)]

    with raises(DataError, problem="/nowhere/0.ppm: "):
        load_prepared(samples, TUTORIAL, cache_folder=None)


def test_cache_that_cannot_be_written_is_done_without(samples, tmp_path):
    """A warning, and the same images."""
    (tmp_path / "file").touch()

    with pytest.warns(UserWarning, match="cannot be written"):
        prepared = load_prepared(samples, TUTORIAL, cache_folder=tmp_path / "file")

    assert len(prepared.crops) == len(samples)


@pytest.mark.parametrize("cached", [False, True])
def test_images_may_be_changed_before_they_are_prepared(samples, tmp_path, cached):
    """Each as its sample says; what is cached stays as it was."""
    folder = tmp_path if cached else None

    def darken(image, sample):
        return image // (2 + sample.class_id)

    changed = load_prepared(samples, BOX, cache_folder=folder, change=darken)
    plain = load_prepared(samples, BOX, cache_folder=folder)

    for image, original, sample in zip(squares(changed), squares(plain), samples, strict=True):
        np.testing.assert_array_equal(image, prepare(darken(read_image(sample.path), sample), BOX, sample.box))
        assert original.mean() > image.mean()


def test_another_box_than_the_annotated_one_may_be_used(samples):
    """Such as none."""
    prepared = load_prepared(samples, BOX, cache_folder=None, box_of=lambda image, sample: None)

    for image, sample in zip(squares(prepared), samples, strict=True):
        np.testing.assert_array_equal(image, prepare(read_image(sample.path), BOX, None))
