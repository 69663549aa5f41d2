"""An augmentation that a recipe names, and what it may return."""

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.augmentation.own_augmentation import own_augmentation
from roadsigns.errors import RecipeError

IMAGES = np.full((3, 8, 8, 3), 0.5, np.float32)


def test_no_name_is_no_augmentation():
    assert own_augmentation("", image_size=8) is None


def test_it_changes_images_as_the_generator_says(own_module):
    """The same state, the same images."""
    augment = own_augmentation(f"{own_module()}:darken", image_size=8)
    first, again, other = (augment(IMAGES.copy(), np.random.default_rng(seed)) for seed in (0, 0, 1))

    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    assert first.shape == IMAGES.shape
    assert first.max() < 0.5


def test_levels_are_clipped(own_module):
    """As those of every other change."""
    augment = own_augmentation(f"{own_module('def lift(images, rng): return images + 0.7')}:lift", image_size=8)

    np.testing.assert_array_equal(augment(IMAGES, np.random.default_rng(0)), np.ones_like(IMAGES))


@pytest.mark.parametrize(
    ("result", "problem"),
    [
        ("None", "returned nothing"),
        ("list(images)", "returned a list"),
        ("images[1:]", "shape (1, 8, 8, 3)"),
        ("images.astype(float)", "type float64"),
        ("images * np.float32('nan')", "not finite"),
        ("images * np.float32(255)", "up to 128"),
        ("images.nothing", "raised AttributeError"),
    ],
)
def test_what_are_no_images_is_refused_before_any_training(own_module, result, problem):
    """By the function's name."""
    name = own_module(f"def wrong(images, rng): return {result}")

    with raises(RecipeError, problem=problem, subject=":wrong"):
        own_augmentation(f"{name}:wrong", image_size=8)
