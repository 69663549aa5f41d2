"""The nodes and weights of an ONNX graph under construction."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from roadsigns.errors import MissingExtraError, ModelError

if TYPE_CHECKING:
    import keras

__all__ = ["GraphBuilder", "array_of", "import_onnx", "weight_name"]


class GraphBuilder:
    """Collects the nodes and initialisers of a graph; the functions that write layers add to it.

    Attributes:
        nodes: ONNX nodes in topological order.
        initialisers: ONNX tensors: the network's weights, and constants.
        last_layer: The network's last layer, whose logits are divided by the temperature.
        temperature: See `ModelMetadata`.
    """

    def __init__(self, network: "keras.Model", *, temperature: float = 1.0, float16: bool = False) -> None:
        self._onnx = import_onnx()
        self.nodes: list[Any] = []
        self.initialisers: list[Any] = []
        self.last_layer = network.layers[-1]
        self.temperature = temperature
        self._indices = {variable.path: index for index, variable in enumerate(network.weights)}
        self._float16 = float16

    def node(self, operator: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        """Add an operator with one output. Returns the output's name."""
        name = output or f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append(self._onnx.helper.make_node(operator, inputs, [name], name=name, **attributes))
        return name

    def weight(self, variable: Any, array: npt.NDArray[Any] | None = None) -> str:
        """Add a weight of the network.

        Args:
            variable: The Keras variable.
            array: Its values in ONNX's layout; None where that is Keras's.

        Returns:
            Its name in the graph; with float16 storage, that of its cast to float32.

        Raises:
            ModelError: If it is to be stored as float16 and exceeds its range.
        """
        values = np.ascontiguousarray(array_of(variable) if array is None else array, np.float32)
        name = weight_name(self._indices[variable.path])
        # Biases are few; storing them as float16 would save nothing.
        if not self._float16 or values.ndim == 1:
            return self._store(name, values)
        self._store(name, _as_float16(values, variable.path))
        return self.cast(name)

    def cast(self, value: str) -> str:
        """Add a cast to float32. Returns its name."""
        return self.node("Cast", value, to=self._onnx.TensorProto.FLOAT)

    def constant(self, array: npt.ArrayLike, dtype: type[np.generic] = np.float32) -> str:
        """Add a constant that is not a weight of the network. Returns its name."""
        return self._store(f"constant_{len(self.initialisers)}", np.array(array, dtype, order="C"))

    def _store(self, name: str, array: npt.NDArray[Any]) -> str:
        self.initialisers.append(self._onnx.numpy_helper.from_array(array, name))
        return name


def weight_name(index: int) -> str:
    """Return the name under which a file stores weight number `index` of its network, so that it can be read back."""
    return f"weight_{index:03d}"


def array_of(variable: Any) -> npt.NDArray[Any]:
    """Return the values of a Keras variable, on any back-end; `np.asarray` does not take PyTorch's."""
    from keras import ops

    return np.asarray(ops.convert_to_numpy(variable))


def _as_float16(values: npt.NDArray[np.float32], path: str) -> npt.NDArray[np.float16]:
    with np.errstate(over="ignore"):
        halved = values.astype(np.float16)
    if np.isfinite(values).all() and not np.isfinite(halved).all():
        raise ModelError(
            f"The weight '{path}' reaches {np.abs(values).max():.0f}.",
            expected="at most 65504, the largest number in float16",
            hint="Export it in float32.",
        )
    return halved


def import_onnx() -> Any:
    """Import the package onnx.

    Raises:
        MissingExtraError: If it is not installed.
    """
    try:
        import onnx
        import onnx.checker
        import onnx.helper
        import onnx.numpy_helper
    except ImportError as error:
        raise MissingExtraError(
            f"Writing ONNX files, and reading their weights, needs the package onnx ({error}).",
            hint="Install it: pip install 'roadsigns[export]'",
        ) from error
    return onnx
