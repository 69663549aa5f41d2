"""A run folder made, or opened to resume, and locked: what goes wrong leaves nothing that cannot be used."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from roadsigns.errors import OutputError, RunError
from roadsigns.files import made_folder
from roadsigns.lock import hold
from roadsigns.training.run_folder import RunFolder

__all__ = ["open_run"]

LOCK = ".lock"


@contextlib.contextmanager
def open_run(path: Path, *, resume: bool, try_again: str | None = None) -> Iterator[RunFolder]:
    """Make a run folder, or open one to resume, and lock it against other processes.

    Args:
        path: The folder.
        resume: Whether it exists.
        try_again: What to do once there is space on a full disk; None for what `roadsigns train` offers.

    Raises:
        RunError: If it exists (without `resume`), does not exist (with it), or is in use.
        OutputError: If it cannot be written.
    """
    with contextlib.ExitStack() as made:
        try:
            if resume:
                _require_run(path)
            else:
                made.enter_context(made_folder(path, exist_ok=False))
        except FileExistsError as error:
            raise RunError(
                "The run folder already exists.",
                hint="Choose another with --run, or resume the run with --resume.",
                subject=str(path),
            ) from error
        except OSError as error:
            raise OutputError(
                f"The run folder cannot be created ({error.strerror}).",
                hint="Choose another with --run.",
                subject=str(path),
            ) from error
        with _held(path, resume=resume, try_again=try_again):
            yield RunFolder(path)


def _require_run(path: Path) -> None:
    if not (path / "recipe.toml").is_file():
        raise RunError(
            "There is no run to resume.",
            expected="a folder with a recipe.toml",
            hint="Start one without --resume" + (", in another --run folder." if path.exists() else "."),
            subject=str(path),
        )
    if not os.access(path, os.W_OK):
        raise OutputError(
            "The run folder cannot be written.",
            hint="Check its permissions, or choose another with --run.",
            subject=str(path),
        )


@contextlib.contextmanager
def _held(path: Path, *, resume: bool, try_again: str | None) -> Iterator[None]:
    """Lock a run folder, and turn errors of writing it into ours."""
    taken = RunError(
        "Another process is training in this run folder.",
        hint="Wait until it has finished, or choose another folder with --run.",
        subject=str(path),
    )
    begun = resume
    try:
        with hold(path / LOCK, taken=taken):
            try:
                yield
            except BaseException:
                begun = resume or not _emptied(path)
                raise
    except OSError as error:
        if not _concerns(error, path):
            raise
        raise OutputError(
            f"The run folder cannot be written ({error.strerror or error}). What it held is untouched.",
            hint=f"Free some space, then {try_again or ('resume with --resume' if begun else 'try again')}.",
            subject=str(path),
        ) from error


def _concerns(error: OSError, path: Path) -> bool:
    """Whether it comes from writing the run folder; an error that names another file does not."""
    return not isinstance(error.filename, str) or Path(error.filename).is_relative_to(path)


def _emptied(path: Path) -> bool:
    """Empty a new run folder, unless it holds a finished epoch or a model, from which it can be resumed."""
    with contextlib.suppress(OSError):
        if {file.name for file in path.iterdir()} <= {"recipe.toml", "environment.json", LOCK}:
            for name in ("recipe.toml", "environment.json"):
                (path / name).unlink(missing_ok=True)
            return True
    return False
