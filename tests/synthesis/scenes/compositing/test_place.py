"""What a picture looks like, measured."""

import cv2
import numpy as np
import pytest

from roadsigns.synthesis.scenes.compositing.place import Look, Place, look_of, place_at, white_at
from roadsigns.types import Box


def blocks():
    """Sharp edges and flat surfaces."""
    image = np.full((240, 320, 3), 60, np.uint8)
    image[:, ::2] = 60
    for x in range(0, 320, 40):
        image[:, x : x + 20] = 170
    return image


@pytest.mark.parametrize("sigma", [0.6, 1.0, 1.8])
def test_blur_is_measured(sigma):
    blurred = cv2.GaussianBlur(blocks(), (0, 0), sigma)

    assert look_of(blurred).blur == pytest.approx(sigma, rel=0.25)


def test_a_sharp_picture_has_hardly_any_blur():
    assert look_of(blocks()).blur < 0.4


@pytest.mark.parametrize("sigma", [2.0, 5.0])
def test_noise_is_measured(sigma):
    rng = np.random.default_rng(0)
    grey = np.repeat(rng.normal(120, sigma, (240, 320, 1)), 3, axis=2)

    assert look_of(grey.clip(0, 255).astype(np.uint8)).noise == pytest.approx(sigma, rel=0.25)


def test_a_white_picture_has_no_noise_to_measure():
    assert look_of(np.full((64, 64, 3), 255, np.uint8)).noise == 0


def test_a_place_is_measured_around_the_box_not_in_it():
    image = np.full((100, 100, 3), 50, np.uint8)
    image[40:60, 40:60] = 250

    assert place_at(image, Box(40, 40, 60, 60)).level == pytest.approx(50 / 255, abs=0.01)


def test_a_box_that_fills_the_picture_is_measured_itself():
    assert place_at(np.full((30, 30, 3), 51, np.uint8), Box(0, 0, 30, 30)) == Place(0.2, 0.2)


def test_white_is_brighter_where_all_is_brighter_within_limits():
    def white(level, below):
        return white_at(Place(level, 0.0), Look(below, np.ones(3), 0.0, 0.5))

    assert white(0.2, 0.3) < white(0.5, 0.3) < white(0.5, 0.5)
    assert white(0.0, 0.0) >= 0.1
    assert white(1.0, 1.0) <= 1.3
