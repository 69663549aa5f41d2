"""Comparison of class names: class ids mean the same only where names and order agree."""

from collections.abc import Sequence

from roadsigns.errors import DataError, RoadsignsError

__all__ = ["require_same_classes"]

NAMED = 3


def require_same_classes(
    ours: Sequence[str],
    theirs: Sequence[str],
    *,
    us: str,
    them: str,
    hint: str,
    error: type[RoadsignsError] = DataError,
) -> None:
    """Compare class names in label order.

    Args:
        ours: Names of the first side.
        theirs: Names of the second side.
        us: What the first is called, such as "the model".
        them: What the second is called, such as a folder.
        hint: What to do where they differ, a whole sentence.
        error: Type of the error.

    Raises:
        RoadsignsError: Of that type, with both numbers of classes, or the first name that differs.
    """
    if list(ours) == list(theirs):
        return
    if len(ours) != len(theirs):
        counts = ", ".join(f"{len(names)} in {who} ({_first(names)})" for names, who in ((ours, us), (theirs, them)))
        problem = f"The numbers of classes differ: {counts}."
    else:
        class_id = next(number for number, pair in enumerate(zip(ours, theirs, strict=True)) if pair[0] != pair[1])
        problem = f"Class {class_id} is '{ours[class_id]}' in {us} and '{theirs[class_id]}' in {them}."
    raise error(problem, expected="the same classes in the same order", hint=hint)


def _first(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + (", ..." if len(names) > NAMED else "")
