"""Random affine changes. Their oracle is Keras's own ImageDataGenerator, the tutorial's tool."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.augmentation.geometric import Augmentation, affine_matrices
from roadsigns.preprocessing.crop_transform import resample

TUTORIAL = Augmentation(rotation_degrees=10, shift=0.1, zoom=0.2, shear_degrees=5.73)


class Drawn:
    """Stands in for a generator: hands out chosen values, each within -1 and 1, in the order they are requested."""

    def __init__(self, *values):
        self.values = list(values)

    def uniform(self, low, high, shape):
        """Return the next value in the wanted shape."""
        return np.reshape(self.values.pop(0), shape if isinstance(shape, tuple) else (shape,))


def move(images, augmentation, rng):
    """Each image moved at random, as training does it."""
    size = images.shape[1]
    changes = affine_matrices(augmentation, count=len(images), image_size=size, rng=rng)
    moved = [resample(image, change, image_size=size) for image, change in zip(images, changes, strict=True)]
    return np.stack(moved) if moved else images


def smooth_image(size=48):
    """An image with no edge sharper than a camera's."""
    return cv2.GaussianBlur(np.random.default_rng(0).random((size, size, 3), np.float32), (0, 0), 1.5)


@pytest.mark.parametrize(
    ("angle", "shift", "shear", "zoom"),
    [
        (0, (0, 0), 0, (1, 1)),
        (10, (0, 0), 0, (1, 1)),
        (0, (3, -2), 0, (1, 1)),
        (0, (0, 0), 5.7, (1, 1)),
        (0, (0, 0), 0, (0.8, 1.2)),
        (7, (3, 1), 4, (0.9, 1.15)),
        (-10, (-3.2, 3.2), -5.7, (1.2, 1.2)),
    ],
)
@pytest.mark.parametrize("size", [48, 33])
@pytest.mark.filterwarnings("ignore:Please import:DeprecationWarning")
def test_change_is_that_of_keras(angle, shift, shear, zoom, size):
    """Within 1/255: OpenCV and SciPy both interpolate linearly and repeat the edge."""
    from keras.src.legacy.preprocessing.image import apply_affine_transform

    image = smooth_image(size)
    rng = Drawn(angle / 10, np.array(shift) / (0.1 * size), shear / 5.73, (np.array(zoom) - 1) / 0.2)
    expected = apply_affine_transform(
        image,
        theta=angle,
        tx=shift[0],
        ty=shift[1],
        shear=shear,
        zx=zoom[0],
        zy=zoom[1],
        row_axis=0,
        col_axis=1,
        channel_axis=2,
        fill_mode="nearest",
        order=1,
    )

    changed = move(image[None], TUTORIAL, rng)[0]

    assert np.abs(changed - expected).max() <= 1 / 255


def test_nothing_moves_without_an_augmentation():
    assert Augmentation().moves_nothing


def test_images_themselves_are_not_written_to():
    """They are kept in memory for all epochs."""
    images = np.stack([smooth_image()] * 3)
    before = images.copy()

    move(images, TUTORIAL, np.random.default_rng(0))

    np.testing.assert_array_equal(images, before)


@given(st.integers(0, 9), st.integers(32, 64))
def test_result_has_the_shape_and_range_of_its_input(count, size):
    """Interpolation makes no value that lies outside; a batch may be empty."""
    images = np.random.default_rng(0).random((count, size, size, 3), np.float32)

    changed = move(images, TUTORIAL, np.random.default_rng(1))

    assert changed.shape == images.shape
    assert changed.dtype == np.float32
    if count:
        assert images.min() - 1e-6 <= changed.min() <= changed.max() <= images.max() + 1e-6


def test_same_seed_gives_the_same_images():
    images = np.stack([smooth_image()] * 4)

    first, again, other = (move(images, TUTORIAL, np.random.default_rng(seed)) for seed in (0, 0, 1))

    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_every_image_is_changed_in_its_own_way():
    """One draw for each image, not for the batch."""
    changed = move(np.stack([smooth_image()] * 4), TUTORIAL, np.random.default_rng(0))

    assert len({image.tobytes() for image in changed}) == 4


@given(st.integers(0, 2**32 - 1))
def test_drawn_values_stay_within_their_ranges(seed):
    """The centre moves by at most the shift, and no side grows or shrinks by more than zoom and shear allow."""
    size = 48
    matrices = affine_matrices(TUTORIAL, count=8, image_size=size, rng=np.random.default_rng(seed))
    centre = np.array([(size - 1) / 2, (size - 1) / 2, 1])
    moved = matrices @ centre - centre[:2]
    area = np.abs(np.linalg.det(matrices[:, :, :2]))

    # The shift is turned with the image.
    assert np.linalg.norm(moved, axis=1).max() <= np.hypot(0.1, 0.1) * size
    assert area.min() >= 0.8**2 * np.cos(np.deg2rad(5.73))
    assert area.max() <= 1.2**2


def test_scale_keeps_the_shape():
    """Both axes by one factor, within its reach, both ways."""
    matrices = affine_matrices(Augmentation(scale=0.2), count=200, image_size=32, rng=fresh())

    np.testing.assert_allclose(matrices[:, 0, 0], matrices[:, 1, 1])
    assert np.exp(-0.2) <= matrices[:, 0, 0].min() < 0.9
    assert 1.1 < matrices[:, 0, 0].max() <= np.exp(0.2)


def fresh():
    """A fresh generator."""
    return np.random.default_rng(7)
