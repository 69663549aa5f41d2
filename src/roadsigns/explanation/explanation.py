"""One image explained: the sign as the network sees it, what the network says of it, and what decided."""

from dataclasses import dataclass

import numpy as np

from roadsigns.errors import ImageError
from roadsigns.explanation.explain import Explainable, explain
from roadsigns.explanation.heat_map import HeatMap
from roadsigns.explanation.overlay import levels_of
from roadsigns.inference.decide import decide
from roadsigns.inference.engine import CropBatch
from roadsigns.inference.inputs import ImageInput, ImageLike, decode_input, name_of
from roadsigns.inference.prediction import Prediction
from roadsigns.preprocessing.prepare import prepare_crop
from roadsigns.types import BoxLike, SignClass, UInt8Image

__all__ = ["Explanation", "explain_image"]


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """What decided.

    Attributes:
        prepared: The sign as the network sees it: RGB, shape (image_size, image_size, 3), uint8.
        prediction: What the network says of it.
        explained: The class that the heat map speaks of. Unless another was asked for, it is that of the prediction,
            whatever the decision: of an unknown sign, the class that it looks most like.
        heat_map: How much each pixel of `prepared` supports that class.
    """

    prepared: UInt8Image
    prediction: Prediction
    explained: SignClass
    heat_map: HeatMap

    def picture(self) -> UInt8Image:
        """Draw the sign as the network sees it beside the heat map over it, with the name, the probability and a scale.

        Returns:
            RGB, shape (height, width, 3), uint8.
        """
        from roadsigns.explanation.picture import draw_picture

        return draw_picture(self.prepared, self.prediction, self.explained, self.heat_map)


def explain_image(
    recognizer: Explainable,
    image: ImageLike,
    *,
    box: BoxLike | None = None,
    class_id: int | None = None,
    top_k: int = 1,
) -> Explanation:
    """Read an image and explain what is said of it.

    Args:
        recognizer: The model. A run folder's is explained by gradients, all others by occlusion.
        image: See `Recognizer.predict`.
        box: Where the sign is, see `Recognizer.predict`.
        class_id: The class to explain; None for the prediction's.
        top_k: How many classes the prediction lists.

    Raises:
        ImageError: If the image does not decode or does not contain its box.
        DataError: If there is no such class.
        TypeError: If `class_id` is no whole number.
    """
    given = ImageInput(image, box, name_of(image))
    try:
        # No preparation gives float16.
        crop: CropBatch = prepare_crop(decode_input(given), recognizer.preparation, box)  # type: ignore[assignment]
    except ImageError as error:
        raise error.about(given.name or None) from error
    prediction = decide(recognizer.outputs(crop[np.newaxis]), recognizer.rule, top_k=top_k)[0]
    heat_map = explain(recognizer, crop, class_id=prediction.class_id if class_id is None else class_id)
    return Explanation(levels_of(crop), prediction, recognizer.classes[heat_map.class_id], heat_map)
