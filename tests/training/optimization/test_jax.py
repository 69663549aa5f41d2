"""Steps on JAX, where it is installed, beside the same steps on the back-end of these tests."""

import importlib.util
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from roadsigns.recipe_tables import TrainingSettings
from roadsigns.training.distillation import with_teacher
from roadsigns.training.optimization.compile import compile_network, train_last_layer_only
from roadsigns.training.optimization.steps import Steps

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("jax") is None, reason="JAX is not installed: make test-backends, or the extra gpu"
)

SIDE, CLASSES = 6, 3


def take_steps(path):
    """Train from the weights in a file: the last layer for two steps, then all. Returns losses and weights."""
    start = np.load(path)
    network, teacher = (_network() for _ in range(2))
    network.set_weights([start[f"student{index}"] for index in range(4)])
    teacher.set_weights([start[f"teacher{index}"] for index in range(4)])
    teacher.trainable = False
    trainer = with_teacher(network, teacher, 0.5)
    settings = TrainingSettings(optimizer="adamw", learning_rate=0.01, label_smoothing=0.1)
    compile_network(trainer, settings, steps_per_epoch=4)
    losses, weights = [], []
    for only_last in (True, False):
        train_last_layer_only(network, only_last)
        losses += [step.loss for step in Steps(trainer).take(start["images"], start["labels"])]
        weights += network.get_weights()
    return losses, weights


def _network():
    return keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 2)),
            keras.layers.Conv2D(4, 3, activation="relu"),
            keras.layers.Flatten(),
            keras.layers.Dense(CLASSES, activation="softmax"),
        ]
    )


def test_steps_on_jax_are_those_of_other_back_ends(tmp_path):
    """Losses and weights of a network with a teacher, of which first only the last layer learns."""
    rng = np.random.default_rng(0)
    arrays = {
        f"{kind}{index}": rng.normal(0, 0.3, weight.shape).astype(np.float32)
        for kind in ("student", "teacher")
        for index, weight in enumerate(_network().get_weights())
    }
    images = rng.random((2, 4, SIDE, SIDE, 2), np.float32)
    labels = rng.integers(0, CLASSES, (2, 4)).astype(np.int32)
    np.savez(tmp_path / "start.npz", images=images, labels=labels, **arrays)

    subprocess.run(
        [sys.executable, __file__, tmp_path / "start.npz", tmp_path / "end.npz"],
        env={**os.environ, "KERAS_BACKEND": "jax", "JAX_PLATFORMS": "cpu"},
        check=True,
    )

    end = np.load(tmp_path / "end.npz")
    losses, weights = take_steps(tmp_path / "start.npz")
    np.testing.assert_allclose(end["losses"], losses, atol=1e-5)
    for index, weight in enumerate(weights):
        np.testing.assert_allclose(end[f"weight{index}"], weight, atol=1e-5)
    moved = [not np.array_equal(arrays[f"student{index % 4}"], weight) for index, weight in enumerate(weights)]
    assert moved == [False, False, True, True, True, True, True, True]


if __name__ == "__main__":
    said, left = take_steps(sys.argv[1])
    np.savez(sys.argv[2], losses=said, **{f"weight{index}": weight for index, weight in enumerate(left)})
