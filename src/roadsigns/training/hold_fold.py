"""One process trains a fold; others may train other folds in the same folder at the same time."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from roadsigns.errors import RunError
from roadsigns.training.lock import hold

__all__ = ["hold_fold"]


@contextlib.contextmanager
def hold_fold(out: Path, number: int) -> Iterator[None]:
    """Hold a fold of a cross-validation's folder against other processes.

    Raises:
        RunError: If the folder cannot be written, or another process holds the fold.
    """
    taken = f"Another process is training fold {number} of {out}. Wait for it, or choose another with --only-fold."
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(hold(out / f".fold-{number}.lock", taken=taken))
        except OSError as error:
            raise RunError(f"The folder {out} cannot be written: {error.strerror}. Check its permissions.") from error
        yield
