"""Compilation of a network for training: optimiser, schedule, loss, and the random state of its dropout."""

from typing import Any

import keras
import numpy as np
from keras import ops

from roadsigns.recipe_tables import TrainingSettings
from roadsigns.training.optimization.schedule import DroppingRate, OneCycleRate

__all__ = ["compile_network", "reseed_dropout", "train_last_layer_only"]

# Adam's memory of squared gradients: 100 steps. Its 1,000 would be most of a short training.
ADAM_BETA_2 = 0.99


def compile_network(
    network: keras.Model, settings: TrainingSettings, *, steps_per_epoch: int, loss: Any = None
) -> DroppingRate | OneCycleRate:
    """Compile a network with a recipe's optimiser.

    Args:
        network: Is compiled.
        settings: Of the recipe.
        steps_per_epoch: For the schedule.
        loss: A function of targets and outputs; None for that of class ids, with the accuracy.

    Returns:
        The learning rate as a function of the step.
    """
    rate = _schedule(settings, steps_per_epoch)
    optimizer = _optimizer(settings, rate)
    optimizer.build(network.trainable_variables)
    on_jax = keras.backend.backend() == "jax"
    if on_jax:
        _allow_untrained_layers(optimizer, network)
    # XLA is off on TensorFlow: measured here, it makes this network train at an eighth of the speed on a CPU. JAX
    # without XLA would call one operation after the other from Python.
    metrics = ["accuracy"] if loss is None else []
    loss = loss or _smoothed_loss(settings.label_smoothing)
    network.compile(optimizer, loss=loss, metrics=metrics, jit_compile=on_jax)
    return rate


def _allow_untrained_layers(optimizer: keras.optimizers.Optimizer, network: keras.Model) -> None:
    """Let a step on JAX change some variables alone, as `train_last_layer_only` wants.

    Keras's own function takes the gradients of all variables that the optimiser knows, and no others.
    """

    def stateless_apply(
        optimizer_values: list[Any], gradients: list[Any], values: list[Any]
    ) -> tuple[list[Any], list[Any]]:
        trained, remembered = network.trainable_variables, optimizer.variables
        pairs = [*zip(trained, values, strict=True), *zip(remembered, optimizer_values, strict=True)]
        with keras.StatelessScope(state_mapping=pairs) as scope:
            optimizer.apply(gradients, trained)
        return [scope.get_current_value(one) for one in trained], [scope.get_current_value(one) for one in remembered]

    optimizer.stateless_apply = stateless_apply


def _smoothed_loss(smoothing: float) -> Any:
    """Cross-entropy of class ids, with labels smoothed (Szegedy et al. 2016, section 7).

    Keras smooths one-hot labels only. Without smoothing its loss of class ids is the same and needs none.
    """
    if not smoothing:
        return "sparse_categorical_crossentropy"

    def smoothed_crossentropy(labels: Any, probabilities: Any) -> Any:
        one_hot = ops.one_hot(ops.reshape(labels, (-1,)), probabilities.shape[-1])
        return keras.losses.categorical_crossentropy(one_hot, probabilities, label_smoothing=smoothing)

    return smoothed_crossentropy


def _schedule(settings: TrainingSettings, steps_per_epoch: int) -> DroppingRate | OneCycleRate:
    if settings.schedule == "one-cycle":
        return OneCycleRate(settings.learning_rate, steps=settings.epochs * steps_per_epoch, warm_up=settings.warm_up)
    return DroppingRate(
        settings.learning_rate,
        drop_factor=settings.drop_factor,
        steps_per_drop=settings.drop_every_epochs * steps_per_epoch,
        decay_per_step=settings.decay_per_step,
    )


def _optimizer(settings: TrainingSettings, rate: DroppingRate | OneCycleRate) -> keras.optimizers.Optimizer:
    norm = settings.gradient_norm or None
    if settings.optimizer == "adamw":
        return keras.optimizers.AdamW(
            rate, weight_decay=settings.weight_decay, beta_2=ADAM_BETA_2, global_clipnorm=norm
        )
    return keras.optimizers.SGD(rate, momentum=settings.momentum, nesterov=settings.nesterov, global_clipnorm=norm)


def reseed_dropout(network: keras.Model, seed: int, epoch: int) -> None:
    """Give every dropout layer a random state of its own for this epoch, so that a resumed run draws the same."""
    layers = [layer for layer in network.layers if hasattr(layer, "seed_generator")]
    for index, layer in enumerate(layers):
        state = np.random.SeedSequence([seed, epoch, index]).generate_state(2)
        variable = layer.seed_generator.state
        variable.assign(state.astype(variable.dtype))


def train_last_layer_only(network: keras.Model, only: bool) -> None:
    """Let `Steps` that are made from now on change the last layer alone, or all of them again.

    The optimiser knows all, and keeps what it knows.
    """
    for layer in network.layers[:-1]:
        layer.trainable = not only
