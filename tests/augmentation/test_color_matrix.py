"""Hue and saturation as matrices. The oracle is that grey stays grey and brightness what it is."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.augmentation.color_matrix import LUMA, hue_saturation_matrices

DEGREES, SATURATION = st.floats(-180, 180), st.floats(0, 4)


@given(DEGREES, SATURATION, st.floats(0, 1))
def test_grey_and_brightness_stay(degrees, saturation, level):
    """Whatever the turn and the factor; the NTSC numbers are rounded to thousandths."""
    matrix = hue_saturation_matrices(degrees, saturation)
    colour = np.array([0.8, 0.3, 0.1])

    np.testing.assert_allclose(matrix @ np.full(3, level), np.full(3, level), atol=0.005)
    np.testing.assert_allclose(LUMA @ matrix @ colour, LUMA @ colour, atol=0.005)


def test_no_turn_and_no_factor_change_nothing():
    """The identity."""
    np.testing.assert_allclose(hue_saturation_matrices(0.0, 1.0), np.eye(3), atol=1e-12)


def test_no_saturation_is_grey():
    """All three channels equal."""
    grey = hue_saturation_matrices(77.0, 0.0) @ [0.9, 0.2, 0.4]

    np.testing.assert_allclose(grey, grey.mean(), atol=0.005)


def test_turn_and_turn_back_cancel():
    np.testing.assert_allclose(
        hue_saturation_matrices(30.0, 2.0) @ hue_saturation_matrices(-30.0, 0.5), np.eye(3), atol=1e-9
    )


def test_many_are_made_at_once():
    """Each from its own angle and factor."""
    degrees, saturation = np.array([0.0, 40.0, -90.0]), np.array([1.0, 0.5, 2.0])

    for number, matrix in enumerate(hue_saturation_matrices(degrees, saturation)):
        np.testing.assert_allclose(matrix, hue_saturation_matrices(degrees[number], saturation[number]))
