"""The layout that torchvision's `GTSRB(root, download=True)` leaves.

ROOT/gtsrb/GTSRB/Training/00014/00003_00027.ppm ... GT-00014.csv
ROOT/gtsrb/GTSRB/Final_Test/Images/00000.ppm ...
ROOT/gtsrb/GT-final_test.csv

Any of ROOT, ROOT/gtsrb and ROOT/gtsrb/GTSRB is the data folder, the last without the labels of the test images.
"""

from pathlib import Path

from roadsigns.archives.paths import is_folder
from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.datasets.layouts.class_folder import annotation_file
from roadsigns.datasets.layouts.class_folders import numbers_of
from roadsigns.datasets.layouts.gtsrb_layout import GtsrbLayout
from roadsigns.datasets.layouts.listing import list_folder
from roadsigns.datasets.spec import DatasetFolders

__all__ = ["recognise_torchvision"]

TABLE = "GT-final_test.csv"
TITLE = "torchvision's layout of GTSRB"


def recognise_torchvision(data: Path) -> GtsrbLayout | None:
    """Return the layout of a folder that torchvision made; None for any other."""
    for base in (data / "gtsrb", data):
        if _holds_classes(base / "GTSRB" / "Training"):
            folders = DatasetFolders(Path("GTSRB", "Training"), Path("GTSRB", "Final_Test", "Images"), TABLE)
            return GtsrbLayout.in_folders(base, GTSRB, folders, name="torchvision", title=TITLE)
    # The official archives make Final_Training; the older one with fixed annotations makes Training beside it.
    if _holds_classes(data / "Training") and not is_folder(data / "Final_Training"):
        folders = DatasetFolders(Path("Training"), Path("Final_Test", "Images"), TABLE)
        return GtsrbLayout.in_folders(data, GTSRB, folders, name="torchvision", title=TITLE)
    return None


def _holds_classes(folder: Path) -> bool:
    """Whether a folder holds GTSRB's class folders. Other data sets in its format have more classes.

    Most of them having their annotation file is enough: reading reports the others.
    """
    names = list_folder(folder, ".").folders
    if numbers_of(folder, ".", names) is GTSRB:
        return True
    if not names or not all(name.isdecimal() and int(name) < len(GTSRB.classes) for name in names):
        return False
    return 2 * sum(annotation_file(folder, name) is not None for name in names) >= len(names)
