"""Where a network looks: the grid, the sampler and its gradients, on whichever back-end KERAS_BACKEND names."""

import os

import cv2
import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from keras import ops

from roadsigns.errors import ModelError
from roadsigns.models.build import build_inference_network, build_training_network
from roadsigns.models.spatial_transformer import IDENTITY, AffineSampler, affine_grid, sample_bilinear

HEIGHT, WIDTH, CHANNELS = 9, 12, 3
# Turned, scaled, sheared and shifted, partly beyond the edge.
TURNED = (0.9, -0.35, 0.15, 0.3, 0.8, -0.2)
SHRUNK = (0.61, 0.07, -0.11, -0.05, 0.57, 0.13)


def noise(count=2, height=HEIGHT, width=WIDTH, channels=CHANNELS, seed=0):
    """Images of noise."""
    return np.random.default_rng(seed).random((count, height, width, channels), np.float32)


def sample(images, *thetas):
    """Images through frames, one for each."""
    theta = np.asarray(thetas * (len(images) // len(thetas)), np.float32)
    return ops.convert_to_numpy(AffineSampler()([images, theta]))


def expected(images, thetas):
    """The same in float64 and by the definition: each pixel of the image weighed by how near it is to the point."""
    count, height, width, _ = images.shape
    x, y = np.meshgrid((2 * np.arange(width) + 1) / width - 1, (2 * np.arange(height) + 1) / height - 1)
    points = np.stack([x, y, np.ones_like(x)]).reshape(3, -1)
    at = np.asarray(thetas, np.float64).reshape(count, 2, 3) @ points
    place = ((at + 1) * np.array([[width], [height]]) - 1) / 2
    columns, rows = (place[:, axis].clip(0, side - 1)[..., None] for axis, side in enumerate((width, height)))
    near = (np.maximum(0, 1 - np.abs(one - np.arange(side))) for one, side in ((rows, height), (columns, width)))
    return np.einsum("bpy,bpx,byxc->bpc", *near, images.astype(np.float64)).reshape(images.shape)


def warped(image, matrix, border=cv2.BORDER_REPLICATE):
    """OpenCV's answer; the matrix maps an output pixel to the point of the image, both in pixels."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(image, np.asarray(matrix, np.float64), image.shape[1::-1], flags=flags, borderMode=border)


def test_the_back_end_is_the_one_that_was_requested():
    """So that three processes of `make test-backends` test three back-ends."""
    assert keras.backend.backend() == os.environ.get("KERAS_BACKEND", "tensorflow")


# Few shapes: JAX compiles for each.
@pytest.mark.parametrize(("height", "width", "channels"), [(2, 2, 1), (9, 12, 3), (32, 32, 4), (33, 7, 3)])
def test_the_identity_returns_the_image(height, width, channels):
    """Of any shape; each pixel falls onto itself."""
    images = noise(height=height, width=width, channels=channels)

    np.testing.assert_allclose(sample(images, IDENTITY), images, atol=1e-5)


def test_the_grid_counts_from_the_middle():
    """From -1 at the left and upper edge to 1 at the right and lower one; pixels have their centres between."""
    x, y = ops.convert_to_numpy(affine_grid(ops.convert_to_tensor([IDENTITY], "float32"), height=2, width=4))[0]

    np.testing.assert_allclose(x, [-0.75, -0.25, 0.25, 0.75] * 2)
    np.testing.assert_allclose(y, [-0.5] * 4 + [0.5] * 4)


@pytest.mark.parametrize(("right", "down"), [(3, 0), (0, -2), (-4, 5), (0.5, 0), (1.25, -0.75)])
def test_a_shift_is_opencvs(right, down):
    """Whole pixels and parts of them; beyond the edge its pixels repeat."""
    image = noise(1)

    shifted = sample(image, (1, 0, 2 * right / WIDTH, 0, 1, 2 * down / HEIGHT))[0]

    np.testing.assert_allclose(shifted, warped(image[0], [[1, 0, right], [0, 1, down]]), atol=1e-5)


@pytest.mark.parametrize("degrees", [90, 180, 30, -7.5])
def test_a_rotation_is_opencvs(degrees):
    """About the middle of the image."""
    image = noise(1, 16, 16)
    cosine, sine = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))

    turned = sample(image, (cosine, -sine, 0, sine, cosine, 0))[0]

    rotation = np.array([[cosine, -sine], [sine, cosine]])
    middle = np.array([7.5, 7.5])
    np.testing.assert_allclose(turned, warped(image[0], np.c_[rotation, middle - rotation @ middle]), atol=1e-4)


@pytest.mark.parametrize(("across", "along"), [(0.5, 0.5), (2, 2), (0.8, 1.3)])
def test_a_scale_is_opencvs(across, along):
    """Below 1 a part is enlarged, above it all is made smaller; the middle stays in the middle."""
    image = noise(1)
    middle_x, middle_y = (WIDTH - 1) / 2, (HEIGHT - 1) / 2

    scaled = sample(image, (across, 0, 0, 0, along, 0))[0]

    matrix = [[across, 0, (1 - across) * middle_x], [0, along, (1 - along) * middle_y]]
    np.testing.assert_allclose(scaled, warped(image[0], matrix), atol=1e-4)


@given(change=st.lists(st.floats(-1.5, 1.5), min_size=6, max_size=6), seed=st.integers(0, 9))
def test_any_frame_is_as_defined(change, seed):
    """Two images, each through a frame of its own."""
    images, thetas = noise(seed=seed), (tuple(np.add(IDENTITY, change)), TURNED)

    # Points that lie where two pixels meet may fall to either side, which changes next to nothing.
    np.testing.assert_allclose(sample(images, *thetas), expected(images, thetas), atol=1e-4)


def test_a_frame_far_outside_shows_the_edge():
    """The nearest corner's pixel, everywhere; no zeros."""
    image = noise(1)

    far = sample(image, (1, 0, 50, 0, 1, -50))

    np.testing.assert_allclose(far, np.broadcast_to(image[:, :1, -1:], far.shape), atol=1e-6)


def test_what_is_no_number_stops_nothing():
    """A training that diverges is reported by its loss, not by a gather that leaves the image."""
    assert sample(noise(1), (np.nan,) * 6).shape == (1, HEIGHT, WIDTH, CHANNELS)


def step(network, inputs, weigh):
    """The gradient of sum(weigh * output) with respect to each weight, as one step of training takes it."""
    network.compile(keras.optimizers.SGD(1.0), loss=lambda wanted, given: ops.sum(wanted * given), jit_compile=False)
    before = [ops.convert_to_numpy(weight) for weight in network.trainable_weights]
    network.train_on_batch(inputs, weigh)
    return [old - ops.convert_to_numpy(new) for old, new in zip(before, network.trainable_weights, strict=True)]


def differences(function, at, size=1e-6):
    """Central finite differences of a function of an array, in float64."""
    gradient = np.empty(at.shape)
    for index in np.ndindex(at.shape):
        there, back = at.astype(np.float64), at.astype(np.float64)
        there[index] += size
        back[index] -= size
        gradient[index] = (function(there) - function(back)) / (2 * size)
    return gradient


@pytest.mark.parametrize("theta", [TURNED, SHRUNK])
def test_the_gradient_of_theta_is_that_of_finite_differences(theta):
    """All six numbers, also where a part of the frame lies outside, which counts for nothing."""
    images, weigh = noise(1), noise(1, seed=1) - 0.5
    chosen, one = keras.Input((HEIGHT, WIDTH, CHANNELS)), keras.Input((1,))
    frame = keras.layers.Dense(6, use_bias=False, name="frame")
    network = keras.Model([chosen, one], AffineSampler()([chosen, frame(one)]))
    frame.set_weights([np.array([theta], np.float32)])

    (gradient,) = step(network, [images, np.ones((1, 1), np.float32)], weigh)

    numeric = differences(lambda thetas: (expected(images, thetas) * weigh).sum(), np.array([theta]))
    assert np.abs(numeric).min() > 0.05, "a gradient of nothing would prove nothing"
    np.testing.assert_allclose(gradient, numeric, rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize("theta", [IDENTITY, TURNED, SHRUNK])
def test_the_gradient_of_the_image_is_that_of_finite_differences(theta):
    """Every pixel and channel, so that what stands before a transformer can learn too."""
    image, weigh = noise(1, 4, 5, 2), noise(1, 4, 5, 2, seed=1) - 0.5
    one, frame = keras.Input((1,)), keras.Input((6,))
    pixels = keras.layers.Dense(image.size, use_bias=False)
    network = keras.Model([one, frame], AffineSampler()([keras.layers.Reshape(image.shape[1:])(pixels(one)), frame]))
    pixels.set_weights([image.reshape(1, -1)])

    (gradient,) = step(network, [np.ones((1, 1), np.float32), np.array([theta], np.float32)], weigh)

    numeric = differences(lambda pixels: (expected(pixels, [theta]) * weigh).sum(), image)
    np.testing.assert_allclose(gradient.reshape(image.shape), numeric, atol=1e-4)


def test_points_may_be_fewer_than_pixels():
    """The sampler reads wherever it is told to: here the four corners, and the middle between them."""
    image = np.arange(4, dtype=np.float32).reshape(1, 2, 2, 1)
    points = np.array([[[-0.5, 0.5, -0.5, 0.5, 0], [-0.5, -0.5, 0.5, 0.5, 0]]], np.float32)

    values = sample_bilinear(ops.convert_to_tensor(image), ops.convert_to_tensor(points))

    np.testing.assert_allclose(ops.convert_to_numpy(values)[0, :, 0], [0, 1, 2, 3, 1.5], atol=1e-6)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "float32"])
def test_it_computes_in_float32(policy):
    """In bfloat16 a shift by a hundredth of a pixel would be none."""
    previous = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        images = noise()
        layer = AffineSampler()
        shifted = layer([images, np.array([(1, 0, 0.02 / WIDTH, 0, 1, 0)] * 2, np.float32)])
    finally:
        keras.config.set_dtype_policy(previous)

    assert layer.compute_dtype == keras.backend.standardize_dtype(shifted.dtype) == "float32"
    np.testing.assert_allclose(
        ops.convert_to_numpy(shifted)[:, :, :-1], 0.99 * images[:, :, :-1] + 0.01 * images[:, :, 1:], atol=1e-5
    )


@pytest.mark.parametrize(
    "shapes", [[(None, 8, 8, 3), (None, 5)], [(None, 8, 8), (None, 6)], [(None, 1, 8, 3), (None, 6)], [(None, 6)]]
)
def test_wrong_shapes_are_refused(shapes):
    """With what came and what was expected."""
    with pytest.raises(ModelError) as raised:
        AffineSampler(name="sampler")([keras.Input(shape[1:]) for shape in shapes])

    assert str(shapes[0]) in raised.value.problem
    assert "thetas (batch, 6)" in raised.value.expected


def random_network(seed=0):
    """The network of recipe `spatial-transformer` for five classes, which looks at each image in another way."""
    network = build_inference_network("spatial-transformer", num_classes=5, image_size=32)
    rng = np.random.default_rng(seed)
    network.set_weights([rng.normal(0, 0.08, weight.shape) for weight in network.get_weights()])
    return network


def looks(network):
    """The part of a network that says where it looks."""
    return keras.Model(network.inputs[0], network.get_layer("theta").output)


def test_it_starts_with_the_whole_image_as_fast_has_it():
    """At the whole image: with the same weights behind it, a new network answers as `fast` does."""
    network = build_inference_network("spatial-transformer", num_classes=5, image_size=32)
    fast = build_inference_network("fast", num_classes=5, image_size=32)
    fast.set_weights(network.get_weights()[-len(fast.get_weights()) :])
    images = noise(3, 32, 32)

    assert ops.convert_to_numpy(looks(network)(images)) == pytest.approx(np.array([IDENTITY] * 3))
    np.testing.assert_allclose(ops.convert_to_numpy(network(images)), ops.convert_to_numpy(fast(images)), atol=1e-5)


def test_its_localisation_is_small():
    """602,701 parameters in all, an eighth more than fast; at most a million multiply-adds to say where it looks."""
    network = build_inference_network("spatial-transformer", num_classes=43, image_size=32)
    layers = looks(network).layers

    assert network.count_params() == 602_701
    multiplied = sum(
        np.prod(layer.kernel.shape) * np.prod(layer.output.shape[1:-1]) for layer in layers if hasattr(layer, "kernel")
    )
    assert 0.3e6 < multiplied < 1e6


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16"])
def test_training_moves_the_window(precision):
    """Steps after the first reach every weight of the localisation; in the first its last layer is still zero."""
    network = build_training_network("spatial-transformer", num_classes=5, image_size=32, precision=precision, seed=0)
    network.compile(keras.optimizers.AdamW(0.004), "sparse_categorical_crossentropy", jit_compile=False)
    images, labels = noise(8, 32, 32), np.arange(8) % 5
    before = network.get_weights()

    for _ in range(3):
        network.train_on_batch(images, labels)

    for old, new in zip(before, network.get_weights(), strict=True):
        assert np.isfinite(new).all()
        assert not np.array_equal(old, new)
    assert np.abs(ops.convert_to_numpy(looks(network)(images)) - IDENTITY).max() > 1e-6


def test_it_is_saved_and_loaded(tmp_path):
    """By its registered name; what is loaded looks at the same places."""
    network, images = random_network(), noise(3, 32, 32)
    network.save(tmp_path / "network.keras")
    loaded = keras.saving.load_model(tmp_path / "network.keras")

    assert isinstance(loaded.get_layer("sampler"), AffineSampler)
    assert np.abs(ops.convert_to_numpy(looks(network)(images)) - IDENTITY).max() > 0.01
    for part in (looks, lambda whole: whole):
        np.testing.assert_allclose(
            ops.convert_to_numpy(part(loaded)(images)), ops.convert_to_numpy(part(network)(images)), atol=1e-6
        )


def test_it_answers_one_image_as_it_answers_many():
    """No image is read through another's frame."""
    network, images = random_network(), noise(5, 32, 32)

    alone = np.concatenate([ops.convert_to_numpy(network(images[index : index + 1])) for index in range(5)])

    np.testing.assert_allclose(alone, ops.convert_to_numpy(network(images)), atol=1e-5)
