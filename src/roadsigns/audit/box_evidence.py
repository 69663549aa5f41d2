"""Boxes that miss the sign: what is inside them looks like no sign to networks that have not seen it."""

import numpy as np

from roadsigns.audit.labels import Judged
from roadsigns.audit.suspect import Suspect
from roadsigns.types import UNKNOWN_KINDS
from roadsigns.wording import percent

__all__ = ["suspect_boxes"]

NO_SIGN = UNKNOWN_KINDS.index("no sign")
# Of the probability, so much must be for "no sign". Of boxes of street scenes moved by half their side, 87 % reach
# it, of right ones none of 200.
LEAST = 0.25
NOT_JUDGED = "Boxes were not judged: the networks that predicted have no output for `no sign`."


def suspect_boxes(judged: Judged) -> tuple[list[Suspect], str]:
    """Return the boxes that seem to hold no sign, the most suspicious first, and a note where none could be judged."""
    unknown = judged.evidence.unknown
    if unknown is None or unknown.shape[1] != len(UNKNOWN_KINDS):
        return [], NOT_JUDGED
    no_sign = unknown[:, NO_SIGN]
    found = []
    for index in np.flatnonzero(no_sign > LEAST).tolist():
        sample = judged.evidence.samples[index]
        where = "The image" if sample.box is None else "What is in the box"
        fix = "Look at the image." if sample.box is None else "Draw the box again if it misses the sign."
        found.append(
            Suspect(
                "box-misses-sign",
                f"{where} is taken for no sign with {percent(float(no_sign[index]))}. {fix}",
                (judged.paths[index],),
                sample.class_id,
                score=float(no_sign[index]),
                track=sample.track or "",
                box=sample.box,
            )
        )
    return sorted(found, key=lambda suspect: -suspect.score), ""
