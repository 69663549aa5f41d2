"""Boxes of street scenes moved and scaled beside their signs: how many a network takes for no sign.

python -m bench.moved_boxes GTSDB MODEL

What an audit goes by to find boxes that miss the sign (RS204). MODEL must have an output for `no sign`.
"""

import argparse
import tempfile
from pathlib import Path

import cv2
import numpy as np

from roadsigns.audit.box_evidence import LEAST, NO_SIGN
from roadsigns.cross_validation.predict_images import predict_images
from roadsigns.datasets.scenes import read_scene_set
from roadsigns.preprocessing.decode import read_image
from roadsigns.types import Box, Sample

MIN_SIDE, SIGNS = 20, 200
# Name, shift in sides of the box, factor of its size.
VARIANTS = (
    ("right", 0.0, 1.0),
    ("moved by a quarter of its side", 0.25, 1.0),
    ("moved by half", 0.5, 1.0),
    ("moved by three quarters", 0.75, 1.0),
    ("moved by its side", 1.0, 1.0),
    ("twice as large", 0.0, 2.0),
    ("half as large", 0.0, 0.5),
)


def changed(box: Box, *, shift: float, scale: float, angle: float) -> Box:
    """Return a box moved in a direction, and scaled about its middle."""
    side = max(box.x2 - box.x1, box.y2 - box.y1)
    middle = np.array([box.x1 + box.x2, box.y1 + box.y2]) / 2 + shift * side * np.array([np.cos(angle), np.sin(angle)])
    half = np.array([box.x2 - box.x1, box.y2 - box.y1]) / 2 * scale
    return Box(*np.concatenate([middle - half, middle + half]).round().astype(int).tolist())


def main() -> None:
    """Print a line for each variant."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("model", type=Path)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    signs = [
        (scene.path, sign)
        for scene in read_scene_set(options.data).scenes
        for sign in scene.signs
        if not sign.ignored and min(sign.box.x2 - sign.box.x1, sign.box.y2 - sign.box.y1) >= MIN_SIDE
    ]
    chosen = [signs[index] for index in sorted(rng.choice(len(signs), SIGNS, replace=False).tolist())]
    samples, kinds = [], []
    with tempfile.TemporaryDirectory() as folder:
        for number, (path, sign) in enumerate(chosen):
            image, angle = read_image(path), rng.uniform(0, 2 * np.pi)
            for kind, (_, shift, scale) in enumerate(VARIANTS):
                box = changed(sign.box, shift=shift, scale=scale, angle=angle)
                if min(box) < 0 or box.x2 > image.shape[1] or box.y2 > image.shape[0]:
                    continue
                # As GTSRB's images are cut out.
                margin = max(5, round(0.1 * max(box.x2 - box.x1, box.y2 - box.y1)))
                left, top = max(0, box.x1 - margin), max(0, box.y1 - margin)
                file = Path(folder) / f"{number}_{kind}.png"
                cv2.imwrite(str(file), image[top : box.y2 + margin, left : box.x2 + margin, ::-1])
                inside = Box(box.x1 - left, box.y1 - top, box.x2 - left, box.y2 - top)
                samples.append(Sample(file, sign.class_id or 0, inside))
                kinds.append(kind)
        predictions = predict_images(options.model, tuple(samples))
    if predictions.unknown is None or not predictions.unknown.size:
        raise SystemExit("The model has no output for `no sign`.")
    no_sign = predictions.unknown[:, NO_SIGN] > LEAST
    for kind, (name, *_) in enumerate(VARIANTS):
        own = np.array(kinds) == kind
        print(f"{name}: {100 * no_sign[own].mean():.1f} % of {own.sum()} boxes are taken for no sign")


if __name__ == "__main__":
    main()
