"""The width of a network: how many channels its layers have, relative to the published ones."""

__all__ = ["scaled"]

# Vector units compute eight or sixteen channels at once; every published number of channels is a multiple of it.
MULTIPLE = 8


def scaled(channels: int, width: float) -> int:
    """Return a number of channels times a width, rounded to a multiple of 8 and at least 8.

    Args:
        channels: A multiple of 8.
        width: Above 0; 1 returns `channels`.
    """
    return max(1, int(channels * width / MULTIPLE + 0.5)) * MULTIPLE
