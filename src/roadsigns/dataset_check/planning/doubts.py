"""What may go wrong with data, in sentences that say what to do."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from roadsigns.dataset_check.check import MAX_IMBALANCE, MIN_SIGN_SIDE
from roadsigns.dataset_check.findings import KINDS, Finding
from roadsigns.dataset_check.inventory import Inventory, tracks_across_splits
from roadsigns.dataset_check.planning.counts import ClassCounts, SampledSizes
from roadsigns.datasets.layouts.problem import Level
from roadsigns.datasets.registry import spec_of
from roadsigns.wording import counted

__all__ = ["Doubt", "find_doubts"]

FEW_IMAGES = 10
# Signs that are cut out have 15 to 250 pixels in GTSRB. Images this large are rather photographs with a sign in them.
LARGE_SIDE = 400
NAMED_CLASSES = 8


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something that prevents a training or may make it worse.

    Attributes:
        kind: A short name for programs, such as "few-images".
        level: "error" if it prevents a training.
        message: What it is and what to do.
    """

    kind: str
    level: Level
    message: str


def find_doubts(
    inventory: Inventory, findings: Sequence[Finding], counts: Sequence[ClassCounts], sizes: SampledSizes | None
) -> tuple[Doubt, ...]:
    """Return everything doubtful, what prevents a training first.

    Args:
        inventory: What was found.
        findings: What is wrong with it.
        counts: Images of each class.
        sizes: Of a few images; None where none of them decodes.
    """
    are_tracks_doubted = any(finding.kind == "doubtful-tracks" for finding in findings)
    doubts = [
        *_of_findings(findings),
        *_of_classes(counts, are_drawn=bool(spec_of(inventory.classes).drawings)),
        *_of_tracks(inventory),
        *_of_names(inventory, counts, are_tracks_doubted=are_tracks_doubted),
        *_of_sizes(inventory, sizes),
    ]
    return tuple(sorted(doubts, key=lambda doubt: doubt.level != "error"))


def _of_findings(findings: Iterable[Finding]) -> Iterator[Doubt]:
    for finding in findings:
        item = finding.items[0]
        if finding.level == "error":
            place = ": ".join(filter(None, (*item.paths[:1], item.detail)))
            yield Doubt(finding.kind, "error", f"{finding.meaning} {counted(finding.count, 'case')}, such as {place}.")
        elif finding.kind == "doubtful-tracks":
            yield Doubt(
                finding.kind,
                "warning",
                f"File names look like TRACK_FRAME, such as {item.paths[0]}, and are not taken for tracks: "
                f"{item.detail}. The split is by image. To say "
                "which images show one physical sign, give a table with a column `track`.",
            )
        elif finding.kind == "blank-name":
            names = _some([one.detail for one in finding.items])
            yield _warning(finding.kind, f"{KINDS[finding.kind].meaning} These are: {names}.")
        elif finding.kind == "missing-parts":
            parts = _some([f"{one.paths[0]}: {one.detail}" for one in finding.items])
            yield _warning(finding.kind, f"{KINDS[finding.kind].meaning} Download them: {parts}.")
        elif finding.kind in ("no-boxes", "no-table", "row-twice"):
            yield Doubt(finding.kind, "warning", KINDS[finding.kind].meaning)


