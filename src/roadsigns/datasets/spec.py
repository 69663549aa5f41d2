"""The specification of a data set: its classes, subsets, flips, drawings, folders and groups of tracks.

All that the rest of the package knows about a data set is in its `DatasetSpec`, which is a file of this package,
such as `gtsrb.py`. To add the signs of another country, write such a file and its drawings (`signs/`), and name the
spec in `registry.DATASETS`. `ARCHITECTURE.md` says where more is needed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from roadsigns.types import Flip, SignClass, Subset

__all__ = ["DatasetFolders", "DatasetSpec", "SignDrawings"]


@dataclass(frozen=True, slots=True)
class DatasetFolders:
    """Where the published archives of a data set in GTSRB's format keep what is read, below the data folder.

    Attributes:
        training: Holds one folder per class, named by its number, each with its annotations `GT-<folder>.csv`.
        test: Holds the test images.
        test_table: File name of the test annotations. They lie in the data folder, in `test` or in the folder above it.
    """

    training: Path
    test: Path
    test_table: str


@dataclass(frozen=True, slots=True)
class SignDrawings:
    """Drawings of a data set's signs, from which training images are synthesised.

    Attributes:
        folder: Holds `NN.svg` and `NN-<design>.svg`, where NN is the class id in two digits. Its `shares.json`, if
            there is one, says how often each design of a class stands on the road: {file name without suffix: weight}.
        source: What a data set drawn from them is called.
        turned: Class id to the fraction of its signs that are screwed on at any angle.
        abroad: Holds `NN-<design>.svg`, the same classes as they look in other countries; they are drawn only where
            settings ask for them.
        numbers: NN of each class, in label order; empty where it is the class id.
    """

    folder: Path
    source: str
    turned: Mapping[int, float] = field(default_factory=dict)
    abroad: Path | None = None
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DatasetSpec:
    """A data set with classes of its own. Two specs are equal only if they are one.

    Attributes:
        name: The source that its images are recorded under, such as "GTSRB".
        classes: In label order.
        subsets: Groups of classes that are reported together; empty where none are defined.
        test_images: Number of images in its official test set; None where unknown.
        human_accuracy: Accuracy of the average person on the official test set, a fraction; None where unknown.
        reference: The paper that human accuracy comes from, such as "Stallkamp et al. 2012".
        flips: Every flip after which a sign shows one of the classes, by class id; no other is valid.
        drawings: None where there are none.
        folders: None where there are no archives in GTSRB's format.
        groups: Table of the tracks that were probably recorded at one place, see `roadsigns.datasets.groups`; None
            where there is none.
    """

    name: str
    classes: tuple[SignClass, ...]
    subsets: tuple[Subset, ...] = ()
    test_images: int | None = None
    human_accuracy: float | None = None
    reference: str = ""
    flips: Mapping[int, Sequence[Flip]] = field(default_factory=dict)
    drawings: SignDrawings | None = None
    folders: DatasetFolders | None = None
    groups: Path | None = None

    def is_official_test(self, source: str, images: int) -> bool:
        """Whether test images are the official ones, and all of them: other splits have another number.

        Args:
            source: What they are recorded under.
            images: How many there are.
        """
        return source == self.name and images == self.test_images
