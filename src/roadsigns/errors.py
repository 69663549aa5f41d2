"""Every error that roadsigns raises on purpose.

    RoadsignsError
    ├── DataError            a data folder, an annotation file or a split is not what it should be
    │   ├── ImageError       one image does not decode, or a box does not lie inside it
    │   └── DownloadError    an archive could not be fetched, or is not the right one
    ├── RecipeError          a recipe has an unknown key or an invalid value
    ├── ModelError           a model folder, file or name that cannot be used
    ├── RunError             a run folder or cross-validation folder that is taken, incomplete or does not match
    ├── OutputError          a place where nothing can be written
    ├── ServiceError         the service cannot start
    ├── ClusterError         a Ray cluster that cannot be reached or used
    ├── DataLeakageError     an evaluation on images that the model was trained on
    └── MissingExtraError    an optional dependency is not installed

An error carries its parts as fields, so that a program need not take a sentence apart. `str(error)` puts them together:

>>> error = ImageError("The file ends early.", expected="a whole PNG file", hint="Send it again.", subject="a.png")
>>> print(error)
a.png: The file ends early. Expected a whole PNG file. Send it again.
>>> error.hint
'Send it again.'

The command line prints that sentence and exits with status 1.
"""

from typing import Self


class RoadsignsError(Exception):
    """The root of all errors that roadsigns raises on purpose.

    Attributes:
        problem: What came, as a whole sentence.
        expected: What was expected, as a noun phrase without a full stop; empty where that goes without saying.
        hint: What to do next, as a whole sentence; empty where there is nothing to do.
        subject: What it is about, such as a file or the number of an image in a batch; None where the problem names it.
    """

    def __init__(self, problem: str, *, expected: str = "", hint: str = "", subject: str | None = None) -> None:
        super().__init__(problem)
        self.problem = problem
        self.expected = expected
        self.hint = hint
        self.subject = subject

    def __str__(self) -> str:
        sentences = [self.problem, f"Expected {self.expected}." if self.expected else "", self.hint]
        text = " ".join(filter(None, sentences))
        return text if self.subject is None else f"{self.subject}: {text}"

    def about(self, subject: str | None) -> Self:
        """Return the same error about another subject."""
        return type(self)(self.problem, expected=self.expected, hint=self.hint, subject=subject)


class DataError(RoadsignsError):
    """A data folder, an annotation file or a split is not what it should be."""


class ImageError(DataError):
    """One image does not decode, or a box does not lie inside it."""


class DownloadError(DataError):
    """An archive could not be fetched, or is not the right one."""


class RecipeError(RoadsignsError):
    """A recipe has an unknown key or an invalid value."""


class ModelError(RoadsignsError):
    """A model folder, file or name that cannot be used."""


class RunError(RoadsignsError):
    """A run folder or cross-validation folder that is taken, incomplete or does not match."""


class OutputError(RoadsignsError):
    """A place where nothing can be written."""


class ServiceError(RoadsignsError):
    """The service cannot start."""


class ClusterError(RoadsignsError):
    """A Ray cluster that cannot be reached or used."""


class DataLeakageError(RoadsignsError):
    """An evaluation on images that the model was trained on."""


class MissingExtraError(RoadsignsError):
    """An optional dependency is not installed."""
