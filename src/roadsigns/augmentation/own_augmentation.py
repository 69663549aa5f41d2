"""An augmentation of the user's own: a function that a recipe names, with its results checked."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from roadsigns.errors import RecipeError
from roadsigns.user_functions import import_function

__all__ = ["OwnAugmentation", "own_augmentation"]

Images = npt.NDArray[np.float32]
# Images float32 in [0, 1], shape (count, size, size, 3), and where the randomness comes from, to the same shape.
OwnAugmentation = Callable[[Images, np.random.Generator], Images]

# Levels in [0, 1] do not get there by noise or contrast; levels up to 255 do.
HIGHEST = 10


def own_augmentation(reference: str, *, image_size: int) -> OwnAugmentation | None:
    """Return the augmentation behind a name, once it has changed two grey images.

    Args:
        reference: "my_module:augment"; empty for none.
        image_size: Side of the images in pixels.

    Returns:
        The function, whose results are clipped to [0, 1]; None for an empty name. It raises a RecipeError where its
        result is not images as they should be.

    Raises:
        RecipeError: If there is no such function, or it does not return images as it should.
    """
    if not reference:
        return None
    function = import_function(reference)

    def augment(images: Images, rng: np.random.Generator) -> Images:
        shape = images.shape
        try:
            changed = function(images, rng)
        except Exception as error:
            raise RecipeError(
                f"The augmentation raised {type(error).__name__}: {error}",
                hint="Correct it. --debug shows where.",
                subject=reference,
            ) from error
        if problem := _problem(changed, shape):
            raise RecipeError(
                f"The augmentation returned {problem}.",
                expected=f"an array of shape {shape}, float32, of levels in [0, 1]",
                hint="Correct it.",
                subject=reference,
            )
        return np.clip(changed, 0, 1)  # type: ignore[no-any-return]

    augment(np.full((2, image_size, image_size, 3), 0.5, np.float32), np.random.default_rng(0))
    return augment


def _problem(changed: object, shape: tuple[int, ...]) -> str:
    """Say what is wrong with the result of an augmentation; empty where nothing is."""
    if not isinstance(changed, np.ndarray):
        return "nothing" if changed is None else f"a {type(changed).__name__}"
    if changed.shape != shape:
        return f"an array of shape {changed.shape}"
    if changed.dtype != np.float32:
        return f"values of type {changed.dtype}"
    if not np.isfinite(changed).all():
        return "values that are not finite"
    highest = np.abs(changed).max(initial=0)
    return f"values up to {highest:.0f}" if highest > HIGHEST else ""
