"""A lock for each fold: several processes may train different folds of one folder."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from roadsigns.errors import OutputError, RunError
from roadsigns.lock import hold

__all__ = ["hold_fold"]


@contextlib.contextmanager
def hold_fold(out: Path, number: int) -> Iterator[None]:
    """Lock a fold of a cross-validation's folder against other processes.

    Raises:
        RunError: If another process holds the fold.
        OutputError: If the folder cannot be written.
    """
    taken = RunError(
        f"Another process is training fold {number}.",
        hint="Wait until it has finished, or choose another fold with --only-fold.",
        subject=str(out),
    )
    with contextlib.ExitStack() as stack:
        try:
            stack.enter_context(hold(out / f".fold-{number}.lock", taken=taken))
        except OSError as error:
            raise OutputError(
                f"The folder cannot be written ({error.strerror}).", hint="Check its permissions.", subject=str(out)
            ) from error
        yield
