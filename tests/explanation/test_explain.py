"""What decided, as a heat map."""

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError, ImageError
from roadsigns.explanation.explain import explain
from roadsigns.explanation.occlusion import GRID


def test_heat_is_where_the_network_looks(corner, bright):
    """Of four equally bright quarters it looks at one."""
    heat_map = explain(corner, bright)

    assert (heat_map.class_id, heat_map.method) == (14, "occlusion")
    assert heat_map.values.shape == (32, 32)
    assert heat_map.values.dtype == np.float32
    assert heat_map.values.max() == 1
    assert heat_map.values.min() >= 0
    assert heat_map.values[:16, :16].sum() > 0.9 * heat_map.values.sum()


def test_all_copies_are_computed_in_one_call(corner, bright):
    """And the prediction, if no class is given, in another."""
    explain(corner, bright, class_id=14)

    assert corner.engine.calls == [2 + 2 * GRID * GRID]


def test_what_speaks_for_nothing_has_no_heat(corner):
    """An image of one colour."""
    heat_map = explain(corner, np.full((32, 32, 3), 90, np.uint8))

    assert (heat_map.values == 0).all()


def test_another_class_has_another_map(corner, bright):
    """The dark parts of the quarter speak for it."""
    heat_map = explain(corner, bright, class_id=3)

    assert heat_map.class_id == 3
    assert heat_map.values[4:12, 4:12].mean() < heat_map.values[:16, :16].mean()


def test_prepared_images_may_be_levels_or_floats(corner, corner_of_floats, bright):
    """Whatever the network takes."""
    as_floats = bright.astype(np.float32) / 255
    maps = [explain(one, image) for one in (corner, corner_of_floats) for image in (bright, as_floats)]

    for heat_map in maps[1:]:
        np.testing.assert_allclose(heat_map.values, maps[0].values, atol=0.02)


def test_gradients_and_occlusion_agree_on_where(tiny, tiny_in_keras, drawn_signs):
    """Two ways to explain one network: their maps overlap far more than those of different places do."""
    same = []
    for crop in drawn_signs:
        by_occlusion, by_gradient = explain(tiny, crop), explain(tiny_in_keras, crop)
        assert (by_occlusion.method, by_gradient.method) == ("occlusion", "gradient")
        assert by_occlusion.class_id == by_gradient.class_id
        same.append(np.corrcoef(by_occlusion.values.ravel(), by_gradient.values.ravel())[0, 1])

    assert np.mean(same) > 0.4


def test_maps_repeat(tiny, tiny_in_keras, drawn_signs):
    """There is no chance in them."""
    for recognizer in (tiny, tiny_in_keras):
        one, other = explain(recognizer, drawn_signs[0]), explain(recognizer, drawn_signs[0])
        np.testing.assert_array_equal(one.values, other.values)


@pytest.mark.parametrize(
    ("image", "problem"),
    [
        (np.zeros((30, 32, 3), np.uint8), "The prepared image has shape (30, 32, 3) and type uint8."),
        (np.zeros((32, 32, 3), np.int64), "The prepared image has shape (32, 32, 3) and type int64."),
        ("sign.png", "The prepared image is of type str."),
    ],
)
def test_what_is_no_prepared_image_is_refused(corner, image, problem):
    """With what one looks like."""
    with raises(ImageError, problem=problem, expected="shape (32, 32, 3) and type uint8, or float32 from 0 to 1"):
        explain(corner, image)


@pytest.mark.parametrize(("class_id", "expected"), [(-1, "at least 0"), (43, "at most 42")])
def test_class_that_is_none_is_refused(corner, bright, class_id, expected):
    """Python would count from the end."""
    with raises(DataError, problem=f"'class_id' is {class_id}.", expected=expected):
        explain(corner, bright, class_id=class_id)
