"""Signs on their post: the sign stays in the middle and recognisable, whatever surrounds and soils it."""

import numpy as np

from roadsigns.data.drawn_track import render_sign
from roadsigns.images.signpost import REACH, build_signpost


def posts(number):
    sign, neighbour = render_sign(35, 64), render_sign(13, 64)
    return [build_signpost(sign, neighbour, np.random.default_rng(seed)) for seed in range(number)]


def test_post_is_a_premultiplied_picture():
    """Shape, type and range are as promised, and no colour exceeds its alpha."""
    for post in posts(30):
        assert post.shape == (round(REACH * 64), round(REACH * 64), 4)
        assert post.dtype == np.float32
        assert post.min() >= 0
        assert (post[:, :, :3] <= post[:, :, 3:] + 1e-5).all()


def test_sign_covers_what_is_behind_it():
    """The middle is opaque and blue with a white arrow, also before a pole and beside a neighbour."""
    middle = np.mean([post[51, 35, :3] for post in posts(30)], axis=0)
    arrow = np.mean([post[51, 51, :3] for post in posts(30)], axis=0)

    assert all(post[51, 51, 3] > 0.99 for post in posts(30))
    assert middle[2] > 2 * middle[0]
    assert arrow.min() > 0.5


def test_no_two_posts_are_alike():
    """Wear, dirt and what stands around differ from seed to seed."""
    assert len({post.tobytes() for post in posts(20)}) == 20
