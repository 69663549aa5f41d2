"""Compare ways to explain: deletion and insertion scores on held-out real signs.

    python -m bench.explanations GTSRB CROSS_VALIDATION --images 200

GTSRB is the folder that holds Final_Training; CROSS_VALIDATION has fold-1.csv and fold-1, the model that has not seen
its images. One image of each track, tracks at random. Gradients are Keras's, all scores are computed by OpenVINO.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from roadsigns.datasets.reader import read_training
from roadsigns.evaluation.predictions_csv import read_predictions
from roadsigns.explanation.explain import explain
from roadsigns.explanation.faithfulness import faithfulness
from roadsigns.explanation.occlusion import log_odds
from roadsigns.inference.engine import Differentiable
from roadsigns.inference.recognizer import Recognizer
from roadsigns.preprocessing.decode import read_image
from roadsigns.preprocessing.prepare import prepare_crop, to_unit
from roadsigns.types import Float32Array, Sample, TrackKey, UInt8Image

STEPS = 16
GRID = 10
RESAMPLES = 10_000
TOLD = 25


def main() -> None:
    """Print a table, the best first, and another after every few images."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("cross_validation", type=Path)
    parser.add_argument("--images", type=int, default=200)
    arguments = parser.parse_args()
    in_keras = Recognizer.load(arguments.cross_validation / "fold-1", engine="keras")
    scoring = Recognizer.load(arguments.cross_validation / "fold-1", engine="openvino")
    scores: dict[str, list[tuple[float, float]]] = {}
    for number, crop in enumerate(held_out(arguments, scoring)):
        for name, values, class_id in all_maps(in_keras, scoring, crop, seed=number):
            scores.setdefault(name, []).append(faithfulness(scoring, crop, np.float32(values), class_id))
        if number % TOLD == TOLD - 1:
            print_table({name: np.array(pairs) for name, pairs in scores.items()}, scoring)
    print_table({name: np.array(pairs) for name, pairs in scores.items()}, scoring)


def held_out(arguments: argparse.Namespace, recognizer: Recognizer) -> Iterator[UInt8Image]:
    """Yield prepared images of as many tracks."""
    wanted = {row.image for row in read_predictions(arguments.cross_validation / "fold-1.csv").rows}
    samples = [
        sample
        for sample in read_training(arguments.data).samples
        if f"{sample.path.parent.name}/{sample.path.name}" in wanted
    ]
    rng = np.random.default_rng(0)
    chosen: dict[TrackKey | None, Sample] = {}
    for index in rng.permutation(len(samples)):
        chosen.setdefault(samples[index].track_key, samples[index])
    for sample in list(chosen.values())[: arguments.images]:
        yield prepare_crop(read_image(sample.path), recognizer.preparation, sample.box)


def all_maps(
    in_keras: Recognizer, scoring: Recognizer, crop: UInt8Image, *, seed: int
) -> Iterator[tuple[str, Float32Array, int]]:
    """Yield name, map and class of each way."""
    ours = explain(scoring, crop)
    class_id, side = ours.class_id, len(crop)
    yield "**occlusion: hidden and alone, a quarter, blurred**", ours.values, class_id
    yield "**integrated gradients from a blurred copy**", explain(in_keras, crop, class_id=class_id).values, class_id
    for name, values in gradient_maps(in_keras.engine, to_unit(crop), class_id):
        yield name, values, class_id
    for name, values in occlusion_maps(scoring, crop, class_id):
        yield name, values, class_id
    noise = np.random.default_rng(seed).normal(size=(side, side))
    yield "random, pixel by pixel", noise, class_id
    yield "random, as coarse as heat maps", cv2.GaussianBlur(noise, (0, 0), side / 12), class_id
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    yield "no network: the middle", -np.hypot(x, y), class_id


