"""Which layout data has: every layout is asked in turn."""

import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from roadsigns.archives.formats import is_archive
from roadsigns.archives.paths import is_file, is_folder, scan
from roadsigns.datasets.layouts.class_folders import ClassFolders
from roadsigns.datasets.layouts.gtsrb_layout import GtsrbLayout
from roadsigns.datasets.layouts.kaggle_layout import KaggleLayout
from roadsigns.datasets.layouts.layout import Layout
from roadsigns.datasets.layouts.listing import list_folder
from roadsigns.datasets.layouts.other_formats import refuse_other_formats
from roadsigns.datasets.layouts.split_folders import SplitFolders
from roadsigns.datasets.layouts.table_layout import TableLayout
from roadsigns.datasets.layouts.torchvision_layout import recognise_torchvision
from roadsigns.errors import DataError

__all__ = ["open_data"]

logger = logging.getLogger(__name__)

# The first that recognises data reads it. Class folders, which any folder may be, come after all of them.
LAYOUTS: tuple[Callable[[Path], Layout | None], ...] = (
    # Before the official layout, which has the test images in the same folder.
    recognise_torchvision,
    GtsrbLayout.recognise,
    KaggleLayout.recognise,
    SplitFolders.recognise,
    TableLayout.recognise,
)
# Archives and downloads often hold one folder that holds everything.
MAX_DEPTH = 3
PICKLES = (".p", ".pkl", ".pickle")
PLAIN_PATH = re.compile(r"[\w ./:\\-]+")
EXPECTED = "a folder, a zip or tar archive, or a CSV or Parquet table; the documentation of data layouts lists them"
# One line that turns Udacity's pickle into class folders, with what is certainly not run by this package: unpickling.
UNPICKLE = (
    "python -c \"import pickle, pathlib, PIL.Image; d = pickle.load(open({name!r}, 'rb')); "
    "[(f := pathlib.Path('signs', f'{{y:05d}}')).mkdir(parents=True, exist_ok=True) or "
    "PIL.Image.fromarray(x).save(f / f'image{{i}}.png') for i, (x, y) in enumerate(zip(d['features'], d['labels']))]\""
)


def open_data(data: Path) -> Layout:
    """Find out which layout data has.

    Raises:
        DataError: If there is no such folder or file, it cannot be read, or it is in no layout that is known.
    """
    try:
        if not is_folder(data) and not is_file(data):
            raise _no_data(data)
        if is_file(data) and not is_archive(data):
            return _of_file(data)
        return _of_folder(data)
    except OSError as error:
        raise DataError(
            f"The data folder {data} cannot be read: {error.strerror}.", hint="Check its permissions."
        ) from error


def _of_file(data: Path) -> Layout:
    layout = TableLayout.recognise(data)
    if layout is not None:
        return layout
    if data.suffix.lower() in PICKLES:
        raise _refuse_pickle(data)
    raise DataError("This is a file of another kind.", expected=EXPECTED, subject=str(data))


def _of_folder(data: Path) -> Layout:
    base = data
    for base in _bases(data):
        refuse_other_formats(base)
        for recognise in LAYOUTS:
            layout = recognise(base)
            if layout is not None:
                return layout
    if base != data:
        logger.info("Reading %s, the only folder in %s.", base, data)
    listing = list_folder(base, ".")
    if not listing.folders and any(suffix in PICKLES for suffix in listing.others):
        names = [entry.name for entry in scan(base) if entry.name.lower().endswith(PICKLES)]
        # Udacity's are train.p, valid.p and test.p.
        raise _refuse_pickle(base / min(names, key=lambda name: ("train" not in name, name)))
    return ClassFolders.recognise(base)


def _bases(data: Path) -> Iterator[Path]:
    """Yield the folder, and the folders in it that hold all that it holds."""
    yield data
    for _ in range(MAX_DEPTH):
        listing = list_folder(data, ".")
        inner = list_folder(data, listing.folders[0]) if len(listing.folders) == 1 and not listing.images else None
        # A folder with images is a class; a folder with folders is the data. Pickles and Parquet files are data too.
        if inner is None or inner.images or not (inner.folders or inner.others):
            return
        data = data / listing.folders[0]
        yield data


def _refuse_pickle(data: Path) -> DataError:
    # The line is for a shell, where some characters mean something else.
    name = str(data) if PLAIN_PATH.fullmatch(str(data)) else "FILE.p"
    return DataError(
        "A pickle is a program, which may do anything when it is read, so it is not read.",
        expected=EXPECTED,
        hint="If you trust it, turn it into class folders, which have no tracks, and give the folder signs: "
        + UNPICKLE.format(name=name),
        subject=str(data),
    )


def _no_data(data: Path) -> DataError:
    return DataError(
        f"The data folder {data} does not exist.",
        expected=EXPECTED,
        hint="`roadsigns download` fetches GTSRB, `roadsigns draw` makes drawn signs.",
    )
