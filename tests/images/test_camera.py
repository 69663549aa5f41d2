"""The made-up camera: what each of its faults does to a picture."""

from dataclasses import replace

import numpy as np
import pytest

from roadsigns.images.camera import Camera, choose_camera, expose

PERFECT = Camera(
    sign_gain=1, backdrop_gain=1, cast=(1, 1, 1), haze=0, defocus=0, motion=0, motion_degrees=0, fringe=(0, 0), noise=0
)


def photograph(camera, *, colour=(0.5, 0.5, 0.5), seed=0):
    """An opaque square of one colour on a black ground, 40 pixels a side."""
    sign = np.zeros((40, 40, 4), np.float32)
    sign[10:30, 10:30] = (*colour, 1.0)
    black = np.zeros((40, 40, 3), np.float32)
    return expose(sign, black, camera=camera, sign_side=20, rng=np.random.default_rng(seed)).astype(int)


@pytest.mark.parametrize("channel", [0, 1, 2])
def test_colours_stay_in_their_channel(channel):
    """The colour filter before the sensor is read in the order it was laid."""
    colour = np.eye(3)[channel] * 0.8

    assert photograph(PERFECT, colour=tuple(colour))[20, 20].tolist() == (colour * 255).astype(int).tolist()


def test_backdrop_shows_where_there_is_no_sign():
    """Alpha decides between the sign and what is behind it."""
    white = np.ones((20, 20, 3), np.float32)
    sign = np.zeros((20, 20, 4), np.float32)

    image = expose(sign, white, camera=PERFECT, sign_side=10, rng=np.random.default_rng(0))

    assert image.min() == 255


def test_more_light_is_brighter_and_stops_at_white():
    """Gains multiply until the sensor saturates."""
    assert photograph(PERFECT)[20, 20, 1] == pytest.approx(127.5, abs=0.5)
    assert photograph(replace(PERFECT, sign_gain=1.5))[20, 20, 1] == 191
    assert photograph(replace(PERFECT, sign_gain=9))[20, 20, 1] == 255


def test_haze_lifts_black():
    """Stray light falls on dark parts too."""
    assert photograph(PERFECT)[2, 2, 1] == 0
    assert photograph(replace(PERFECT, haze=0.2))[2, 2, 1] == 51


def test_blur_softens_edges():
    """Defocus and motion spread light over the edge of the sign."""
    sharp = photograph(PERFECT)[20, 7, 1]

    assert sharp == 0
    assert photograph(replace(PERFECT, defocus=0.15))[20, 7, 1] > 10
    assert photograph(replace(PERFECT, motion=0.5))[20, 7, 1] > 10


def test_motion_has_a_direction():
    """Sideways motion leaves the upper edge sharp."""
    moved = photograph(replace(PERFECT, motion=0.5))

    assert moved[20, 7, 1] > 10
    assert moved[7, 20, 1] == 0


def test_noise_comes_from_the_generator():
    """The same seed gives the same grain, another seed another."""
    noisy = replace(PERFECT, noise=5)

    assert np.array_equal(photograph(noisy, seed=1), photograph(noisy, seed=1))
    assert not np.array_equal(photograph(noisy, seed=1), photograph(noisy, seed=2))


def test_cameras_are_chosen_in_their_ranges():
    """No choice is black, negative or blown out beyond the limits."""
    for seed in range(200):
        camera = choose_camera(np.random.default_rng(seed))

        assert 0.07 <= camera.sign_gain <= 2.4
        assert 0 <= camera.haze <= 0.15
        assert min(camera.cast) > 0.5
        assert camera.defocus >= 0
        assert camera.motion >= 0
