"""One thing in the data that a person should look at."""

from dataclasses import dataclass
from pathlib import Path

from roadsigns.rules.find import rule_of
from roadsigns.types import SignClass, at_label

__all__ = ["Suspect"]


@dataclass(frozen=True, slots=True)
class Suspect:
    """One suspicion, or one certain fault.

    Attributes:
        kind: Of its rule, such as "wrong-label".
        reason: What speaks for it and what to do, in a sentence.
        paths: The images: the suspected one first, or the clearest of a track; then those to look at beside it.
            Relative to the data; empty where it is about a class.
        class_id: The label that the data give; None where they give none.
        suggested: The class that is suggested instead; None where there is no suggestion.
        probability: Of the suggested class, by the network; None where there is none.
        given_probability: Of the given class, by the network; None where there is none.
        score: How suspicious it is among those of its rule, larger for worse: the logarithm of the ratio of both
            probabilities, or as the rule says.
        track: The physical sign that it is about; empty where that is unknown, or it is about something else.
        images: How many images it is about.
        box: (x1, y1, x2, y2) in pixels of the image; None where it is about no box.
        other_class_id: The label of the second of its paths, where both are suspected alike; None elsewhere.
    """

    kind: str
    reason: str
    paths: tuple[str, ...] = ()
    class_id: int | None = None
    suggested: int | None = None
    probability: float | None = None
    given_probability: float | None = None
    score: float = 0.0
    track: str = ""
    images: int = 1
    box: tuple[int, int, int, int] | None = None
    other_class_id: int | None = None

    @property
    def rule(self) -> str:
        """The number of its rule."""
        return rule_of(self.kind).number

    @property
    def level(self) -> str:
        """ "error" or "warning"."""
        return rule_of(self.kind).level

    def as_dict(self, data: Path, classes: tuple[SignClass, ...]) -> dict[str, object]:
        """Return it as plain values that JSON can hold, paths below the data folder, classes with their names."""
        return {
            "rule": self.rule,
            "kind": self.kind,
            "level": self.level,
            "paths": [str(data / path) for path in self.paths],
            "track": self.track,
            "images": self.images,
            "box": self.box and list(self.box),
            "class_id": self.class_id,
            "name": name_of(self.class_id, classes),
            "suggested_class_id": self.suggested,
            "suggested_name": name_of(self.suggested, classes),
            "probability": self.probability,
            "given_probability": self.given_probability,
            "score": self.score,
            "reason": self.reason,
        }


def name_of(class_id: int | None, classes: tuple[SignClass, ...]) -> str:
    """Return the name of a class; empty for none."""
    sign = None if class_id is None else at_label(classes, class_id)
    return sign.name if sign else ""
