"""Made-up predictions, and images of single colours, for reports that need no model."""

import numpy as np
import pytest

from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.evaluation.compute_metrics import compute_metrics
from roadsigns.evaluation.predictions import top_of
from roadsigns.html_report.report import About
from roadsigns.html_report.report_input import ReportInput
from roadsigns.inference.decide import DecisionRule
from roadsigns.types import Box, LabelledImage


class ColouredImages:
    """An image of one colour for each index: small, and different."""

    def read(self, index):
        rng = np.random.default_rng(index)
        return np.full((40, 30, 3), rng.integers(40, 255, 3), np.uint8), Box(3, 3, 27, 37)


@pytest.fixture(scope="session")
def made_up():
    """Make the input of a report: tracks of ten frames, and in some classes the first images are misread."""

    def make(*, spec=GTSRB, signs=2, frames=10, misread=None, unknown=False, images=True, **changes):
        count = len(spec.classes)
        rows = tuple(
            LabelledImage(f"{class_id:05d}/{sign:05d}_{frame:05d}.png", class_id, f"{sign:05d}")
            for class_id in range(count)
            for sign in range(signs)
            for frame in range(frames)
        )
        labels = np.array([row.class_id for row in rows])
        rng = np.random.default_rng(0)
        logits = rng.normal(0, 0.3, (len(rows), count))
        # {class: (class that it is taken for, number of images)}
        read = labels.copy()
        for class_id, (other, number) in (misread if misread is not None else {1: (2, 7), 14: (13, 3)}).items():
            read[np.flatnonzero(labels == class_id)[:number]] = other
        logits[np.arange(len(rows)), read] += rng.uniform(2, 9, len(rows))
        powers = np.exp(logits)
        probabilities = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
        class_ids, top = top_of(probabilities)
        metrics = compute_metrics(probabilities, labels, tracks=[row.track_key for row in rows], subsets=spec.subsets)
        values = {
            "about": About("classifier", "made-up", spec.name, "test images", (), (("Model", "made-up"),), spec),
            "rows": rows,
            "class_ids": class_ids,
            "top_probabilities": top,
            "metrics": metrics,
            "source": spec.name,
            "probabilities": probabilities,
            "unknown": np.zeros((len(rows), 0), np.float32) if unknown else None,
            "rule": DecisionRule(spec.classes),
            "images": ColouredImages() if images else None,
        }
        return ReportInput(**values | changes)

    return make
