"""Data sets: read, split, drawn."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from roadsigns.arguments import as_float, as_int, as_path, require_choice, require_type
from roadsigns.errors import OutputError

if TYPE_CHECKING:
    from roadsigns.datasets.splits import Split, SplitName
    from roadsigns.types import DataSet, Sample, TrackKey

__all__ = ["draw_dataset", "read_dataset", "split_dataset", "tracks_of"]

SAMPLES = "samples, such as data.samples of a data set"


def read_dataset(folder: str | Path, *, part: Literal["training", "test"] = "training") -> "DataSet":
    """Read the file names, labels, boxes and tracks of a data folder. No image is decoded.

    Args:
        folder: A folder, an archive or a table; see docs/reference/data-layouts.md.
        part: The labelled training images, or the official test images of a folder in GTSRB's layout.

    Returns:
        Training samples in the order of their paths, test samples in that of their annotations, and the classes that
        their labels index.

    Raises:
        DataError: If the folder is missing or holds no images, an annotation file is wrong, or there is no such part.

    Examples:
        >>> import roadsigns
        >>> signs = roadsigns.read_dataset("signs")
        >>> len(signs.samples), len(signs.classes)
        (258, 43)
        >>> signs.samples[0].track
        '00000'
    """
    from roadsigns.datasets.reader import read_test, read_training

    require_choice(part, "part", ("training", "test"))
    path = as_path(folder, "folder")
    return read_test(path) if part == "test" else read_training(path)


def split_dataset(
    data: "DataSet", *, by: "SplitName" = "group", validation_fraction: float = 0.2, seed: int = 0
) -> "Split":
    """Choose which images train and which validate.

    Args:
        data: A data set with labels.
        by: What stays together: "group", groups of look-alike tracks; "track", the frames of one sign; "random",
            nothing, which leaks; "none" trains on everything.
        validation_fraction: Between 0 and 1.
        seed: At least 0. The same samples and seed give the same split.

    Returns:
        The samples of both sides.

    Raises:
        DataError: If nothing would be left on one side, there is no such `by`, or a number is out of range.

    Examples:
        >>> import roadsigns
        >>> split = roadsigns.split_dataset(roadsigns.read_dataset("signs"), by="track", validation_fraction=0.5)
        >>> len(split.train), len(split.validation)
        (129, 129)
        >>> roadsigns.tracks_of(split.train) & roadsigns.tracks_of(split.validation)
        frozenset()
    """
    from roadsigns.datasets.splits import SPLIT_NAMES, split_samples
    from roadsigns.types import DataSet

    require_type(data, "data", DataSet, expected="a data set, as read_dataset returns it")
    require_choice(by, "by", SPLIT_NAMES)
    fraction = as_float(validation_fraction, "validation_fraction", above=0, below=1)
    return split_samples(data.samples, by=by, validation_fraction=fraction, seed=as_int(seed, "seed", least=0))


def tracks_of(samples: "tuple[Sample, ...]") -> "frozenset[TrackKey]":
    """Return the tracks, that is the physical signs, that samples show.

    Args:
        samples: Samples of one data set.

    Returns:
        Their (class_id, track); samples whose track is unknown are left out.

    Examples:
        >>> import roadsigns
        >>> signs = roadsigns.read_dataset("signs")
        >>> len(roadsigns.tracks_of(signs.samples))
        86
    """
    from roadsigns.datasets.splits import tracks_of as tracks_of_samples
    from roadsigns.types import Sample

    require_type(samples, "samples", Iterable, expected=SAMPLES)
    samples = tuple(samples)
    for sample in samples:
        require_type(sample, "samples", Sample, expected=SAMPLES)
    return tracks_of_samples(samples)


def draw_dataset(
    folder: str | Path,
    *,
    tracks: int = 20,
    frames: int = 10,
    test_tracks: int = 0,
    seed: int = 0,
    templates: str | Path | None = None,
) -> int:
    """Draw traffic signs into a new data folder: synthetic images, with boxes and tracks.

    Args:
        folder: A folder that does not exist or is empty.
        tracks: Physical signs per class to train on, at least 1.
        frames: Images of each sign, at least 1.
        test_tracks: Signs per class in the test set; 0 draws none.
        seed: At least 0. The same seed draws the same images.
        templates: A folder with your own signs as SVG or PNG files; GTSRB's 43 classes unless given.

    Returns:
        How many images were drawn.

    Raises:
        DataError: If a number is out of range, or the templates cannot be used.
        OutputError: If the folder holds something already, lies in `templates`, or cannot be written.

    Examples:
        >>> import roadsigns
        >>> roadsigns.draw_dataset("more-signs", tracks=1, frames=2, test_tracks=1)
        172
    """
    from roadsigns.files import require_outside
    from roadsigns.synthesis.dataset import draw_dataset as draw
    from roadsigns.synthesis.designs import official_designs, read_templates

    own = None if templates is None else as_path(templates, "templates")
    target = as_path(folder, "folder", OutputError)
    if own:
        require_outside(target, own, hint="Choose another folder.", kind="template folder")
    return draw(
        target,
        tracks=as_int(tracks, "tracks"),
        frames=as_int(frames, "frames"),
        test_tracks=as_int(test_tracks, "test_tracks"),
        seed=as_int(seed, "seed"),
        designs=read_templates(own) if own else official_designs(),
    )
