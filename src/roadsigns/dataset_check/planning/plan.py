"""A plan for data: what is there, what is doubtful, and which commands to run next. Opens a few images only."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from roadsigns.dataset_check.findings import Finding, Findings
from roadsigns.dataset_check.inventory import take_inventory
from roadsigns.dataset_check.planning.commands import PlannedCommand, next_commands
from roadsigns.dataset_check.planning.counts import ClassCounts, SampledSizes, count_classes, sample_sizes
from roadsigns.dataset_check.planning.doubts import Doubt, find_doubts
from roadsigns.datasets.reader import PASSED_OVER

__all__ = ["Plan", "plan_data"]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is in data, what is doubtful, and which commands to run next.

    Attributes:
        data: As it was given.
        layout: What its layout is called.
        classes: Images of each class, in label order.
        boxes: Number of images with a box.
        tracks: Number of known tracks.
        images_with_tracks: Number of images whose track is known.
        sizes: Of a few images; None where none of them decodes.
        passed_over: What is not read, each as one line.
        doubts: What prevents a training, then what may make it worse.
        commands: In the order to run them.
    """

    data: str
    layout: str
    classes: tuple[ClassCounts, ...]
    boxes: int
    tracks: int
    images_with_tracks: int
    sizes: SampledSizes | None
    passed_over: tuple[str, ...]
    doubts: tuple[Doubt, ...]
    commands: tuple[PlannedCommand, ...]

    @property
    def training_images(self) -> int:
        """Images that train, or that a split holds out."""
        return sum(one.training for one in self.classes)

    @property
    def validation_images(self) -> int:
        """Images of the data's own validation set."""
        return sum(one.validation for one in self.classes)

    @property
    def test_images(self) -> int:
        """Test images."""
        return sum(one.test for one in self.classes)

    @property
    def trainable(self) -> bool:
        """Whether nothing prevents a training."""
        return all(doubt.level != "error" for doubt in self.doubts)

    def as_dict(self) -> dict[str, object]:
        """Return everything as plain values that JSON can hold; None where there is nothing."""
        return {
            **asdict(self),
            "training_images": self.training_images,
            "validation_images": self.validation_images,
            "test_images": self.test_images,
            "trainable": self.trainable,
        }


def plan_data(data: Path) -> Plan:
    """Look at data and say what to do next.

    Args:
        data: Data in any layout of `roadsigns.datasets.layouts`. Nothing in it is changed.

    Returns:
        The plan. What is wrong with the data is a doubt, not an exception.

    Raises:
        DataError: If there is nothing to read: no such folder, or no images in class folders.
    """
    findings = Findings()
    inventory = take_inventory(data, findings)
    collected = findings.collected()
    counts = count_classes(inventory)
    sizes = sample_sizes(inventory)
    doubts = find_doubts(inventory, collected, counts, sizes)
    trainable = all(doubt.level != "error" for doubt in doubts)
    tracked = int((inventory.track >= 0).sum())
    return Plan(
        str(data),
        inventory.title,
        counts,
        int(inventory.annotated.sum()),
        len(inventory.tracks),
        tracked,
        sizes,
        tuple(_passed_over(collected)),
        doubts,
        next_commands(data, inventory, counts, sizes, trainable=trainable),
    )


def _passed_over(findings: tuple[Finding, ...]) -> Iterator[str]:
    for finding in findings:
        if finding.kind in PASSED_OVER:
            for item in finding.items:
                place = "" if item.paths[0] == "." else item.paths[0]
                yield ": ".join(filter(None, (place, item.detail)))
