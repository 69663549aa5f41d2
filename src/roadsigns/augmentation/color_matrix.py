"""Hue and saturation as matrices on R, G and B."""

import numpy as np
import numpy.typing as npt

__all__ = ["LUMA", "hue_saturation_matrices"]

# NTSC's axes of brightness, orange to blue and purple to green: turning the last two turns the hue.
TO_YIQ = np.array([[0.299, 0.587, 0.114], [0.596, -0.274, -0.322], [0.211, -0.523, 0.312]])
FROM_YIQ = np.linalg.inv(TO_YIQ)
LUMA = TO_YIQ[0]


def hue_saturation_matrices(
    degrees: float | npt.NDArray[np.float64], saturation: float | npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return matrices that rotate hues and multiply saturations; white, grey and brightness stay unchanged.

    Args:
        degrees: How far, shape (...).
        saturation: Factors, shape (...).

    Returns:
        Shape (..., 3, 3), for columns of R, G, B.
    """
    angle = np.radians(degrees)
    turn = np.zeros((*np.shape(angle), 3, 3))
    turn[..., 0, 0] = 1
    turn[..., 1, 1] = turn[..., 2, 2] = saturation * np.cos(angle)
    turn[..., 2, 1] = saturation * np.sin(angle)
    turn[..., 1, 2] = -turn[..., 2, 1]
    return np.asarray(FROM_YIQ @ turn @ TO_YIQ)
