"""Reasons to doubt predictions: networks that misread too much, or nothing at all."""

from roadsigns.audit.evidence.evidence import Evidence
from roadsigns.wording import counted, percent

__all__ = ["doubts_about"]

# Where networks misread more of the images, most of what they suspect is hard for them, not labelled wrong: few data
# have so many wrong labels that they could be the reason. With 4 % misread, planted wrong labels were found at a
# precision of 100 % (docs/experiments/0047-suspected-labels.md); with 25 %, one of 35 suspicions was true.
MAX_MISREAD = 0.05
# Networks that read so many images without an error have probably been trained on them.
SUSPICIOUSLY_MANY = 1000


def doubts_about(evidence: Evidence) -> list[str]:
    """Return what must be said of predictions that are worth little, as whole sentences."""
    accuracy, count = evidence.accuracy, len(evidence.samples)
    if accuracy < 1 - MAX_MISREAD:
        return [
            f"These networks misread {percent(1 - accuracy)} of the images, so most suspicions will be images that are "
            "hard for them: use predictions of a better recipe (--recipe best with another --out, or --predictions of "
            "a cross-validation of best), or add images of other signs."
        ]
    if accuracy == 1 and count >= SUSPICIOUSLY_MANY:
        return [
            f"Every one of {counted(count, 'image')} is read as it is labelled. Perhaps the network was trained on "
            "them: then it has learned the wrong labels too, and nothing can be found."
        ]
    return []
