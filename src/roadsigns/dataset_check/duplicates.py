"""Duplicates and near duplicates in a data folder, by what they mean for a split."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from roadsigns.dataset_check.findings import Findings
from roadsigns.dataset_check.image_stats import ImageStats
from roadsigns.dataset_check.inventory import UNKNOWN, Inventory
from roadsigns.dataset_check.near_duplicates import MAX_PAIRS, near_pairs

__all__ = ["equal_groups", "find_duplicates", "find_near_duplicates", "units_of"]

# Of one group; the rest is only counted.
MAX_SHOWN = 50


def find_duplicates(inventory: Inventory, stats: ImageStats, findings: Findings) -> npt.NDArray[np.int64]:
    """Report groups of equal images, each under every kind of duplicate that applies.

    Returns:
        Indices of one image of each group and of all other images that decoded, ascending.
    """
    units = units_of(inventory)
    is_first = stats.decoded.copy()
    for equal in equal_groups(stats):
        is_first[equal[1:]] = False
        # Several signs may stand in one image.
        _, first = np.unique([inventory.path(index) for index in equal.tolist()], return_index=True)
        group = equal[np.sort(first)]
        if len(group) == 1:
            continue
        paths = [inventory.path(index) for index in group[:MAX_SHOWN].tolist()]
        named = f", the first {MAX_SHOWN} named" if len(group) > MAX_SHOWN else ""
        labels = np.unique(inventory.class_id[group]).tolist()
        shown = ", ".join("unknown" if label == UNKNOWN else str(label) for label in labels[:MAX_SHOWN])
        detail = f"{len(group):,} images{named}, class {shown}"
        for kind in _kinds(inventory, units, group):
            findings.add(kind, paths, detail)
    return np.flatnonzero(is_first)


def _kinds(inventory: Inventory, units: npt.NDArray[np.int64], group: npt.NDArray[np.int64]) -> Iterator[str]:
    in_test = inventory.is_test[group]
    labels = np.unique(inventory.class_id[group])
    mixed = False
    if len(np.unique(_split_of(inventory, group))) > 1:
        mixed = True
        yield "duplicate-across-splits"
    if len(labels[labels != UNKNOWN]) > 1:
        mixed = True
        yield "duplicate-across-classes"
    if mixed:
        return
    if in_test.all():
        yield "duplicate-within-test"
    elif len(np.unique(units[group])) > 1:
        yield "duplicate-across-tracks"
    else:
        yield "duplicate-within-track"


def _split_of(inventory: Inventory, index: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Number the splits of images: training, the data's own validation, test."""
    return inventory.is_validation[index] + 2 * inventory.is_test[index].astype(np.int64)


def equal_groups(stats: ImageStats) -> Iterator[npt.NDArray[np.int64]]:
    """Yield each group of two or more equal images as ascending indices, in the order of their first images."""
    digest = stats.digest
    # lexsort is stable: equal digests stay in path order.
    order = np.lexsort((digest[:, 1], digest[:, 0]))
    order = order[stats.decoded[order]]
    same = (digest[order[1:]] == digest[order[:-1]]).all(axis=1)
    # A group begins where an image equals its follower and not the one before.
    edges = np.diff(np.concatenate([[False], same, [False]]).astype(np.int8))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) + 1
    for start, end in sorted(zip(starts.tolist(), ends.tolist(), strict=True), key=lambda pair: int(order[pair[0]])):
        yield order[start:end]


def find_near_duplicates(
    inventory: Inventory, stats: ImageStats, among: npt.NDArray[np.int64], findings: Findings
) -> None:
    """Report near duplicates of different units: for each two tracks the nearest pair, and the number of pairs.

    Args:
        inventory: The images of the folder.
        stats: Statistics of every image.
        among: Indices of the images to compare, from `find_duplicates`.
        findings: Where to report.
    """
    pairs = near_pairs(stats.thumbnail, units_of(inventory), among)
    if not pairs.complete:
        findings.add("near-unfinished", detail=f"stopped at {MAX_PAIRS:,} pairs")
    tracks = _track_or_image(inventory)
    both = np.sort(np.stack([tracks[pairs.first], tracks[pairs.second]], axis=1), axis=1)
    # Pairs come nearest first, so the first pair of two tracks is their nearest.
    _, nearest, counts = np.unique(both, axis=0, return_index=True, return_counts=True)
    for position in np.argsort(nearest, kind="stable").tolist():
        pair = int(nearest[position])
        one, other = int(pairs.first[pair]), int(pairs.second[pair])
        more = f"; {counts[position]:,} such pairs between the two tracks" if counts[position] > 1 else ""
        findings.add(
            _near_kind(inventory, one, other),
            [inventory.path(one), inventory.path(other)],
            f"correlation {pairs.correlation[pair]:.4f}{more}",
        )


def _near_kind(inventory: Inventory, one: int, other: int) -> str:
    first, second = _split_of(inventory, np.array([one, other]))
    if first != second:
        return "near-across-splits"
    labels = {int(inventory.class_id[one]), int(inventory.class_id[other])} - {UNKNOWN}
    return "near-across-classes" if len(labels) > 1 else "near-across-tracks"


def _track_or_image(inventory: Inventory) -> npt.NDArray[np.int64]:
    alone = len(inventory.tracks) + np.arange(len(inventory.names), dtype=np.int64)
    return np.where(inventory.track == UNKNOWN, alone, inventory.track)


def units_of(inventory: Inventory) -> npt.NDArray[np.int64]:
    """Number the units within which similar images are expected: tracks, which no split divides.

    A training image without a track is a unit of its own. The test images of one class are one unit, since their
    tracks are unknown.

    Returns:
        A number for each image, int64, shape (images,).
    """
    units = _track_or_image(inventory)
    of_class = len(inventory.tracks) + len(inventory.names) + inventory.class_id.astype(np.int64)
    return np.where(inventory.is_test & (inventory.class_id != UNKNOWN), of_class, units)
