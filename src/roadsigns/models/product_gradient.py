"""A convolution that computes the gradient of its kernel as one matrix product."""

from typing import Any

import keras
from keras import ops

__all__ = ["ProductGradientConv2D"]

# The longest side of an output, in pixels, at which the product was measured to be faster than TensorFlow's own
# operation, by compute dtype (docs/experiments/0030-kernel-gradients-as-products.md).
MAX_SIDE = {"bfloat16": 6, "float32": 3}


class ProductGradientConv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D` with another way to compute the gradient of its kernel.

    TensorFlow's operation works along the rows of the output, which are short in a small output. Here the patches that
    the kernel saw, shape (batch x positions, values in a patch), are multiplied by the gradient of the output, shape
    (batch x positions, filters): im2col (Chellapilla et al. 2006). On a CPU with AMX that takes a quarter of the time
    for outputs of 3x3, half of it for 5x5. Larger outputs, padding, strides, dilation and groups are left to
    TensorFlow.
    """

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Convolve; `keras.layers.Conv2D.call` calls this."""
        if not self._is_faster(inputs):
            return super().convolution_op(inputs, kernel)
        # TensorFlow accepts no variable in a function with a custom gradient; reshaped, it is a tensor.
        return _convolve(inputs, ops.reshape(kernel, kernel.shape))

    def _is_faster(self, inputs: Any) -> bool:
        if (self.data_format, self.padding) != ("channels_last", "valid"):
            return False
        if {*self.strides, *self.dilation_rate, self.groups} != {1}:
            return False
        sides = self.compute_output_shape(inputs.shape)[1:3]
        return None not in sides and max(sides) <= MAX_SIDE.get(self.compute_dtype, 0)


@ops.custom_gradient  # type: ignore[untyped-decorator]
def _convolve(inputs: Any, kernel: Any) -> Any:
    def gradient(*arguments: Any, upstream: Any = None) -> tuple[Any, Any]:
        # PyTorch passes inputs, kernel and `upstream`; the others only the gradient of the output.
        if upstream is None:
            (upstream,) = arguments
        return ops.conv_transpose(upstream, kernel, padding="valid"), _kernel_gradient(inputs, kernel.shape, upstream)

    return ops.conv(inputs, kernel, padding="valid"), gradient


def _kernel_gradient(inputs: Any, shape: tuple[int, ...], upstream: Any) -> Any:
    height, width, channels, filters = shape
    rows, columns = upstream.shape[1:3]
    shifted = [inputs[:, y : y + rows, x : x + columns] for y in range(height) for x in range(width)]
    patches = ops.reshape(ops.concatenate(shifted, axis=-1), (-1, height * width * channels))
    return ops.reshape(ops.matmul(ops.transpose(patches), ops.reshape(upstream, (-1, filters))), shape)
