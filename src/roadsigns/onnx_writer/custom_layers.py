"""The layers of `roadsigns.models` written as ONNX nodes."""

from typing import Any

import numpy as np

from roadsigns.onnx_writer.builder import GraphBuilder

__all__ = ["add_affine_sampler", "add_contrast_normalization"]


def add_contrast_normalization(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    """Write a `ContrastNormalization`.

    Means of neighbourhoods are matrix products: OpenVINO pools a single channel so slowly that it would take two thirds
    of the whole network's time.
    """
    from roadsigns.models.contrast import (
        CLIP,
        LOG_OFFSET,
        MIN_CONTRAST,
        MIN_LOCAL_CONTRAST,
        MIN_LOG_CONTRAST,
        running_mean,
    )

    def over_deviation(value: str, variance: str, minimum: float) -> str:
        return graph.node("Div", value, graph.node("Sqrt", graph.node("Add", variance, graph.constant(minimum**2))))

    def local_mean(value: str) -> str:
        return graph.node("MatMul", graph.node("MatMul", over_rows, value), over_columns)

    def local_contrast(brightness: str, minimum: float) -> str:
        difference = graph.node("Sub", brightness, local_mean(brightness))
        return over_deviation(difference, local_mean(graph.node("Mul", difference, difference)), minimum)

    side, axes = layer.input.shape[1], [2, 3]
    means = running_mean(side)
    over_rows = graph.constant(means)
    over_columns = graph.node("Transpose", over_rows, perm=[1, 0])
    border = layer.border(side)
    ends = (graph.constant(values, np.int64) for values in ([border] * 2, [-border] * 2, axes))
    middle = graph.node("Slice", *inputs, *ends)
    mean = graph.node("ReduceMean", middle, axes=[1, 2, 3])
    deviations = graph.node("Sub", middle, mean)
    variance = graph.node("ReduceMean", graph.node("Mul", deviations, deviations), axes=[1, 2, 3])
    colours = over_deviation(graph.node("Sub", *inputs, mean), variance, MIN_CONTRAST)
    colours = graph.node("Clip", colours, graph.constant(-CLIP), graph.constant(CLIP))
    channels = [colours, local_contrast(graph.node("ReduceMean", colours, axes=[1]), MIN_LOCAL_CONTRAST)]
    if layer.logarithmic:
        brightness = graph.node("Add", graph.node("ReduceMean", *inputs, axes=[1]), graph.constant(LOG_OFFSET))
        logarithms = graph.node("Log", brightness)
        # Local contrast does not depend on their mean, and bfloat16 is more exact near zero.
        logarithms = graph.node("Sub", logarithms, graph.node("ReduceMean", logarithms, axes=[1, 2, 3]))
        channels.append(local_contrast(logarithms, MIN_LOG_CONTRAST))
    return graph.node("Concat", *channels, axis=1)


def add_affine_sampler(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    """Write an `AffineSampler`; its inputs are the images and theta."""
    from roadsigns.models.spatial_transformer import output_points

    images, theta = inputs
    height, width = layer.output.shape[1:3]
    # ONNX has AffineGrid from opset 20 on only; it is this product, with a 1 below each point. Whole numbers of half
    # pixels take a quarter of the file that fractions would.
    sides = np.array([[width], [height], [1]], np.float32)
    halves = np.concatenate([output_points(height, width), np.ones((1, height * width), np.float32)]) * sides
    kind = np.int8 if max(width, height) <= np.iinfo(np.int8).max else np.int16
    points = graph.node("Div", graph.cast(graph.constant(np.rint(halves), kind)), graph.constant(sides))
    matrices = graph.node("Reshape", theta, graph.constant([-1, 2, 3], np.int64))
    grid = graph.node("Transpose", graph.node("MatMul", matrices, points), perm=[0, 2, 1])
    grid = graph.node("Reshape", grid, graph.constant([-1, height, width, 2], np.int64))
    return graph.node("GridSample", images, grid, mode="bilinear", padding_mode="border", align_corners=0)
