"""A convolution whose kernel's gradient is one product of matrices."""

from typing import Any

import keras
from keras import ops

__all__ = ["ProductGradientConv2D"]

# By arithmetic: the longest side of an output, in pixels, at which the product was measured to be faster than
# TensorFlow's own operation (docs/experiments/0030-kernel-gradients-as-products.md).
LONGEST_SIDE = {"bfloat16": 6, "float32": 3}


class ProductGradientConv2D(keras.layers.Conv2D):
    """`keras.layers.Conv2D` in all but how the gradient of its kernel is computed.

    TensorFlow's operation for it goes along the rows of the output, which in a small one are a few numbers each. Here
    the patches that the kernel saw, (batch x places, numbers in a patch), are multiplied by the gradient of the output,
    (batch x places, filters): im2col (Chellapilla et al. 2006). On a CPU with AMX that takes a quarter of the time at
    3x3, half of it at 5x5. Larger outputs, zeros beyond the edge, strides, dilations and groups are left to TensorFlow.
    """

    def convolution_op(self, inputs: Any, kernel: Any) -> Any:
        """Convolve: what `keras.layers.Conv2D.call` asks for."""
        if not self._gains(inputs):
            return super().convolution_op(inputs, kernel)
        # TensorFlow takes no variable for a function with a gradient of its own; reshaped, it is a tensor.
        return _convolve(inputs, ops.reshape(kernel, kernel.shape))

    def _gains(self, inputs: Any) -> bool:
        if (self.data_format, self.padding) != ("channels_last", "valid"):
            return False
        if {*self.strides, *self.dilation_rate, self.groups} != {1}:
            return False
        sides = self.compute_output_shape(inputs.shape)[1:3]
        return None not in sides and max(sides) <= LONGEST_SIDE.get(self.compute_dtype, 0)


@ops.custom_gradient  # type: ignore[untyped-decorator]
def _convolve(inputs: Any, kernel: Any) -> Any:
    def gradient(*arguments: Any, upstream: Any = None) -> tuple[Any, Any]:
        # PyTorch gives inputs, kernel and `upstream`; the others the gradient of the output alone.
        if upstream is None:
            (upstream,) = arguments
        return ops.conv_transpose(upstream, kernel, padding="valid"), _kernel_gradient(inputs, kernel.shape, upstream)

    return ops.conv(inputs, kernel, padding="valid"), gradient


def _kernel_gradient(inputs: Any, shape: tuple[int, ...], upstream: Any) -> Any:
    height, width, channels, filters = shape
    rows, columns = upstream.shape[1:3]
    places = [inputs[:, y : y + rows, x : x + columns] for y in range(height) for x in range(width)]
    patches = ops.reshape(ops.concatenate(places, axis=-1), (-1, height * width * channels))
    return ops.reshape(ops.matmul(ops.transpose(patches), ops.reshape(upstream, (-1, filters))), shape)
