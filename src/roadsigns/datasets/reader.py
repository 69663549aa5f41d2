"""From data to samples: the labelled images, or the test images, with classes, boxes and tracks.

Nothing here decodes an image or writes a file.
"""

import logging
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain
from pathlib import Path

from roadsigns.archives.paths import is_file, open_file
from roadsigns.datasets.groups import groups_of
from roadsigns.datasets.layouts.annotations import Annotation
from roadsigns.datasets.layouts.layout import Layout, Row, path_of
from roadsigns.datasets.layouts.no_images import NAMED_PLACES, PassedOver, no_images
from roadsigns.datasets.layouts.problem import Problem
from roadsigns.datasets.layouts.recognise import open_data
from roadsigns.datasets.registry import OWN_SOURCE
from roadsigns.datasets.tracks import doubt_tracks
from roadsigns.errors import DataError
from roadsigns.types import DataSet, Sample, SignClass, TrackKey
from roadsigns.wording import counted

__all__ = ["DRAWN_MARK", "PASSED_OVER", "describe", "may_mislead", "read_test", "read_training"]

logger = logging.getLogger(__name__)

# Its first line names the source of a folder of drawn signs.
DRAWN_MARK = "drawn-signs.txt"

MAX_NAMED_CLASSES = 10
# Problems that are no errors, and by which images may be missed.
PASSED_OVER = ("ignored-files", "missing-parts", "nested-folder", "repeated-row")


def read_training(data: Path) -> DataSet:
    """Read the labelled images of a data folder.

    Args:
        data: Data in any layout of `roadsigns.datasets.layouts`: a folder, an archive or a table. Names of classes
            that are all whole numbers are the labels themselves, so that a missing class shifts none; other names are
            numbered in their natural order ("sign 2" before "sign 10"). Hidden folders are passed over.

    Returns:
        Samples in path order, or in the order of a table; those of the data's own validation folder come last. They
        have boxes and tracks where the data has them, those of GTSRB itself also groups of look-alike tracks.

    Raises:
        DataError: If the data is missing or holds no images, or for the first thing that is wrong with it.
    """
    layout = open_data(data)
    if not layout.has_training:
        kind = "validation" if layout.has_validation else "test"
        raise DataError(
            f"There are only {kind} images here.",
            expected="data that holds training images too",
            hint="Give such data." if layout.has_validation else "Give such data, or evaluate with --split test.",
            subject=str(data),
        )
    source = _source(layout.data) or layout.source
    # Drawn signs have the same track names, and are other signs.
    groups = groups_of(layout.spec) if source == layout.spec.name else {}
    passed_over: list[Problem] = []
    rows = _rows(layout, data, layout.training(), passed_over)
    own = _rows(layout, data, layout.validation(), passed_over)
    samples = tuple(
        chain(
            _samples(layout.data, rows, groups), (replace(s, held_out=True) for s in _samples(layout.data, own, groups))
        )
    )
    if not samples:
        raise no_images(data, map(_place, passed_over))
    if may_mislead(layout):
        samples = _without_doubtful_tracks(samples, data, samples)
    _warn_of_shared_tracks(samples, data)
    classes = layout.spec.classes
    filled = {sample.class_id for sample in samples}
    _warn_of_empty([_named(sign, layout) for sign in classes if sign.class_id not in filled], data)
    _tell(layout, samples, passed_over, data)
    return DataSet(samples, classes, source)


def read_test(data: Path, *, instead: str = "") -> DataSet:
    """Read the test images of a data folder.

    Args:
        data: Data in any layout that has test images. In the official layout of GTSRB, `GT-final_test.csv` stands
            beside `Final_Test`, inside it, or inside `Images`; the label-less `GT-final_test.test.csv` is ignored, and
            so are images without a label.
        instead: What else to do where there are none, for the hint of the error.

    Returns:
        Samples in the order of the annotations, or in path order where there are none.

    Raises:
        DataError: If the images or their annotations are missing, or for the first thing that is wrong with them.
    """
    layout = open_data(data)
    if not layout.has_test:
        is_known = layout.source != OWN_SOURCE
        fetch = f"Fetch those of {layout.spec.name} with `roadsigns download`." if is_known else ""
        raise DataError(
            "There are no test images here.",
            hint=f"{fetch} {instead}".strip(),
            subject=str(data),
        )
    passed_over: list[Problem] = []
    items = (item for item in layout.test() if not isinstance(item, Problem) or item.kind != "no-row")
    samples = tuple(_samples(layout.data, sorted(_rows(layout, data, items, passed_over), key=_line), {}))
    if not samples:
        raise DataError(
            "The test annotations list no images.",
            hint="Fetch the test set again with `roadsigns download`.",
            subject=str(data),
        )
    if may_mislead(layout):
        # What the names say is decided once for a folder, so that test and training images agree.
        labelled = chain(
            layout.training() if layout.has_training else (), layout.validation() if layout.has_validation else ()
        )
        others = _samples(layout.data, (item for item in labelled if isinstance(item, Row)), {})
        samples = _without_doubtful_tracks(samples, data, tuple(others) or samples)
    _tell(layout, samples, passed_over, data, kind="test image")
    return DataSet(samples, layout.spec.classes, _source(layout.data) or layout.source)


def may_mislead(layout: Layout) -> bool:
    """Whether file names that look like tracks may mean something else: not where roadsigns has drawn the images."""
    return layout.tracks_from_names and not _source(layout.data)