def _of_classes(counts: Sequence[ClassCounts], *, are_drawn: bool) -> Iterator[Doubt]:
    filled = sorted((one for one in counts if one.training), key=lambda one: one.training)
    if not filled:
        message = (
            "There are no images to train on, only to validate or test with. A trained model can be evaluated on them."
        )
        yield Doubt("no-training-images", "error", message)
        return
    if len(filled) == 1:
        name = filled[0].name
        yield Doubt(
            "one-class",
            "error",
            f"Only one class has images, '{name}'. A network of one class answers nothing: it says '{name}' whatever "
            "it is shown. Add a folder with images of another class: other signs, or no sign at all.",
        )
    learned = "and so learned only by recipes that draw signs, such as fast" if are_drawn else "and so not learned"
    if empty := [one.name for one in counts if not (one.training or one.validation or one.test)]:
        yield _warning("empty-class", f"Without an image, {learned}: {_some(empty)}.")
    if unseen := [one.name for one in counts if not one.training and (one.validation or one.test)]:
        yield _warning("unlearned-class", f"With images to validate or test only, {learned}: {_some(unseen)}.")
    if few := [f"{one.name} ({one.training})" for one in filled if one.training < FEW_IMAGES]:
        yield _warning(
            "few-images",
            f"Fewer than {FEW_IMAGES} images to train on: {_some(few)}. They train, but will be misread more often. "
            "Images of other signs of the class help most.",
        )
    if filled[-1].training > MAX_IMBALANCE * filled[0].training:
        small, large = filled[0], filled[-1]
        yield _warning(
            "imbalance",
            f"Very uneven: {large.name} has {counted(large.training, 'image')}, {small.name} {small.training:,}. "
            "The commands below show rare classes more often, which helps only so far.",
        )
    yield from _of_validation(filled)


def _of_validation(filled: Sequence[ClassCounts]) -> Iterator[Doubt]:
    if any(one.validation for one in filled):
        untested = [one.name for one in filled if not one.validation]
        reason = "Not among your validation images"
    else:
        untested = [one.name for one in filled if one.signs == 1]
        reason = "A single sign, which trains, so that none is left to validate with"
    if untested:
        yield _warning("untested-class", f"{reason}: {_some(untested)}.")


def _of_tracks(inventory: Inventory) -> Iterator[Doubt]:
    shared = list(tracks_across_splits(inventory))
    if shared:
        (class_id, track), images = shared[0]
        yield _warning(
            "track-across-splits",
            f"{counted(len(shared), 'sign')} in several splits, such as track {track} of "
            f"'{inventory.classes[class_id].name}' in {' and '.join(images)}: the metrics will measure memory. Move "
            "all images of a sign to one side.",
        )


def _of_names(inventory: Inventory, counts: Sequence[ClassCounts], *, are_tracks_doubted: bool) -> Iterator[Doubt]:
    trains = any(one.training for one in counts)
    if trains and all(one.name.isdecimal() for one in counts):
        yield _warning(
            "numbered-classes",
            "The classes are numbers, which are taken as labels, and missing numbers as empty classes. Results show "
            "the numbers; give the folders names to see names.",
        )
    splits = not any(one.validation for one in counts)
    if trains and splits and not inventory.tracks and not are_tracks_doubted:
        yield _warning(
            "no-tracks",
            "No track is known, so the split is by image: where several images show one physical sign, validation is "
            "flattered. Name files TRACK_FRAME, both numbers, or give a table with a column `track`.",
        )


def _of_sizes(inventory: Inventory, sizes: SampledSizes | None) -> Iterator[Doubt]:
    if sizes is None:
        if inventory.names:
            yield Doubt("undecodable", "error", "None of the images that were opened decodes.")
        return
    if sizes.undecodable:
        yield _warning(
            "undecodable",
            f"{sizes.undecodable} of {counted(sizes.images, 'image')} that were opened do not decode. Training leaves "
            "such images out.",
        )
    if sizes.least < MIN_SIGN_SIDE:
        yield _warning("tiny", f"Some signs are tiny, {sizes.least} pixels: they can hardly be recognised.")
    if sizes.median > LARGE_SIDE and not inventory.annotated.any():
        yield _warning(
            "large-images",
            f"The images are large, with a median of {sizes.median:,} pixels, and no box is known. If a sign fills "
            "only a part of its image, cut it out, or give a table with boxes.",
        )


def _warning(kind: str, message: str) -> Doubt:
    return Doubt(kind, "warning", message)


def _some(names: Sequence[str]) -> str:
    left = len(names) - NAMED_CLASSES
    return ", ".join(names[:NAMED_CLASSES]) + (f" and {left:,} more" if left > 0 else "")
