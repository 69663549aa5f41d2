"""Look-alikes of images."""

import numpy as np

from roadsigns.audit.twins import Thumbnails, Twin

PICTURE = np.random.default_rng(0).integers(20, 200, 144).astype(np.uint8)
OTHER = np.random.default_rng(1).integers(20, 200, 144).astype(np.uint8)


def test_brighter_copy_is_the_nearest():
    """Brightness and contrast make no difference, and an image is not its own twin."""
    thumbnails = Thumbnails(np.stack([PICTURE, OTHER, (PICTURE * 1.2).astype(np.uint8)]))

    twin = thumbnails.nearest(0, np.arange(3))

    assert twin.index == 2
    assert twin.correlation > 0.999


def test_there_may_be_no_twin():
    """Among no image, among the image alone; a blank one resembles nothing."""
    thumbnails = Thumbnails(np.stack([PICTURE, np.full(144, 90, np.uint8)]))

    assert thumbnails.nearest(0, np.array([], int)) is None
    assert thumbnails.nearest(0, np.array([0])) is None
    assert thumbnails.nearest(0, np.array([1])) == Twin(1, 0.0)


def test_nearest_pair_of_two_lists():
    """Of two tracks: their most similar frames."""
    thumbnails = Thumbnails(np.stack([OTHER, PICTURE, OTHER[::-1], PICTURE[::-1], PICTURE]))

    index, twin = thumbnails.nearest_pair(np.array([0, 1]), np.array([2, 3, 4]))

    assert (index, twin.index) == (1, 4)
    assert thumbnails.nearest_pair(np.array([], int), np.array([2])) is None
