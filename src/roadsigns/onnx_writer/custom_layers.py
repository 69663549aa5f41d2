"""What the layers of our own are in ONNX."""

from typing import Any

import numpy as np

from roadsigns.onnx_writer.builder import GraphBuilder

__all__ = ["normalise_contrast", "sample_affinely"]


def normalise_contrast(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    """Write a `ContrastNormalization`.

    Means of the surroundings are products with a matrix: OpenVINO pools a single channel so slowly that they would
    take two thirds of the whole network's time.
    """
    from roadsigns.models.contrast import (
        LOG_OFFSET,
        MIN_CONTRAST,
        MIN_LOCAL_CONTRAST,
        MIN_LOG_CONTRAST,
        CLIP,
        running_mean,
    )

    def number(value: float) -> str:
        return graph.constant(np.asarray(value, np.float32))

    def over_deviation(value: str, variance: str, least: float) -> str:
        return graph.node("Div", value, graph.node("Sqrt", graph.node("Add", variance, number(least**2))))

    def surroundings(value: str) -> str:
        return graph.node("MatMul", graph.node("MatMul", over_rows, value), over_columns)

    def local_contrast(light: str, least: float) -> str:
        difference = graph.node("Sub", light, surroundings(light))
        return over_deviation(difference, surroundings(graph.node("Mul", difference, difference)), least)

    side, sides = layer.input.shape[1], [2, 3]
    means = running_mean(side)
    over_rows, over_columns = graph.constant(means), graph.constant(np.ascontiguousarray(means.T))
    border = layer.border(side)
    ends = (graph.constant(np.asarray(values, np.int64)) for values in ([border] * 2, [-border] * 2, sides))
    middle = graph.node("Slice", *inputs, *ends)
    mean = graph.node("ReduceMean", middle, axes=[1, 2, 3])
    strayed = graph.node("Sub", middle, mean)
    variance = graph.node("ReduceMean", graph.node("Mul", strayed, strayed), axes=[1, 2, 3])
    colours = over_deviation(graph.node("Sub", *inputs, mean), variance, MIN_CONTRAST)
    colours = graph.node("Clip", colours, number(-CLIP), number(CLIP))
    channels = [colours, local_contrast(graph.node("ReduceMean", colours, axes=[1]), MIN_LOCAL_CONTRAST)]
    if layer.logarithmic:
        light = graph.node("Add", graph.node("ReduceMean", *inputs, axes=[1]), number(LOG_OFFSET))
        logarithms = graph.node("Log", light)
        # Local contrast is the same without their mean, and bfloat16 rounds what is near zero more finely.
        logarithms = graph.node("Sub", logarithms, graph.node("ReduceMean", logarithms, axes=[1, 2, 3]))
        channels.append(local_contrast(logarithms, MIN_LOG_CONTRAST))
    return graph.node("Concat", *channels, axis=1)


def sample_affinely(graph: GraphBuilder, layer: Any, inputs: list[str]) -> str:
    """Write an `AffineSampler`; its inputs are the images and theta."""
    from roadsigns.models.spatial_transformer import output_points

    images, theta = inputs
    height, width = layer.output.shape[1:3]

    def shape(*sides: int) -> str:
        return graph.constant(np.asarray(sides, np.int64))

    # AffineGrid came with opset 20 only; it is this product, with a 1 under each point.
    points = np.concatenate([output_points(height, width), np.ones((1, height * width), np.float32)])
    grid = graph.node("MatMul", graph.node("Reshape", theta, shape(-1, 2, 3)), graph.constant(points))
    grid = graph.node("Reshape", graph.node("Transpose", grid, perm=[0, 2, 1]), shape(-1, height, width, 2))
    return graph.node("GridSample", images, grid, mode="bilinear", padding_mode="border", align_corners=0)
