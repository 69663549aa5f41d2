"""Predictions brought into the order of data, by the names of the images."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from roadsigns.audit.evidence.doubts import doubts_about
from roadsigns.audit.evidence.evidence import MAKE_SOME, Evidence
from roadsigns.audit.evidence.predicted import Predicted
from roadsigns.errors import RunError
from roadsigns.types import DataSet, Sample, labelled_image
from roadsigns.wording import counted

__all__ = ["match_predictions"]

# With fewer of the images the predictions are taken for those of other data.
MIN_SHARE = 0.5
# Where more images have another label than when they were predicted, likewise.
MAX_RELABELLED = 0.1


def match_predictions(
    predicted: Predicted, data_set: DataSet, data: Path, *, made_by: str, notes: Sequence[str], subject: Path
) -> Evidence:
    """Bring predictions into the order of the data.

    Images without a prediction, and those whose name is not their own, are left out.

    Args:
        predicted: The predictions.
        data_set: The labelled images.
        data: Where they are from, for messages.
        made_by: By what they were predicted, for people.
        notes: What must be said beside every result; what is noticed here is added.
        subject: Where the predictions are from, for messages.

    Raises:
        RunError: If the predictions are for other data.
    """
    place = {row.image: index for index, row in enumerate(predicted.rows)}
    undecodable = {row.image for row in predicted.undecodable}
    counts = Counter(labelled_image(sample).image for sample in data_set.samples)
    chosen = [
        sample for sample in data_set.samples if counts[name := labelled_image(sample).image] == 1 and name in place
    ]
    places = [place[labelled_image(sample).image] for sample in chosen]
    _require_same_images(data_set, chosen, undecodable, data=data, subject=subject)
    relabelled = sum(
        predicted.rows[index].class_id != sample.class_id for sample, index in zip(chosen, places, strict=True)
    )
    if relabelled > MAX_RELABELLED * len(chosen):
        raise RunError(
            f"These predictions do not fit {data}: {relabelled:,} of {counted(len(chosen), 'image')} have another "
            "label there.",
            expected="predictions for the same images with the same classes",
            hint=MAKE_SOME.format(data=data),
            subject=str(subject),
        )
    missing = len(data_set.samples) - len(chosen) - sum(name in undecodable for name in counts)
    if missing > 0:
        notes = [*notes, f"Without a prediction, and judged by `check` alone: {counted(missing, 'image')}."]
    unknown = None if predicted.unknown is None else predicted.unknown[places]
    evidence = Evidence(tuple(chosen), predicted.probabilities[places], unknown, made_by)
    return replace(evidence, notes=(*notes, *doubts_about(evidence)))


def _require_same_images(
    data_set: DataSet, chosen: Sequence[Sample], undecodable: Collection[str], *, data: Path, subject: Path
) -> None:
    known = len(chosen) + len(undecodable)
    total = len(data_set.samples)
    if known < MIN_SHARE * total or not chosen:
        predicted = {labelled_image(sample).image for sample in chosen}
        names = (labelled_image(sample).image for sample in data_set.samples)
        example = next((name for name in names if name not in predicted and name not in undecodable), "")
        raise RunError(
            f"These predictions do not fit {data}: they name {len(chosen):,} of its {counted(total, 'image')}, and not "
            f"{example}.",
            expected="predictions for the same images, named by folder and file",
            hint=MAKE_SOME.format(data=data),
            subject=str(subject),
        )
