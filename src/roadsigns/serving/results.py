"""Predictions as JSON values, with all that the service knows about each class."""

import base64
import io
from typing import Any

from PIL import Image

from roadsigns.detection.detected import DetectedImage
from roadsigns.errors import ImageError
from roadsigns.page.static import has_drawing
from roadsigns.serving.errors import explain
from roadsigns.serving.explaining import Explained
from roadsigns.serving.worker import Outcome, Upload
from roadsigns.types import SignClass, at_label

__all__ = ["Results", "sign_values"]

# Of heat, from 0 to 1: finer than a screen shows.
DIGITS = 3


class Results:
    """Makes the JSON values of results.

    Args:
        classes: The recogniser's, in label order.
    """

    def __init__(self, classes: tuple[SignClass, ...]) -> None:
        self.signs = [sign_values(sign) for sign in classes]

    def of_image(self, upload: Upload, outcome: Outcome) -> dict[str, Any]:
        """Return `schemas.ImageResult` or `schemas.ImageFailure`."""
        if isinstance(outcome, ImageError):
            return {"file": upload.file, "error": explain(outcome.about(upload.file))}
        # A batch is computed with the largest top_k of its requests.
        return {"file": upload.file, **self._with_signs(outcome.as_dict(), top_k=upload.top_k)}

    def of_explained(self, upload: Upload, outcome: Explained) -> dict[str, Any]:
        """Return `schemas.ExplainResult` or `schemas.ImageFailure`."""
        if isinstance(outcome, ImageError):
            return self.of_image(upload, outcome)
        heat_map = outcome.heat_map
        sign = io.BytesIO()
        Image.fromarray(outcome.prepared).save(sign, "PNG")
        return {
            **self.of_image(upload, outcome.prediction),
            "explained": heat_map.class_id,
            "method": heat_map.method,
            "sign": base64.b64encode(sign.getvalue()).decode(),
            "heat_map": heat_map.values.astype(float).round(DIGITS).tolist(),
        }

    def of_photograph(self, upload: Upload, found: DetectedImage) -> dict[str, Any]:
        """Return `schemas.DetectResponse`."""
        values = found.as_dict()
        return {**values, "signs": [self._with_signs(sign, top_k=upload.top_k) for sign in values["signs"]]}

    def _with_signs(self, values: dict[str, Any], *, top_k: int) -> dict[str, Any]:
        return {**self._with_sign(values), "top_k": [self._with_sign(entry) for entry in values["top_k"][:top_k]]}

    def _with_sign(self, values: dict[str, Any]) -> dict[str, Any]:
        class_id = values["class_id"]
        return {**(at_label(self.signs, class_id) or sign_values(SignClass(class_id, ""))), **values}


def sign_values(sign: SignClass) -> dict[str, Any]:
    """Return `schemas.SignClass`."""
    return {
        "class_id": sign.class_id,
        "name": sign.name,
        "name_de": sign.name_de,
        "sign_number": sign.sign_number,
        "drawing": f"/v1/signs/{sign.class_id}.svg" if has_drawing(sign) else None,
    }
