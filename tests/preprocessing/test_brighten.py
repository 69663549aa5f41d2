"""Dark images are brightened, so that people see what they show."""

import numpy as np

from roadsigns.preprocessing.brighten import brighten


def test_dark_images_are_brightened_and_others_left():
    """The brightest hundredth comes to 200; black stays black."""
    dark = np.linspace(0, 20, 300).reshape(10, 10, 3).astype(np.uint8)
    light = dark + np.uint8(230)

    assert brighten(dark).max() >= 200
    assert brighten(light) is light
    assert brighten(np.zeros((5, 5, 3), np.uint8)).max() == 0
