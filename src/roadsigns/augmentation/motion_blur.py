"""Kernels of motion blur."""

import cv2
import numpy as np
import numpy.typing as npt

__all__ = ["motion_kernel"]

# Lines are drawn in sixteenths of a pixel, so that short blurs have a direction too.
UNIT, UNIT_BITS = 16, 4


def motion_kernel(length: float, degrees: float) -> npt.NDArray[np.float32]:
    """Draw a line through the centre of a square.

    Args:
        length: In pixels.
        degrees: Its direction, from the x axis downwards.

    Returns:
        Shape (side, side), side odd, float32, its sum 1.
    """
    side = 2 * int(np.ceil(length / 2)) + 1
    kernel = np.zeros((side, side), np.float32)
    centre = side // 2
    reach = UNIT * length / 2 * np.array([np.cos(np.radians(degrees)), np.sin(np.radians(degrees))])
    start, end = (tuple((UNIT * centre + sign * reach).round().astype(int).tolist()) for sign in (-1, 1))
    cv2.line(kernel, start, end, 1.0, 1, cv2.LINE_AA, shift=UNIT_BITS)
    return np.asarray(kernel / kernel.sum(), dtype=np.float32)
