"""A network made ready to train."""

import keras
import numpy as np
import pytest

from roadsigns.models.byte_dropout import ByteDropout
from roadsigns.recipe_tables import TrainingSettings
from roadsigns.training.optimization.compile import compile_network, reseed_dropout, train_last_layer_only
from roadsigns.training.optimization.steps import Steps


def small_network():
    """A dense layer between two dropouts."""
    return keras.Sequential([keras.Input((8,)), ByteDropout(0.5), keras.layers.Dense(4), ByteDropout(0.5)])


def states(network):
    """The random state of each dropout layer."""
    return [
        np.asarray(layer.seed_generator.state).tolist() for layer in network.layers if isinstance(layer, ByteDropout)
    ]


def test_compile_takes_over_the_recipes_optimiser():
    """Momentum, Nesterov, and a rate that drops after the recipe's epochs."""
    network = small_network()

    rate = compile_network(network, TrainingSettings(momentum=0.8, nesterov=False), steps_per_epoch=7)

    assert network.optimizer.momentum == 0.8
    assert network.optimizer.nesterov is False
    assert float(rate(0)) == np.float32(0.01)
    assert float(rate(69)) > 9 * float(rate(70))


def test_compile_takes_over_adamw_and_one_cycle():
    """Weight decay, and a cycle over all steps of the training."""
    network = small_network()
    settings = TrainingSettings(
        optimizer="adamw", schedule="one-cycle", weight_decay=0.03, learning_rate=0.002, epochs=10, warm_up=0.5
    )

    rate = compile_network(network, settings, steps_per_epoch=7)

    assert network.optimizer.weight_decay == 0.03
    assert max(range(70), key=lambda step: float(rate(step))) == 35
    assert float(rate(69)) < 0.0001


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_labels_are_smoothed_as_much_as_the_recipe_says(smoothing):
    """The loss is the cross-entropy of 1 less the share on the true class, plus the share over all."""
    network = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4, activation="softmax")])
    images, labels = np.random.default_rng(0).random((6, 8), np.float32), np.array([0, 1, 2, 3, 0, 1])
    logs = np.log(keras.ops.convert_to_numpy(network(images)))

    compile_network(network, TrainingSettings(label_smoothing=smoothing), steps_per_epoch=1)
    loss = network.train_on_batch(images, labels, return_dict=True)["loss"]

    wanted = (1 - smoothing) * np.eye(4)[labels] + smoothing / 4
    assert loss == pytest.approx(-(wanted * logs).sum(axis=1).mean(), rel=1e-5)


def test_channel_dropout_is_reseeded_too():
    """Every layer with a random state, Keras's own as well."""
    network = keras.Sequential([keras.Input((4, 4, 2)), keras.layers.SpatialDropout2D(0.5), ByteDropout(0.5)])
    before = [np.asarray(layer.seed_generator.state).tolist() for layer in network.layers]

    reseed_dropout(network, 3, 4)

    after = [np.asarray(layer.seed_generator.state).tolist() for layer in network.layers]
    assert all(old != new for old, new in zip(before, after, strict=True))


def test_dropout_is_reseeded_by_seed_and_epoch_alone():
    """Equal seeds and epochs give equal states; layers, epochs and seeds differ."""
    network = small_network()
    seen = []
    for seed, epoch in [(0, 0), (0, 1), (1, 0), (0, 0)]:
        reseed_dropout(network, seed, epoch)
        seen.append(states(network))

    assert seen[0] == seen[3]
    assert len({str(state) for both in seen[:3] for state in both}) == 6


def test_last_layer_learns_alone_and_then_all():
    """The rest moves only when it may; the optimiser and its count continue."""
    network = keras.Sequential(
        [keras.Input((8,)), keras.layers.Dense(5, name="body"), keras.layers.Dense(3, activation="softmax")]
    )
    compile_network(network, TrainingSettings(optimizer="adamw", learning_rate=0.1), steps_per_epoch=4)
    images, labels = np.random.default_rng(0).random((6, 8), np.float32), np.array([0, 1, 2, 0, 1, 2], np.int32)

    def moved():
        before = network.get_weights()
        Steps(network).take(images[np.newaxis], labels[np.newaxis])
        return [not np.array_equal(old, new) for old, new in zip(before, network.get_weights(), strict=True)]

    train_last_layer_only(network, True)
    assert moved() == [False, False, True, True]
    assert moved() == [False, False, True, True]
    train_last_layer_only(network, False)
    assert moved() == [True, True, True, True]
    assert int(network.optimizer.iterations) == 3
