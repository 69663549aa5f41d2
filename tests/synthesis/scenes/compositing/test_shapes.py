"""The shape of a photographed sign, guessed."""

import cv2
import numpy as np
import pytest

from roadsigns.synthesis.scenes.compositing.shapes import SHAPES, guess_shape, shape_mask
from roadsigns.types import Box


@pytest.mark.parametrize("shape", [name for name in SHAPES if name != "octagon"])
@pytest.mark.parametrize("side", [24, 60])
def test_a_plain_sign_is_recognised(shape, side):
    """Yellow on grey, with noise."""
    rng = np.random.default_rng(0)
    image = np.full((120, 120, 3), 110, np.uint8)
    corners = (SHAPES[shape] * 0.93 + 1) / 2 * side + 30
    cv2.fillPoly(image, [np.rint(16 * (corners - 0.5)).astype(np.int32)], (220, 180, 30), cv2.LINE_AA, 4)
    noisy = image + rng.normal(0, 6, image.shape)
    guessed, closeness = guess_shape(noisy.clip(0, 255).astype(np.uint8), Box(30, 30, 30 + side, 30 + side))

    assert guessed == shape
    assert 0.8 < closeness <= 1


def test_a_flat_picture_gives_a_circle():
    assert guess_shape(np.full((50, 50, 3), 80, np.uint8), Box(10, 10, 30, 30)) == ("circle", 1.0)


@pytest.mark.parametrize("shape", SHAPES)
def test_masks_are_solid_inside_with_a_soft_edge(shape):
    mask = shape_mask(shape, 0.9, 40, 60)

    assert mask.shape == (60, 40)
    assert mask[30, 20] == 1
    assert mask[0].max() < 0.5
    assert ((mask > 0.1) & (mask < 0.9)).any()
