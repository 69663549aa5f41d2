"""The audit of labelled data: check, labels, boxes, classes.

    check_folder (files, duplicates, splits) -> evidence (predictions) -> labels, boxes, classes -> Audit

Nothing in the data is changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from roadsigns.audit.box_evidence import suspect_boxes
from roadsigns.audit.class_evidence import suspect_classes
from roadsigns.audit.evidence.evidence import Evidence
from roadsigns.audit.labels import Judged, suspect_labels
from roadsigns.audit.suspect import Suspect, name_of
from roadsigns.audit.twins import Thumbnails
from roadsigns.dataset_check.check import Check, check_folder
from roadsigns.dataset_check.inventory import UNKNOWN, Inventory
from roadsigns.printable import printable
from roadsigns.rules.find import RULES, rule_of
from roadsigns.types import SignClass
from roadsigns.wording import counted, percent

__all__ = ["Audit", "audit_samples"]

# The findings of a check that an audit repeats: duplicates and splits, and classes.
REPEATED = ("RS3", "RS5")
# What a check says of classes, of one of them.
OF_CLASS = {
    "one-class": "All images are of {}: there is nothing to tell it from.",
    "empty-class": "{} has no training image: a network learns it only where its recipe draws it.",
    "class-without-test-images": "{} has no test image: the metrics of the test images say nothing about it.",
    "one-track-class": "{} shows a single physical sign: it can train or validate, not both. Add other signs of it.",
}


@dataclass(frozen=True, slots=True, eq=False)
class Audit:
    """The result of an audit.

    Attributes:
        data: As it was given.
        root: The folder that paths of suspects are relative to.
        classes: In label order.
        content: What the data are, such as "39,209 labelled images".
        images: How many labelled images there are; of street scenes, how many labelled signs.
        predicted: How many of them have a prediction.
        accuracy: How many of these are read as labelled, a fraction; None where none has one.
        predictions: By what they were predicted.
        notes: What must be said beside every result.
        suspects: By the number of their rule, the worst of each first.
    """

    data: Path
    root: Path
    classes: tuple[SignClass, ...]
    content: str
    images: int
    predicted: int
    accuracy: float | None
    predictions: str
    notes: tuple[str, ...]
    suspects: tuple[Suspect, ...]

    @property
    def errors(self) -> int:
        """How many faults are certain."""
        return sum(suspect.level == "error" for suspect in self.suspects)

    @property
    def warnings(self) -> int:
        """How many suspicions there are."""
        return len(self.suspects) - self.errors

    @property
    def by_rule(self) -> dict[str, tuple[Suspect, ...]]:
        """The suspects of each rule that has some, by its number."""
        found = {rule.number: [one for one in self.suspects if one.kind == rule.kind] for rule in RULES}
        return {number: tuple(suspects) for number, suspects in found.items() if suspects}

    def as_dict(self) -> dict[str, object]:
        """Return everything as plain values that JSON can hold; None where there is nothing."""
        return {
            "data": str(self.data),
            "content": self.content,
            "images": self.images,
            "predicted": self.predicted,
            "accuracy": self.accuracy,
            "predictions": self.predictions,
            "notes": list(self.notes),
            "errors": self.errors,
            "warnings": self.warnings,
            "suspects": [suspect.as_dict(self.root, self.classes) for suspect in self.suspects],
        }


def audit_samples(data: Path, evidence: Evidence) -> Audit:
    """Audit labelled images by predictions of networks that have not seen them.

    Args:
        data: Labelled images in any layout, in which nothing is changed.
        evidence: The predictions.

    Raises:
        DataError: If there is nothing to check.
    """
    check = check_folder(data)
    inventory = check.inventory
    place = {inventory.data / inventory.path(index): index for index in range(len(inventory.names))}
    index = np.array([place[sample.path] for sample in evidence.samples], np.intp)
    judged = Judged(
        evidence,
        inventory.classes,
        [inventory.path(one) for one in index.tolist()],
        check.image_stats.size[index].min(axis=1),
        Thumbnails(check.image_stats.thumbnail[index]),
    )
    images = int((~inventory.is_test).sum())
    boxes, box_note = suspect_boxes(judged)
    suspects = [*_of_check(check), *suspect_labels(judged), *boxes, *suspect_classes(evidence, inventory.classes)]
    return Audit(
        data,
        inventory.data,
        inventory.classes,
        counted(images, "labelled image"),
        images,
        len(evidence.samples),
        evidence.accuracy,
        evidence.made_by,
        (*evidence.notes, *filter(None, (box_note, _note_on_undecodable(check)))),
        tuple(sorted(suspects, key=lambda suspect: (suspect.rule, -suspect.score))),
    )


def _note_on_undecodable(check: Check) -> str:
    count = int((~check.image_stats.decoded).sum())
    if not count:
        return ""
    return f"{counted(count, 'image')} cannot be decoded, and nothing is said of the pixels: see `roadsigns check`."


def _of_check(check: Check) -> Iterator[Suspect]:
    """Yield the findings of a check that an audit repeats."""
    inventory = check.inventory
    label_of = {inventory.path(index): label for index, label in enumerate(inventory.class_id.tolist())}
    for finding in check.findings:
        if rule_of(finding.kind).number.startswith(REPEATED):
            for item in finding.items:
                if item.class_id is not None:
                    yield _of_class(finding.kind, item.class_id, inventory)
                    continue
                detail = f" {item.detail[0].upper()}{item.detail[1:]}." if item.detail else ""
                # Of the pictures that the sheet shows.
                labels = [label_of.get(path, UNKNOWN) for path in item.paths[:2]]
                own, other = [None if label == UNKNOWN else label for label in (*labels, UNKNOWN, UNKNOWN)][:2]
                yield Suspect(
                    finding.kind,
                    f"{finding.meaning}{detail}",
                    item.paths,
                    own,
                    images=max(1, len(item.paths)),
                    other_class_id=other,
                )


def _of_class(kind: str, class_id: int, inventory: Inventory) -> Suspect:
    """Return a finding of a check about a class as a whole."""
    name = name_of(class_id, inventory.classes)
    images = int(((inventory.class_id == class_id) & ~inventory.is_test).sum())
    return Suspect(kind, OF_CLASS[kind].format(f"'{printable(name)}'"), class_id=class_id, images=images)


def summary(audit: Audit) -> str:
    """Return by what an audit judged, in a sentence."""
    if audit.accuracy is None:
        return f"Predictions: {audit.predictions}; none of the labels could be judged by its class."
    judged = "" if audit.predicted == audit.images else f" {audit.predicted:,} of {audit.images:,} have one."
    return f"Predictions: {audit.predictions}; {percent(audit.accuracy)} are read as labelled.{judged}"
