"""Every error that roadsigns raises on purpose.

    RoadsignsError
    ├── DataError            a data folder, an annotation file or a split is not what it should be
    │   ├── ImageError       one image does not decode, or a box does not lie inside it
    │   └── DownloadError    an archive could not be fetched, is not the right one, or is not safe to extract
    ├── RecipeError          a recipe has an unknown key or a value that makes no sense
    ├── ModelError           a model folder, file or name that cannot be used
    ├── RunError             a run folder that is taken, incomplete or cannot be written
    ├── ServiceError         the service cannot start
    ├── SeenDataError        an evaluation on images that the model was trained on
    └── MissingExtraError    an optional dependency is not installed

Each message says what came, what was expected and what to do next. The command line prints it and exits with status 1.
"""


class RoadsignsError(Exception):
    """The root of all errors that roadsigns raises on purpose."""


class DataError(RoadsignsError):
    """A data folder, an annotation file or a split is not what it should be."""


class ImageError(DataError):
    """One image does not decode, or a box does not lie inside it."""


class DownloadError(DataError):
    """An archive could not be fetched, is not the right one, or is not safe to extract."""


class RecipeError(RoadsignsError):
    """A recipe has an unknown key or a value that makes no sense."""


class ModelError(RoadsignsError):
    """A model folder, file or name that cannot be used."""


class RunError(RoadsignsError):
    """A run folder that is taken, incomplete or cannot be written."""


class ServiceError(RoadsignsError):
    """The service cannot start."""


class SeenDataError(RoadsignsError):
    """An evaluation on images that the model was trained on."""


class MissingExtraError(RoadsignsError):
    """An optional dependency is not installed."""
