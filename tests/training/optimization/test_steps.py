"""Several steps in one call: what they say and leave is what one after the other says and leaves."""

import keras
import numpy as np
import pytest

from roadsigns.models.byte_dropout import ByteDropout
from roadsigns.recipe_tables import TrainingSettings
from roadsigns.training.optimization.compile import compile_network, train_last_layer_only
from roadsigns.training.optimization.steps import Steps

SIDE, CLASSES = 6, 3


def trainer(activation="relu"):
    """A small network with dropout, compiled, always of the same weights."""
    keras.utils.set_random_seed(0)
    network = keras.Sequential(
        [
            keras.Input((SIDE, SIDE, 2)),
            keras.layers.Conv2D(4, 3, activation=activation),
            ByteDropout(0.5, channels=True, seed=1),
            keras.layers.Flatten(),
            keras.layers.Dense(CLASSES, activation="softmax"),
        ]
    )
    settings = TrainingSettings(optimizer="adamw", learning_rate=0.01, schedule="one-cycle", epochs=2, warm_up=0.5)
    compile_network(network, settings, steps_per_epoch=8)
    return network


def some_batches(steps, size, seed=0):
    """Random numbers and labels."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, CLASSES, (steps, size)).astype(np.int32)
    return rng.random((steps, size, SIDE, SIDE, 2), np.float32), labels


def test_several_steps_are_those_of_keras_one_by_one():
    """Rates, dropout, loss, accuracy, weights and the optimiser's own numbers; the last batch is smaller."""
    stacks = [some_batches(1, 4, 1), some_batches(5, 4, 2), some_batches(1, 3, 3)]
    alone, together = trainer(), trainer()

    one_by_one = [
        alone.train_on_batch(*batch, return_dict=True)
        for images, labels in stacks
        for batch in zip(images, labels, strict=True)
    ]
    steps = Steps(together)
    taken = [step for stack in stacks for step in steps.take(*stack)]

    assert len(taken) == 7
    for step, logs in zip(taken, one_by_one, strict=True):
        assert step.loss == pytest.approx(logs["loss"], abs=1e-6)
        assert step.accuracy == pytest.approx(logs["accuracy"], abs=1e-6)
    assert len({round(step.loss, 5) for step in taken}) == 7
    for mine, wanted in zip(
        [*together.weights, *together.optimizer.variables], [*alone.weights, *alone.optimizer.variables], strict=True
    ):
        np.testing.assert_allclose(
            keras.ops.convert_to_numpy(mine), keras.ops.convert_to_numpy(wanted), atol=1e-6, err_msg=mine.path
        )
    assert int(together.optimizer.iterations) == 7


def test_a_loss_that_is_no_number_is_said_of_its_own_step():
    """Those before it are as they were. A ReLU would make 0 of what is none."""
    images, labels = some_batches(4, 4)
    images[2] = np.nan

    losses = [step.loss for step in Steps(trainer(activation=None)).take(images, labels)]

    assert np.isfinite(losses[:2]).all()
    assert np.isnan(losses[2])


def test_steps_made_anew_train_the_weights_of_then():
    """The last layer, and then all."""
    network = trainer()
    stack = some_batches(2, 4)

    def moved(steps):
        before = network.get_weights()
        steps.take(*stack)
        return [not np.array_equal(old, new) for old, new in zip(before, network.get_weights(), strict=True)]

    train_last_layer_only(network, True)
    first, *_, last = moved(Steps(network))
    assert (first, last) == (False, True)

    train_last_layer_only(network, False)
    assert all(moved(Steps(network)))


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])
def test_other_back_ends_take_one_step_after_the_other(monkeypatch, backend):
    """By Keras's own function; TensorFlow does without."""
    network, calls = trainer(), []
    step = keras.Model.train_on_batch

    def counted(self, *batch, **options):
        calls.append(batch)
        return step(self, *batch, **options)

    monkeypatch.setattr(keras.Model, "train_on_batch", counted)
    monkeypatch.setattr(keras.backend, "backend", lambda: backend)

    taken = Steps(network).take(*some_batches(3, 4))

    assert len(taken) == 3
    assert len(calls) == (0 if backend == "tensorflow" else 3)
