"""Where posts stand, and how large their signs are."""

import numpy as np

from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.scenes.posts.post import box_in, pole_box
from roadsigns.synthesis.scenes.posts.stand import choose_faces, draw_side, stand
from roadsigns.synthesis.scenes.street import choose_street
from roadsigns.synthesis.scenes.view import choose_view
from roadsigns.synthesis.settings import Drawing
from roadsigns.types import Box


def post_at(seed, taken=(), **more):
    rng = np.random.default_rng(seed)
    street = choose_street(rng)
    view = choose_view(640, 400, street.camera, rng)
    faces = choose_faces(official_designs(), Drawing(), rng)
    more.setdefault("farthest", 200.0)
    return view, stand(view, street, faces, taken=taken, drawing=Drawing(), rng=rng, **more)


def test_most_sides_are_15_to_80_pixels():
    rng = np.random.default_rng(0)
    sides = np.array([draw_side(300, rng) for _ in range(2000)])

    assert 8 <= sides.min() < 10
    assert 150 < sides.max() <= 200
    assert 0.7 < np.mean((sides >= 15) & (sides <= 80)) < 0.95


def test_a_post_stands_clear_of_what_is_taken():
    """Its signs and its pole."""
    taken = [Box(0, 0, 320, 400)]
    stood = 0
    for seed in range(30):
        view, post = post_at(seed, taken, overhead=0.0)
        if post is not None:
            stood += 1
            assert all(box_in(view, one, post.along).x1 >= 320 for one in post.faces)
            assert pole_box(view, post).x1 >= 320

    assert stood > 5


def test_no_place_is_found_where_all_is_taken():
    assert post_at(0, [Box(0, 0, 640, 400)])[1] is None


def test_nothing_stands_beyond_what_can_be_seen():
    posts = [post_at(seed, farthest=40.0)[1] for seed in range(20)]

    assert all(post.along < 40 for post in posts if post is not None)


def test_signs_above_the_street_hang_side_by_side():
    posts = [post_at(seed, overhead=1.0)[1] for seed in range(20)]

    assert any(post is not None for post in posts)
    for post in filter(None, posts):
        assert post.overhead
        assert all(one.up > 5 for one in post.faces)


def test_some_posts_carry_several_faces():
    rng = np.random.default_rng(0)
    many = [choose_faces(official_designs(), Drawing(), rng) for _ in range(200)]

    assert {len(faces) for faces in many} >= {1, 2, 3}
    assert any(faces[-1].kind == "additional plate" for faces in many if len(faces) > 1)
    for faces in many:
        backs = [face.kind == "back" for face in faces]
        assert all(backs) or not backs[0]
