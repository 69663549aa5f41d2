"""Loss and errors on held-out images."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.loading.crops import Crops
from roadsigns.training.validate import ValidationImages, measure


class Table:
    """Stands in for a network: an image's first value is its row of a table of probabilities."""

    def __init__(self, probabilities):
        self.probabilities = probabilities

    def predict_on_batch(self, images):
        return self.probabilities[images[:, 0, 0, 0].astype(int)]


@given(st.integers(0, 600), st.integers(0, 1000))
def test_measure_counts_as_numpy_does_at_once(count, seed):
    rng = np.random.default_rng(seed)
    probabilities = rng.dirichlet(np.ones(4), 600).astype(np.float32)
    labels = rng.integers(0, 4, 600).astype(np.int32)
    crops = Crops(list(np.arange(600, dtype=np.float16)[:, None, None, None]), None, 1)
    index = rng.permutation(600)[:count]

    result = measure(Table(probabilities), ValidationImages(crops, labels, index, 4))

    assert result.images == count
    assert result.errors == (probabilities.argmax(1) != labels)[index].sum()
    if count:
        assert result.accuracy == pytest.approx(1 - result.errors / count)
        assert result.loss == pytest.approx(-np.log(probabilities[index, labels[index]]).mean(), rel=1e-4)
    else:
        assert math.isnan(result.loss)
        assert math.isnan(result.accuracy)


def test_certain_mistake_has_a_finite_loss():
    """A probability of 0 counts as one in ten million, as in Keras."""
    crops = Crops([np.zeros((1, 1, 3), np.float16)], None, 1)

    result = measure(Table(np.array([[1.0, 0.0]])), ValidationImages(crops, np.array([1], np.int32), np.array([0]), 2))

    assert result.loss == pytest.approx(-math.log(1e-7))


def test_a_single_image_is_read_in_a_batch_of_two():
    """After a training, TensorFlow fails on a batch of one."""
    sizes = []

    class Counting(Table):
        def predict_on_batch(self, images):
            sizes.append(len(images))
            return super().predict_on_batch(images)

    crops = Crops([np.zeros((1, 1, 3), np.float16)], None, 1)
    images = ValidationImages(crops, np.array([1], np.int32), np.array([0]), 2)

    result = measure(Counting(np.array([[0.2, 0.8]])), images)

    assert sizes == [2]
    assert (result.images, result.errors) == (1, 0)
