"""The data sets that can be downloaded: where their archives lie, and what proves that they are the right ones."""

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "GTSDB_URL",
    "OFFICIAL_ARCHIVES",
    "OFFICIAL_BASE_URL",
    "PARTS",
    "SETS",
    "Archive",
    "DownloadSet",
    "SceneCounts",
    "SetName",
]

SetName = Literal["gtsrb", "gtsdb"]

# The archive that the benchmark's own page links to (https://benchmark.ini.rub.de/gtsrb_dataset.html).
OFFICIAL_BASE_URL = "https://sid.erda.dk/public/archives/daaeac0d7ce1152aea9b61d9f1e19370/"
# As linked to by https://benchmark.ini.rub.de/gtsdb_dataset.html.
GTSDB_URL = "https://sid.erda.dk/public/archives/ff17dc924eba88d5d01a807357d6614c/"


@dataclass(frozen=True, slots=True)
class SceneCounts:
    """What an archive of street scenes in GTSDB's layout must hold.

    Attributes:
        images: How many images.
        boxes: How many lines of `gt.txt`.
    """

    images: int
    boxes: int


@dataclass(frozen=True, slots=True)
class Archive:
    """One zip archive of a benchmark.

    Attributes:
        name: File name below the base address.
        md5: The publisher's checksum, 32 hexadecimal digits; None where none is known, and the content is checked.
        target: The file or folder that it brings, at the top of the destination.
        scenes: What its street scenes must be; None for an archive that is checked by its checksum.
    """

    name: str
    md5: str | None
    target: str
    scenes: SceneCounts | None = None


@dataclass(frozen=True, slots=True)
class DownloadSet:
    """A data set that can be downloaded.

    Attributes:
        base_url: The folder of the official archives.
        parts: {name of a part: its archives}; all together are the data set.
        room: The space on the disk that downloading and unpacking needs.
    """

    base_url: str
    parts: dict[str, tuple[Archive, ...]]
    room: str


# The checksums of the test part are also those of torchvision.datasets.GTSRB, which takes another archive,
# GTSRB-Training_fixed.zip with fewer images, for training.
PARTS: dict[str, tuple[Archive, ...]] = {
    "training": (Archive("GTSRB_Final_Training_Images.zip", "f33fd80ac59bff73c82d25ab499e03a3", "Final_Training"),),
    "test": (
        Archive("GTSRB_Final_Test_Images.zip", "c7e4e6327067d32654124b0fe9e82185", "Final_Test"),
        Archive("GTSRB_Final_Test_GT.zip", "fe31e9c9270bbcd7b84b7f21a9d9d9e5", "GT-final_test.csv"),
    ),
}
OFFICIAL_ARCHIVES: tuple[Archive, ...] = PARTS["training"] + PARTS["test"]
GTSDB_ARCHIVE = Archive("FullIJCNN2013.zip", None, "FullIJCNN2013", SceneCounts(images=900, boxes=1213))
SETS: dict[SetName, DownloadSet] = {
    "gtsrb": DownloadSet(OFFICIAL_BASE_URL, PARTS, "1 GB"),
    # 900 images of 1360x800 pixels without compression are 2.9 GB, and the archive, which is no larger, stands beside
    # them for a while.
    "gtsdb": DownloadSet(GTSDB_URL, {"scenes": (GTSDB_ARCHIVE,)}, "6 GB"),
}
