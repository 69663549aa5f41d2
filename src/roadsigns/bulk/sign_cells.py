"""A sign in the cells of a table for people."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from roadsigns.bulk.stream import Result
from roadsigns.errors import ImageError
from roadsigns.inference.decide import DecisionRule
from roadsigns.inference.prediction import ClassProbability, Prediction
from roadsigns.inference.unknown_names import UNKNOWN_NAMES, unknown_name
from roadsigns.wording import known_score_shown, percent_shown, some

__all__ = [
    "DECISION_WIDTH",
    "PROBABILITY_WIDTH",
    "SignCells",
    "UnknownCount",
    "longest_name",
    "sign_cells",
    "threshold_line",
]

PROBABILITY_WIDTH, DECISION_WIDTH = 11, 9


class SignCells(NamedTuple):
    """What a table says of a sign; of an unknown one nothing that reads like its name."""

    class_id: str
    name: str
    probability: str
    decision: str
    runners_up: str


def longest_name(names: Iterable[str], *others: str) -> int:
    """Return the most characters that a name takes, or what stands in place of one."""
    return max(map(len, (*names, *UNKNOWN_NAMES.values(), *others)))


def sign_cells(prediction: Prediction, names: Sequence[str]) -> SignCells:
    """Return the cells of a prediction.

    Args:
        prediction: Of the sign.
        names: Of all classes, in label order.
    """
    if prediction.decision == "unknown":
        return SignCells("", unknown_name(prediction), "", "unknown", f"nearest: {_listed(prediction.top_k)}")
    runners_up = _listed(prediction.top_k[1:])
    if prediction.decision == "uncertain":
        # The promise is for all of them, however many are asked for; the rest of a long list stands in the JSON.
        runners_up = f"or: {some([names[class_id] for class_id in prediction.candidates[1:]])}"
    shown = percent_shown(prediction.probability)
    return SignCells(str(prediction.class_id), prediction.name, shown, prediction.decision or "", runners_up)


def _listed(classes: Iterable[ClassProbability]) -> str:
    return ", ".join(f"{one.name} {percent_shown(one.probability)}" for one in classes)


@dataclass(slots=True)
class UnknownCount:
    """How many signs are unknown, of the results that have passed."""

    signs: int = 0

    def count(self, results: Iterable[Result[Prediction]]) -> Iterator[Result[Prediction]]:
        """Yield results, and count them."""
        for result in results:
            if not isinstance(result.outcome, ImageError) and result.outcome.decision == "unknown":
                self.signs += 1
            yield result


def threshold_line(rule: DecisionRule) -> str:
    """Return what is told beside results with unknown signs: below which known score a sign is one, and why there."""
    if rule.threshold is None:
        return ""
    kept = "" if rule.keep is None else f": this threshold keeps {100 * rule.keep:g} % of the known signs"
    return f"Signs with a known score below {known_score_shown(rule.threshold)} are unknown{kept}."