def describe(samples: Iterable[Sample], kind: str) -> str:
    """Describe samples, such as "39,209 training images with boxes and tracks".

    Args:
        samples: Which.
        kind: What one is called.
    """
    samples = tuple(samples)
    count = len(samples)
    known = []
    for name, number in (
        ("boxes", sum(sample.box is not None for sample in samples)),
        ("tracks", sum(sample.track is not None for sample in samples)),
    ):
        if number:
            known.append(name if number == count else f"{name} for {number:,}")
    return f"{counted(count, kind)}{' with ' if known else ''}{' and '.join(known)}"


def _tell(
    layout: Layout, samples: tuple[Sample, ...], passed_over: list[Problem], data: Path, kind: str = "training image"
) -> None:
    """Log what was read, and warn of what was not."""
    own = [sample for sample in samples if sample.held_out]
    parts = [describe((sample for sample in samples if not sample.held_out), kind)] if len(own) < len(samples) else []
    if own:
        parts.append(describe(own, "validation image"))
    if kind == "training image" and layout.has_test:
        parts.append(counted(sum(isinstance(item, Row) for item in layout.test()), "test image"))
    logger.info("%s: %s: %s.", data, layout.title, ", ".join(parts))
    if passed_over:
        places = [str(_place(item)) for item in passed_over[:NAMED_PLACES]]
        more = len(passed_over) - NAMED_PLACES
        warnings.warn(
            f"Passed over in {data}: {'; '.join(places)}{f'; and in {more} more places' if more > 0 else ''}. "
            "`roadsigns check` lists everything.",
            stacklevel=3,
        )


def _place(item: Problem) -> PassedOver:
    return PassedOver(item.kind, item.file, item.detail)


def _without_doubtful_tracks(samples: tuple[Sample, ...], data: Path, judged: tuple[Sample, ...]) -> tuple[Sample, ...]:
    """Take the tracks of samples away if those of the judged ones cannot be tracks, and warn of it."""
    tracked = [sample for sample in samples if sample.track_key]
    reason = doubt_tracks(key for sample in judged if (key := sample.track_key))
    if not (tracked and reason):
        return samples
    warnings.warn(
        f"The names of {data} look like TRACK_FRAME, such as {tracked[0].path.name}, and are not taken for tracks: "
        f"{reason}. To say which images show one physical sign, give a table with a column `track`.",
        stacklevel=3,
    )
    return tuple(replace(sample, track=None, group=None) for sample in samples)


def _warn_of_shared_tracks(samples: tuple[Sample, ...], data: Path) -> None:
    own, others = (
        {sample.track_key for sample in samples if sample.track and sample.held_out is held_out}
        for held_out in (True, False)
    )
    if own & others:
        warnings.warn(
            f"{counted(len(own & others), 'sign')} in {data} stand in training and validation: the validation measures "
            "memory (data leakage).",
            stacklevel=3,
        )


def _rows(layout: Layout, data: Path, items: Iterable[Row | Problem], passed_over: list[Problem]) -> Iterator[Row]:
    """Yield the rows; raise the first problem that is an error, and keep what is passed over."""
    for item in items:
        if isinstance(item, Row):
            if item.annotation and not item.annotation.fits:
                raise _box_outside(item, item.annotation).as_error(layout.data, data)
            yield item
        elif item.level == "error":
            raise item.as_error(layout.data, data)
        elif item.kind in PASSED_OVER:
            passed_over.append(item)


def _samples(data: Path, rows: Iterable[Row], groups: Mapping[TrackKey, str]) -> Iterator[Sample]:
    """Yield a sample for each row whose class is known."""
    name, folder = "", data
    for row in rows:
        if row.folder != name:
            name, folder = row.folder, data / row.folder
        if row.class_id is not None:
            box = row.annotation.box if row.annotation else None
            group = groups.get(TrackKey(row.class_id, row.track)) if row.track else None
            yield Sample(folder / row.name, row.class_id, box, row.track, group)


def _line(row: Row) -> tuple[str, int]:
    return (row.annotation.table, row.annotation.line) if row.annotation else ("", 0)


def _box_outside(row: Row, stated: Annotation) -> Problem:
    corners = f"{stated.x1},{stated.y1} to {stated.x2 - 1},{stated.y2 - 1}"
    size = f" in {stated.width}x{stated.height} pixels" if stated.width else ""
    message = f"{corners}{size}"
    return Problem("box-outside", path_of(row), message, stated.table, stated.line)


def _source(data: Path) -> str:
    """Return what a folder of drawn signs is called, empty for any other: equal tracks are one sign in one source."""
    mark = data / DRAWN_MARK
    if not is_file(mark):
        return ""
    with open_file(mark) as file:
        return file.read().decode(errors="replace").partition("\n")[0].strip() or "drawn signs"


def _named(sign: SignClass, layout: Layout) -> str:
    """Name an empty class by its label, and one of the person's own by its name too, unless that is the label."""
    is_own = layout.spec.name == OWN_SOURCE and sign.name != str(sign.class_id)
    return f"{sign.class_id} ({sign.name})" if is_own else str(sign.class_id)


def _warn_of_empty(empty: list[str], data: Path) -> None:
    if empty:
        more = ", ..." if len(empty) > MAX_NAMED_CLASSES else ""
        warnings.warn(
            f"No image of class {', '.join(empty[:MAX_NAMED_CLASSES])}{more} in {data}. "
            "The labels of the others stay as they are.",
            stacklevel=3,
        )
