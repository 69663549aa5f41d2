"""One fold of a cross-validation as a task for a Ray cluster, whose machines share the folders of data and results."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO

from roadsigns.cross_validation.record import RECORD
from roadsigns.cross_validation.run import cross_validate
from roadsigns.cross_validation.settings import CrossSettings
from roadsigns.errors import OutputError, RunError
from roadsigns.files import output_errors
from roadsigns.loading.cache import default_cache_folder
from roadsigns.training.history import read_columns
from roadsigns.training.run_folder import RunFolder

__all__ = ["FoldTask"]


@dataclass(frozen=True, slots=True)
class FoldTask:
    """The training of a fold, and the predictions for its images.

    Attributes:
        settings: Of the cross-validation. The cache is the one of the machine that trains.
        number: Of the fold, from 1.
        epochs: Of its training.
    """

    settings: CrossSettings
    number: int
    epochs: int

    @property
    def name(self) -> str:
        """Folder of the cross-validation, and fold."""
        return f"fold {self.number} of {self.settings.out}"

    @property
    def log(self) -> Path:
        """What the training says, on whichever machine it is."""
        return self.settings.out / f"fold-{self.number}.log"

    def run(self) -> bool:
        """Train the fold, or go on with it. Returns False if a signal ended it.

        Raises:
            OutputError: If this machine does not see the cross-validation's folder, or cannot write it.
            RoadsignsError: See `cross_validate`.
        """
        if not (self.settings.out / RECORD).is_file():
            raise OutputError(
                f"A machine of the cluster does not see {RECORD} in the folder of results.",
                expected="folders of data and results that all machines share, at the same paths",
                subject=str(self.settings.out),
            )
        with output_errors(self.log, "Each machine of the cluster must be able to write the folder of results."):
            file = self.log.open("a", encoding="utf-8")
        with file, _words_in(file):
            cache = self.settings.cache_folder and default_cache_folder()
            return cross_validate(replace(self.settings, cache_folder=cache), only_fold=self.number)

    def history(self) -> list[dict[str, float]]:
        """Return the epochs that are done, as far as the run folder is there; see `read_columns`.

        Empty where it is damaged: whoever goes on with the training says so in the log, and starts again.
        """
        try:
            return read_columns(RunFolder(self.settings.out / f"fold-{self.number}").history)
        except RunError:
            return []


@contextmanager
def _words_in(file: TextIO) -> Iterator[None]:
    """Write what the block says into a file; warnings as sentences, without their place in the code."""
    with redirect_stderr(file), warnings.catch_warnings():
        warnings.showwarning = lambda message, *_, **__: print(message, file=file, flush=True)
        yield
