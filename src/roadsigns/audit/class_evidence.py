"""Classes with too little to learn from, and classes that are read worse than the others.

Both count physical signs, not frames: the frames of one sign are right or wrong together.
"""

from collections.abc import Iterator

import numpy as np

from roadsigns.audit.evidence.evidence import Evidence
from roadsigns.audit.suspect import Suspect
from roadsigns.evaluation.intervals import accuracy_interval, number_tracks
from roadsigns.printable import printable
from roadsigns.types import SignClass
from roadsigns.wording import counted, percent

__all__ = ["suspect_classes"]

# The recall that a class must be able to show. With n signs, all read right, the lower end of the interval is
# n / (n + 3.84): 8 signs show no more than 68 %.
RECALL_TO_SHOW = 0.7


def suspect_classes(evidence: Evidence, classes: tuple[SignClass, ...]) -> Iterator[Suspect]:
    """Yield classes of few signs (RS506) and weak ones (RS507), in label order; classes without an image are RS502."""
    labels = evidence.labels
    wrong = evidence.probabilities.argmax(axis=1) != labels
    tracks = number_tracks([sample.track_key for sample in evidence.samples])
    overall = 1 - float(wrong.mean())
    for sign in classes:
        chosen = labels == sign.class_id
        if not chosen.any():
            continue
        own = None if tracks is None else np.unique(tracks[chosen], return_inverse=True)[1]
        signs = int(chosen.sum()) if own is None else int(own.max()) + 1
        if _best_to_show(signs) < RECALL_TO_SHOW:
            yield _few(sign, signs, int(chosen.sum()), known=own is not None)
        interval = accuracy_interval(wrong[chosen], own)
        if wrong[chosen].any() and interval.high < overall:
            yield _weak(evidence, sign, classes, most=interval.high, overall=overall)


def _best_to_show(signs: int) -> float:
    """Return the lower end of the interval for recall if every sign is read right."""
    nothing_wrong = np.zeros(signs, np.bool_)
    return accuracy_interval(nothing_wrong, np.arange(signs)).low


def _few(sign: SignClass, signs: int, images: int, *, known: bool) -> Suspect:
    what = counted(signs, "sign") if known else counted(images, "image")
    many = f", {counted(images, 'image')}" if known else ""
    return Suspect(
        "few-signs",
        f"'{printable(sign.name)}' has {what}{many}: even with no error its recall may be as low as "
        f"{percent(_best_to_show(signs))}. Add other signs of it.",
        class_id=sign.class_id,
        score=1 - _best_to_show(signs),
        images=images,
    )


def _weak(
    evidence: Evidence,
    sign: SignClass,
    classes: tuple[SignClass, ...],
    *,
    most: float,
    overall: float,
) -> Suspect:
    read = evidence.probabilities[evidence.labels == sign.class_id].argmax(axis=1)
    missed = read[read != sign.class_id]
    values, counts = np.unique(missed, return_counts=True)
    taken = int(values[counts.argmax()])
    recall = 1 - len(missed) / len(read)
    return Suspect(
        "weak-class",
        f"{'None' if not recall else percent(recall)} of the images of '{printable(sign.name)}' "
        f"{'is' if not recall else 'are'} read right (interval up to {percent(most)}); of all images "
        f"{percent(overall)} are. It is mostly taken for '{printable(classes[taken].name)}' "
        f"({counted(int(counts.max()), 'image')}).",
        class_id=sign.class_id,
        score=overall - recall,
        images=len(read),
    )
