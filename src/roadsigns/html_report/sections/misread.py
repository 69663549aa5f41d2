"""Misread: every misread image, grouped by physical sign, as many as a page can hold."""

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.section import Section
from roadsigns.html_report.sign_images import are_absent
from roadsigns.wording import counted

__all__ = ["MAX_SHOWN", "SECTION", "Frame", "Misread", "Sign"]

# Pictures of so many small signs are 3 MB.
MAX_SHOWN = 1200


@dataclass(frozen=True, slots=True)
class Frame:
    """One misread image.

    Attributes:
        index: Its place in the input.
        image: Its name.
        read_as: The class id that was predicted.
        confidence: The probability of that class; None where it is unknown.
    """

    index: int
    image: str
    read_as: int
    confidence: float | None


@dataclass(frozen=True, slots=True)
class Sign:
    """The misread images of one physical sign; of all signs of a class whose tracks are unknown.

    Attributes:
        class_id: Its class.
        track: Its track; None where that is unknown.
        frames: Number of its images.
        errors: Number of those that are misread.
        shown: Misread images, the most confident first; perhaps not all.
    """

    class_id: int
    track: str | None
    frames: int
    errors: int
    shown: tuple[Frame, ...]

    @property
    def highest(self) -> float:
        """The highest probability of its mistakes; 0 where that is unknown."""
        return self.shown[0].confidence or 0.0

    @property
    def lowest(self) -> float:
        """The lowest of those that are shown."""
        return self.shown[-1].confidence or 0.0


@dataclass(frozen=True, slots=True)
class Misread:
    """The misread images.

    Attributes:
        errors: Number of misread images.
        signs: Number of signs that they show; None where no track is known.
        groups: Signs with misread images, the most errors first; perhaps not all.
        pictured: The indices of all shown images: first one of each sign, so that pictures are spread over the signs.
        absent: How many of the shown images are not there, and are only named.
    """

    errors: int
    signs: int | None
    groups: tuple[Sign, ...]
    pictured: tuple[int, ...]
    absent: int = 0

    @property
    def left_out(self) -> int:
        """Number of misread images that are not shown."""
        return self.errors - len(self.pictured)

    @property
    def sentence(self) -> str:
        """How many, of how many signs, and whether all are shown."""
        if not self.errors:
            return "There are none."
        of_signs = "" if self.signs is None else f" of {counted(self.signs, 'sign')}"
        shown = (
            "all are below"
            if not self.left_out
            else f"below are {len(self.pictured):,} of them, first the most confident of each sign, since a page can "
            f"hold no more; {self.left_out:,} are left out"
        )
        are = "is" if self.errors == 1 else "are"
        return f"{counted(self.errors, 'image')}{of_signs} {are} misread: {shown}{self._named}."

    @property
    def _named(self) -> str:
        if not self.absent:
            return ""
        if self.absent == len(self.pictured):
            return ", by name, since the images are not here"
        return f"; {self.absent:,} of them {'is' if self.absent == 1 else 'are'} not in the data, and only named"

    def as_dict(self) -> dict[str, object]:
        """Return all that is shown, for JSON."""
        return {
            "errors": self.errors,
            "signs": self.signs,
            "left_out": self.left_out,
            "absent": self.absent,
            "groups": [asdict(group) for group in self.groups],
        }


def _compute(report_input: ReportInput) -> Misread:
    wrong = np.flatnonzero(report_input.wrong)
    tracks = report_input.tracks
    if not len(wrong):
        return Misread(0, None if tracks is None else 0, (), ())
    confidence = report_input.confidence
    scores = np.zeros(len(wrong)) if confidence is None else confidence[wrong]
    keys, sizes = _groups(report_input)
    chosen = wrong[_spread(keys[wrong], scores)[:MAX_SHOWN]]
    errors = np.bincount(keys[wrong], minlength=len(sizes))
    by_key: dict[int, list[int]] = {}
    for index in chosen.tolist():
        by_key.setdefault(int(keys[index]), []).append(index)
    groups = [_sign(report_input, indices, int(sizes[key]), int(errors[key])) for key, indices in by_key.items()]
    return Misread(
        len(wrong),
        None if tracks is None else len(np.unique(tracks[wrong])),
        tuple(sorted(groups, key=lambda group: (-group.errors, group.class_id, group.track or ""))),
        tuple(chosen.tolist()),
        int(are_absent(report_input.images, len(report_input.rows))[chosen].sum()),
    )


def _groups(report_input: ReportInput) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Number the groups: the group of each image, shape (images,), and the number of images in each group."""
    numbers: dict[tuple[int, str | None], int] = {}
    keys = np.fromiter(
        (numbers.setdefault((row.class_id, row.track), len(numbers)) for row in report_input.rows),
        np.intp,
        len(report_input.rows),
    )
    return keys, np.bincount(keys)


def _spread(keys: npt.NDArray[np.intp], scores: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """Return an order in which the highest score of each group comes first, then the second of each, and so on."""
    by_group = np.lexsort((-scores, keys))
    begins = np.flatnonzero(np.append(True, np.diff(keys[by_group]) != 0))
    lengths = np.diff(np.append(begins, len(keys)))
    ranks = np.empty(len(keys), np.intp)
    ranks[by_group] = np.arange(len(keys)) - np.repeat(begins, lengths)
    return np.lexsort((-scores, ranks))


def _sign(report_input: ReportInput, indices: list[int], frames: int, errors: int) -> Sign:
    first = report_input.rows[indices[0]]
    predicted, confidence = report_input.predicted, report_input.confidence
    return Sign(
        first.class_id,
        first.track,
        frames,
        errors,
        tuple(
            Frame(
                index,
                report_input.rows[index].image,
                int(predicted[index]),
                None if confidence is None else float(confidence[index]),
            )
            for index in indices
        ),
    )


SECTION = Section(
    "misread",
    "Every misread image",
    _compute,
    "Dark pictures are brightened. A mistake with a high probability is the most instructive: either the sign is hard, "
    "or its label is wrong.",
)
