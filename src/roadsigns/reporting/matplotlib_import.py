"""Matplotlib is an extra."""

from roadsigns.errors import MissingExtraError

__all__ = ["require_matplotlib"]


def require_matplotlib() -> None:
    """Import Matplotlib's figures.

    Raises:
        MissingExtraError: If they cannot be imported.
    """
    try:
        import matplotlib.figure  # noqa: F401 - to see whether it can be
    except ImportError as error:
        raise MissingExtraError(
            f"Plots need matplotlib: {error}.", hint="Install it: pip install 'roadsigns[report]'"
        ) from error
