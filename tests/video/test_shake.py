"""By how much a picture moved against the one before."""

import numpy as np
import pytest
from fixtures.clips import moving_noise

from roadsigns.video.shake import Shake


def test_a_move_is_measured():
    """In pixels of the picture, to a fraction of one."""
    shake = Shake()
    first, second = moving_noise(2, (640, 360))

    assert shake.update(first) == (0.0, 0.0)
    # The view goes to the right and down, so what it shows goes to the left and up.
    assert shake.update(second) == pytest.approx((-2, -1), abs=0.4)


def test_a_larger_move_is_measured_too():
    """As when a car drives over a bump."""
    shake = Shake()
    frames = moving_noise(16, (640, 360))
    shake.update(frames[0])

    assert shake.update(frames[15]) == pytest.approx((-30, -15), abs=1)


def test_another_picture_is_no_move():
    """After a cut nothing moved."""
    shake = Shake()
    shake.update(moving_noise(1, (640, 360), seed=1)[0])

    assert shake.update(moving_noise(1, (640, 360), seed=2)[0]) == (0.0, 0.0)


@pytest.mark.parametrize("size", [(1, 1), (5, 300), (300, 2)])
def test_tiny_pictures_do_not_move(size):
    """Whatever their shape."""
    shake = Shake()
    image = np.full((size[1], size[0], 3), 90, np.uint8)

    assert [shake.update(image) for _ in range(2)][1] == pytest.approx((0, 0), abs=1e-6)


def test_a_change_of_size_is_no_move():
    """The picture before cannot be compared."""
    shake = Shake()
    shake.update(moving_noise(1, (640, 360))[0])

    assert shake.update(moving_noise(1, (320, 320))[0]) == (0.0, 0.0)
