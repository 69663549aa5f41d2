"""Drives towards a scene, whose boxes are known in every frame."""

import numpy as np
import pytest

from roadsigns.synthesis.scenes.drive import choose_drive

PICTURE = (600, 400)
SIZE = (300, 200)


@pytest.fixture
def scene():
    """A grey picture with a red square, and its box."""
    image = np.full((PICTURE[1], PICTURE[0], 3), 90, np.uint8)
    image[170:200, 320:350] = (220, 20, 20)
    return image, [(320, 170, 350, 200)]


def drive(seed, **settings):
    """A drive past that picture."""
    return choose_drive(PICTURE, np.random.default_rng(seed), **{"frames": 20, "size": SIZE, **settings})


@pytest.mark.parametrize("seed", range(4))
def test_boxes_are_where_the_sign_is(scene, seed):
    """In every frame, to a pixel or two of blur."""
    image, boxes = scene
    listed = 0
    for frame in drive(seed, noise=1.0).frames(image, boxes, np.random.default_rng(seed)):
        assert frame.image.shape == (SIZE[1], SIZE[0], 3)
        assert frame.image.dtype == np.uint8
        red = frame.image[:, :, 0].astype(int) - frame.image[:, :, 1] > 65
        if 0 in frame.boxes:
            listed += 1
            rows, columns = np.nonzero(red)
            seen = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
            assert np.abs(frame.boxes[0] - seen).max() < 4
    assert listed > 3


def test_a_sign_grows_while_one_drives_towards_it(scene):
    """More and more quickly, as with constant speed."""
    _, boxes = scene
    way = drive(1, smallest=1.0)

    sides = [way.boxes(view, boxes).get(0, np.full(4, np.nan)) for view in way.views]
    scales = way.views[:, 0]

    assert scales[-1] > 2 * scales[0]
    assert (np.diff(scales, 2) > 0).all()
    # The distance shrinks evenly.
    assert np.diff(1 / scales) == pytest.approx(np.diff(1 / scales)[0])
    assert np.nanmax([box[2] - box[0] for box in sides]) == pytest.approx(
        30 * scales[~np.isnan([s[0] for s in sides])].max()
    )


def test_the_camera_shakes(scene):
    """And what it sees always fills the frame."""
    way = drive(2, frames=60)

    assert (way.views[:, 1:] <= 0).all()
    assert (way.views[:, 1:] + way.views[:, :1] * PICTURE >= np.array(SIZE) - 1e-6).all()
    assert np.diff(way.views[:, 2], 2).std() > 0.5


def test_small_and_cut_off_signs_are_not_listed(scene):
    """They are not to be found."""
    way = drive(3)
    view = np.array([1.0, 0.0, 0.0])

    assert set(way.boxes(view, [(10, 10, 40, 40)])) == {0}
    assert way.boxes(view, [(10, 10, 21, 21)]) == {}
    assert way.boxes(view, [(280, 10, 330, 60)]) == {}
    cut = way.boxes(view, [(260, 10, 310, 60)])[0]
    assert cut.tolist() == [260, 10, 300, 60]


def test_a_drive_follows_from_its_seed(scene):
    """Frames and boxes."""
    image, boxes = scene

    first, second = (list(drive(5, frames=3).frames(image, boxes, np.random.default_rng(5))) for _ in range(2))

    assert all((a.image == b.image).all() for a, b in zip(first, second, strict=True))
