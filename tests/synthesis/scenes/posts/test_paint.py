"""Posts painted into a scene: their faces lie where their boxes say."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.scenes.canvas import Canvas
from roadsigns.synthesis.scenes.light import choose_light
from roadsigns.synthesis.scenes.posts.faces import sign_of_a_class
from roadsigns.synthesis.scenes.posts.paint import paint_signs
from roadsigns.synthesis.scenes.posts.post import box_in
from roadsigns.synthesis.scenes.posts.stand import stand
from roadsigns.synthesis.scenes.street import choose_street
from roadsigns.synthesis.scenes.view import choose_view
from roadsigns.synthesis.settings import Drawing


@settings(max_examples=15)
@given(seed=st.integers(0, 2**31 - 1))
def test_boxes_are_tight(seed):
    """No pixel of a face lies outside its box, and none of the box's sides is more than two pixels away from it."""
    rng = np.random.default_rng(seed)
    street = choose_street(rng)
    view = choose_view(640, 400, street.camera, rng)
    face = sign_of_a_class(official_designs(), Drawing(), rng)
    post = stand(view, street, [face], taken=[], drawing=Drawing(), farthest=200, overhead=0, rng=rng)
    if post is None:
        return
    canvas = Canvas(640, 400, haze=np.zeros(3), visibility=np.inf)
    (covered,) = paint_signs(canvas, view, choose_light(rng), post, first=5, drawing=Drawing(), rng=rng)

    box = box_in(view, post.faces[0], post.along)
    rows, columns = np.nonzero(canvas.owner == 5)
    assert covered == len(rows) > 0
    assert box.x1 - 1 <= columns.min() <= box.x1 + 2
    assert box.x2 - 3 <= columns.max() <= box.x2
    assert box.y1 - 1 <= rows.min() <= box.y1 + 2
    assert box.y2 - 3 <= rows.max() <= box.y2
