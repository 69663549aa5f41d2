"""A batch trained in parts: the same weights, the same gradients, whatever the batch's size."""

import keras
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.recipe_tables import TrainingSettings
from roadsigns.training.optimization import data_parallel
from roadsigns.training.optimization.compile import compile_network
from roadsigns.training.optimization.data_parallel import choose_parts, fill_parts, in_parts
from roadsigns.training.optimization.device import Device
from roadsigns.training.optimization.steps import Steps


def small_network():
    """A convolution and a dense layer, always of the same weights."""
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.Input((8, 8, 3)),
            keras.layers.Conv2D(4, 3, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(5, activation="softmax"),
        ]
    )


def some_images(count):
    """Random numbers and labels."""
    rng = np.random.default_rng(count)
    return rng.random((count, 8, 8, 3), np.float32), rng.integers(0, 5, count).astype(np.int32)


@pytest.fixture
def machine(monkeypatch):
    """Pretend a machine: cores, back-end, accelerator, and whether TensorFlow has begun."""

    def pretend(*, cores=2, backend="tensorflow", accelerator=False, begun=False):
        threads = {}

        def set_threads(kind):
            def setter(count):
                if begun:
                    raise RuntimeError(f"{kind} parallelism cannot be modified after initialization.")
                threads[kind] = count

            return setter

        tensorflow = pytest.importorskip("tensorflow")
        monkeypatch.setattr(data_parallel, "available_cores", lambda: cores)
        device = Device("gpu" if accelerator else "cpu", "a device")
        monkeypatch.setattr(data_parallel, "find_device", lambda: device)
        monkeypatch.setattr(keras.backend, "backend", lambda: backend)
        for kind in ("intra", "inter"):
            monkeypatch.setattr(tensorflow.config.threading, f"set_{kind}_op_parallelism_threads", set_threads(kind))
        return threads

    return pretend


@pytest.mark.parametrize("batch_size", [64, 128])
def test_each_core_gets_a_part(machine, batch_size):
    threads = machine(cores=2)

    assert choose_parts(batch_size) == 2
    assert threads == {"intra": 1, "inter": 2}


@pytest.mark.parametrize(
    ("batch_size", "what"),
    [
        (128, {"cores": 1}),
        (256, {"cores": 4}),
        (128, {"backend": "jax"}),
        (128, {"backend": "torch"}),
        (128, {"accelerator": True}),
        (32, {}),
        (1, {}),
        (63, {}),
    ],
)
def test_a_batch_stays_whole_where_parts_gain_nothing(machine, batch_size, what):
    """On one core, on more than two, other back-ends, accelerators, in small batches; TensorFlow is left as it was."""
    threads = machine(**what)

    assert choose_parts(batch_size) == 1
    assert threads == {}


def test_a_batch_stays_whole_once_tensorflow_has_begun(machine):
    """Its threads cannot be changed any more."""
    machine(begun=True)

    assert choose_parts(128) == 1


def test_one_part_is_the_network_itself():
    """Nothing is built around it."""
    network = small_network()

    assert in_parts(network, 1) is network


@given(count=st.integers(1, 9), parts=st.integers(2, 4))
def test_parts_read_what_the_whole_reads(count, parts):
    """In order, also where there are fewer images than parts."""
    network = small_network()
    images, _ = some_images(count)

    together = np.asarray(in_parts(network, parts).predict_on_batch(images))

    np.testing.assert_allclose(together, np.asarray(network.predict_on_batch(images)), atol=1e-6)


@pytest.mark.parametrize("count", [1, 7, 64])
def test_a_step_in_parts_is_a_step_of_the_whole_batch(count):
    """Equal weights afterwards, which are the network's own; loss and accuracy are those of all images.

    One image is fewer than there are parts.
    """
    images, labels = some_images(count)
    steps = []
    for parts in (1, 3):
        network = small_network()
        trainer = in_parts(network, parts)
        compile_network(trainer, TrainingSettings(), steps_per_epoch=1)
        (step,) = Steps(trainer).take(*fill_parts(images[np.newaxis], labels[np.newaxis], parts))
        steps.append((step, network.get_weights(), trainer.get_weights()))

    (whole_step, whole, _), (parts_step, own, trained) = steps
    assert parts_step == pytest.approx(whole_step, abs=1e-6)
    for wanted, mine, theirs in zip(whole, own, trained, strict=True):
        np.testing.assert_allclose(mine, wanted, atol=1e-6)
        np.testing.assert_array_equal(mine, theirs)


def test_parts_are_computed_in_float32_around_a_network_of_bfloat16():
    """The images come whole, and the probabilities go whole."""
    policy = keras.DTypePolicy("mixed_bfloat16")
    network = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.Flatten(), keras.layers.Dense(5, dtype=policy)])
    images, _ = some_images(4)

    together = in_parts(network, 2)(images)

    assert keras.backend.standardize_dtype(together.dtype) == "float32"
