"""The one way from a decoded image to a network's input, by the name of its preparation."""

import numpy as np
import pytest
from fixtures.errors import raises
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.errors import ImageError, ModelError
from roadsigns.preprocessing.crop import crop_sign
from roadsigns.preprocessing.crop_transform import crop_matrix, halve_until_sampled, resample
from roadsigns.preprocessing.prepare import PREPARATIONS, Preparation, place, prepare
from roadsigns.preprocessing.tutorial import prepare_tutorial

SIDES = st.integers(2, 150)
TUTORIAL, BOX = Preparation("tutorial", 48), Preparation("box", 32)


def noise(height=70, width=60):
    """An image of random levels."""
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


@given(SIDES, SIDES, st.sampled_from(PREPARATIONS), st.integers(32, 64))
def test_result_has_the_networks_shape_and_range(height, width, name, image_size):
    """Float32 in [0, 1], and the input is untouched."""
    image = noise(height, width)
    before = image.copy()

    prepared = prepare(image, Preparation(name, image_size))

    assert prepared.shape == (image_size, image_size, 3)
    assert prepared.dtype == np.float32
    assert 0 <= prepared.min() <= prepared.max() <= 1 + 1e-6
    np.testing.assert_array_equal(image, before)


def test_tutorial_uses_the_whole_image():
    """And, told of a box, at what GTSRB would have cut out around it."""
    image, box = noise(), (12, 15, 45, 50)

    np.testing.assert_array_equal(prepare(image, TUTORIAL), prepare_tutorial(image, 48))
    np.testing.assert_array_equal(prepare(image, TUTORIAL, box), prepare_tutorial(crop_sign(image, box), 48))
    assert not TUTORIAL.wants_boxes


def test_box_is_resampled_from_the_original_levels():
    """In [0, 1], nothing else done to them."""
    image, box = noise(), (12, 15, 45, 50)
    matrix = crop_matrix(image, box, image_size=32, margin=0.1)

    prepared = prepare(image, BOX, box)

    np.testing.assert_allclose(prepared * 255, resample(*halve_until_sampled(image, matrix), image_size=32), atol=1e-4)
    assert BOX.wants_boxes


def test_margin_is_what_is_seen_around_the_box():
    """White around a black sign: none without a margin, much with a wide one."""
    image = np.full((90, 90, 3), 255, np.uint8)
    image[30:60, 30:60] = 0

    none, wide = (prepare(image, Preparation("box", 32, margin), (30, 30, 60, 60)) for margin in (0.0, 0.5))

    assert none[1:-1, 1:-1].max() == 0
    assert wide.mean() == pytest.approx(0.75, abs=0.01)


def test_read_only_image_is_prepared():
    image = noise()
    image.flags.writeable = False

    for preparation in (TUTORIAL, BOX):
        assert prepare(image, preparation).shape == (preparation.image_size, preparation.image_size, 3)


@pytest.mark.parametrize("preparation", [TUTORIAL, BOX])
def test_part_of_an_image_is_prepared_like_a_copy_of_it(preparation):
    """A crop is a view into a larger image, not contiguous in memory."""
    part = noise(90, 80)[11:60, 7:50]

    np.testing.assert_array_equal(prepare(part, preparation), prepare(part.copy(), preparation))


@pytest.mark.parametrize("preparation", [TUTORIAL, BOX])
def test_compact_is_at_most_a_sixteenth_of_a_level_off(preparation):
    """Levels stay what they are, floats take half the memory."""
    placed = place(noise(), preparation)

    compact = placed.compact()

    assert compact.pixels.dtype == (np.uint8 if preparation is BOX else np.float16)
    assert np.abs(compact.pixels.astype(np.float32) - placed.pixels).max() <= 1 / 4096
    assert compact.matrix is placed.matrix


@pytest.mark.parametrize("preparation", [TUTORIAL, BOX])
@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 30, 3), (30, 1, 3)])
def test_image_of_a_single_row_or_column_is_refused(shape, preparation):
    """Its central square is empty."""
    with raises(ImageError, problem=f"{shape[1]}x{shape[0]} pixels", expected="at least 2x2"):
        prepare(np.zeros(shape, np.uint8), preparation)


def test_unknown_preparation_is_refused():
    """The known ones are listed."""
    with raises(ModelError, problem="clahe") as raised:
        Preparation("clahe", 48)
    assert raised.value.expected == "one of box, stretched-box, tutorial"


@pytest.mark.parametrize("margin", [float("nan"), float("inf"), -0.5])
def test_margin_that_is_no_fraction_is_refused(margin):
    with raises(ModelError, problem=f"The margin is {margin}.", expected="above -0.5"):
        Preparation("box", 48, margin)