def gradient_maps(engine: Differentiable, crop: Float32Array, class_id: int) -> Iterator[tuple[str, Float32Array]]:
    """Yield other maps by gradients, smoothed as ours."""
    grey = np.broadcast_to(crop.mean(axis=(0, 1)), crop.shape)
    shares = ((np.arange(STEPS) + 0.5) / STEPS).reshape(-1, 1, 1, 1)
    noisy = crop + np.random.default_rng(0).normal(0, 0.1, (STEPS, *crop.shape))
    (plain,) = engine.log_odds_gradients(np.float32(crop[np.newaxis]), class_id)
    smooth = engine.log_odds_gradients(np.float32(noisy), class_id).mean(axis=0)
    integrated = engine.log_odds_gradients(np.float32(grey + shares * (crop - grey)), class_id).mean(axis=0)
    yield "gradient, its size", smoothed(np.abs(plain).sum(axis=2))
    yield "input x gradient", smoothed(np.maximum(((crop - grey) * plain).sum(axis=2), 0))
    yield "SmoothGrad, its size", smoothed(np.abs(smooth).sum(axis=2))
    yield "integrated gradients from grey", smoothed(np.maximum(((crop - grey) * integrated).sum(axis=2), 0))


def smoothed(values: Float32Array) -> Float32Array:
    """Return values without the noise of single pixels or the edges of patches."""
    return cv2.GaussianBlur(values, (0, 0), len(values) / 24)


def occlusion_maps(recognizer: Recognizer, crop: UInt8Image, class_id: int) -> Iterator[tuple[str, Float32Array]]:
    """Yield other maps by occlusion."""
    levels = crop.astype(np.float64)
    grey = np.broadcast_to(levels.mean(axis=(0, 1)), crop.shape)
    blurred = cv2.GaussianBlur(levels, (0, 0), len(crop) / 6)
    for patch, share in (("an eighth", 1 / 8), ("a quarter", 1 / 4), ("a third", 1 / 3), ("a half", 1 / 2)):
        masks = masks_of(len(crop), share)
        for fill, other in (("grey", grey), ("blurred", blurred)):
            if fill == "grey" and patch != "a quarter":
                continue
            hidden, alone = (
                log_odds(classes_of(recognizer, np.where(mask, other, levels)), class_id) for mask in (masks, ~masks)
            )
            # What is the same for all patches moves no pixel before another.
            if patch == "a quarter":
                yield f"occlusion: hidden, {patch}, {fill}", smoothed(mean_over(masks, -hidden))
                yield f"occlusion: alone, {patch}, {fill}", smoothed(mean_over(masks, alone))
            if (patch, fill) != ("a quarter", "blurred"):
                yield f"occlusion: hidden and alone, {patch}, {fill}", smoothed(mean_over(masks, alone - hidden))


def classes_of(recognizer: Recognizer, levels: np.ndarray) -> Float32Array:
    """Return the probabilities of the classes."""
    return recognizer.outputs(np.rint(levels).astype(np.uint8))[:, : len(recognizer.classes)]


def masks_of(side: int, share: float) -> np.ndarray:
    """Return where each patch is, shape (patches, side, side, 1)."""
    length = max(1, round(side * share))
    corners = [min(max(int((i + 0.5) * side / GRID - length / 2 + 0.5), 0), side - length) for i in range(GRID)]
    masks = np.zeros((GRID * GRID, side, side, 1), bool)
    for number in range(GRID * GRID):
        top, left = corners[number // GRID], corners[number % GRID]
        masks[number, top : top + length, left : left + length] = True
    return masks


def mean_over(masks: np.ndarray, values: np.ndarray) -> Float32Array:
    """Return for each pixel the mean value of the patches that cover it."""
    return np.float32(np.tensordot(values, masks[..., 0], 1) / masks[..., 0].sum(axis=0))


def print_table(scores: dict[str, np.ndarray], recognizer: Recognizer) -> None:
    """Print all scores, and how far insertion minus deletion is from that of the middle, by bootstrap over signs."""
    count = len(next(iter(scores.values())))
    print(f"{count} signs, {recognizer.engine.name}")
    print("| map | deletion | insertion | insertion - deletion | beyond the middle's, 95 % |\n|---|---|---|---|---|")
    middle = np.diff(scores["no network: the middle"])[:, 0]
    picks = np.random.default_rng(0).integers(0, count, (RESAMPLES, count))
    for name, pairs in sorted(scores.items(), key=lambda item: -np.diff(item[1]).mean()):
        difference = np.diff(pairs)[:, 0]
        low, high = np.percentile((difference - middle)[picks].mean(axis=1), [2.5, 97.5])
        deletion, insertion = pairs.mean(axis=0)
        print(f"| {name} | {deletion:.3f} | {insertion:.3f} | {difference.mean():.3f} | {low:+.3f} to {high:+.3f} |")


if __name__ == "__main__":
    main()
