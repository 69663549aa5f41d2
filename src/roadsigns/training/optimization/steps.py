"""Training steps, several in one call of TensorFlow, so that no time is lost between them."""

from collections.abc import Callable
from typing import Any, NamedTuple

import keras
import numpy as np
import numpy.typing as npt

__all__ = ["STEPS_TOGETHER", "Step", "Steps"]

# More gain nothing (docs/experiments/0031-steps-per-call.md), and Ctrl-C waits for all of them.
STEPS_TOGETHER = 8

Images = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int32]
Take = Callable[[Images, Labels], tuple[Any, Any]]


class Step(NamedTuple):
    """What one step says of its batch, before it: mean loss in nats, and the share of images that were read right."""

    loss: float
    accuracy: float


class Steps:
    """Takes the steps of a compiled model; make it anew when other weights are to be trained."""

    def __init__(self, trainer: keras.Model) -> None:
        on_tensorflow = keras.backend.backend() == "tensorflow"
        self._take = _in_one_call(trainer) if on_tensorflow else _one_by_one(trainer)

    def take(self, images: Images, labels: Labels) -> list[Step]:
        """Take one step for each batch of a stack.

        Args:
            images: Shape (steps, batch, ...), float32.
            labels: Class ids, shape (steps, batch), int32.

        Returns:
            What each said; where a loss is not finite, those after it mean nothing.
        """
        losses, accuracies = self._take(images, labels)
        return [Step(float(loss), float(accuracy)) for loss, accuracy in zip(losses, accuracies, strict=True)]


def _in_one_call(trainer: keras.Model) -> Take:
    import tensorflow as tf

    _build_metrics(trainer)

    def step(batch: Any) -> tuple[Any, Any]:
        trainer.reset_metrics()
        logs = trainer.train_step(batch)
        return logs["loss"], logs["accuracy"]

    def take(images: Any, labels: Any) -> Any:
        # One after the other: each begins with the weights that the one before it left.
        said = tf.TensorSpec((), tf.float32)
        return tf.map_fn(step, (images, labels), parallel_iterations=1, fn_output_signature=(said, said))

    signature = (
        tf.TensorSpec((None, None, *trainer.input_shape[1:]), tf.float32),
        tf.TensorSpec((None, None), tf.int32),
    )
    in_graph = tf.function(take, input_signature=signature, autograph=False)

    def run(images: Images, labels: Labels) -> tuple[Any, Any]:
        losses, accuracies = in_graph(images, labels)
        return losses.numpy(), accuracies.numpy()

    return run


def _build_metrics(trainer: keras.Model) -> None:
    """Keras makes their variables when it first uses them, which it may not do within a loop of TensorFlow's."""
    labels, probabilities = np.zeros(1, np.int32), np.ones((1, trainer.output_shape[-1]), np.float32)
    trainer.compute_loss(y=labels, y_pred=probabilities)
    trainer.compute_metrics(None, labels, probabilities)


def _one_by_one(trainer: keras.Model) -> Take:
    # Which weights are trained may have changed since Keras made its function.
    trainer.make_train_function(force=True)

    def run(images: Images, labels: Labels) -> tuple[Any, Any]:
        logs = [trainer.train_on_batch(*batch, return_dict=True) for batch in zip(images, labels, strict=True)]
        return [log["loss"] for log in logs], [log["accuracy"] for log in logs]

    return run
