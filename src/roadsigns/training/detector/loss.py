"""The loss of the detector: is there a sign, and how well does the box fit?"""

from typing import Any

import numpy as np
from keras import ops

from roadsigns.detection.locations import Locations

__all__ = ["detection_loss"]

BOX_WEIGHT = 2.0
# What a location that shows a sign should score even where its box does not fit.
MIN_SCORE = 0.5
SMALL = 1e-6


def detection_loss(locations: Locations) -> Any:
    """Return the loss of pictures of one size, a function of targets and outputs.

    Quality focal loss (Li et al. 2020): a location that shows a sign should give a score that grows with the overlap of
    its box and the sign's, so that the best box comes first; from a half on, since boxes of small signs hardly overlap
    as well as those of large ones, and are signs all the same. Boxes: generalised intersection over union (Rezatofighi
    et al. 2019).
    """
    stride = locations.stride[np.newaxis]

    def loss(targets: Any, outputs: Any) -> Any:
        """Shapes (batch, count, 5), see `targets_of` and the network. Returns a value for each picture."""
        is_sign = ops.cast(targets[..., 0] > 0, "float32")
        counts = ops.cast(targets[..., 0] >= 0, "float32")
        said = ops.exp(ops.clip(outputs[..., 1:], -8, 8)) * stride[..., np.newaxis]
        overlap, generalised = _overlaps(said, targets[..., 1:])
        quality = ops.stop_gradient(overlap) * is_sign
        wanted = (MIN_SCORE * is_sign) + (1 - MIN_SCORE) * quality
        logits = outputs[..., 0]
        score = ops.sigmoid(logits)
        cross_entropy = ops.maximum(logits, 0) - logits * wanted + ops.log1p(ops.exp(-ops.abs(logits)))
        focal = ops.square(score - wanted) * cross_entropy * counts
        # By all signs of the batch: a picture without one counts too.
        signs = ops.maximum(ops.sum(is_sign), 1.0) / ops.cast(ops.shape(targets)[0], "float32")
        boxes = ops.sum(quality * (1 - generalised), axis=1) / ops.maximum(ops.mean(ops.sum(quality, axis=1)), SMALL)
        return ops.sum(focal, axis=1) / signs + BOX_WEIGHT * _guarded(boxes, is_sign, generalised)

    return loss


def _guarded(boxes: Any, is_sign: Any, generalised: Any) -> Any:
    # While no box overlaps its sign, the overlap cannot weight anything: all signs count alike then, a little.
    alike = ops.sum(is_sign * (1 - generalised), axis=1) / ops.maximum(ops.mean(ops.sum(is_sign, axis=1)), 1.0)
    return 0.5 * boxes + 0.5 * alike


def _overlaps(one: Any, other: Any) -> tuple[Any, Any]:
    """Intersection over union, and the generalised one, of boxes given by distances from the same point."""
    (l1, t1, r1, b1), (l2, t2, r2, b2) = (ops.unstack(box, axis=-1) for box in (one, other))
    area_1, area_2 = (l1 + r1) * (t1 + b1), (l2 + r2) * (t2 + b2)
    within = ops.maximum(ops.minimum(l1, l2) + ops.minimum(r1, r2), 0) * ops.maximum(
        ops.minimum(t1, t2) + ops.minimum(b1, b2), 0
    )
    hull = (ops.maximum(l1, l2) + ops.maximum(r1, r2)) * (ops.maximum(t1, t2) + ops.maximum(b1, b2))
    union = area_1 + area_2 - within
    overlap = within / (union + SMALL)
    return overlap, overlap - (hull - union) / (hull + SMALL)
