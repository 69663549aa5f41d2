"""Scores that tell unknown images from known ones, of one network: softmax, logits, features, outputs of its own.

python -m bench.unknown_scores RUN GTSRB UNKNOWN [--background GTSDB]

RUN is a run folder or a .keras file with a part of GTSRB held out. Known images are the held-out ones; what a score
needs to know of the training images it takes from a sample of the others. The scores:

    max-softmax   the largest probability of a class (Hendrycks and Gimpel 2017)
    max-logit     the largest logit of a class (Hendrycks et al. 2022)
    energy        log-sum-exp of the logits of the classes (Liu et al. 2020)
    mahalanobis   distance of the features from the nearest class mean, one covariance (Lee et al. 2018)
    vim           energy less the scaled norm of the features outside their main directions (Wang et al. 2022)
    known         log-sum-exp of the logits of the classes less that of the outputs for unknown kinds, where there are
                  any: the known score by which roadsigns decides is its logistic function
"""

import argparse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.table import Table

from roadsigns.datasets.reader import read_training
from roadsigns.evaluation.evaluate import choose_images
from roadsigns.evaluation.rejection.curves import acceptance_curve
from roadsigns.evaluation.rejection.unknown_images import UnknownImages, background_of, unknown_folder
from roadsigns.inference.load_network import load_network
from roadsigns.inference.prepared_batch import prepare_batch
from roadsigns.loading.load import load_prepared
from roadsigns.preprocessing.prepare import Preparation, to_unit
from roadsigns.progress import progress
from roadsigns.types import Sample

Floats = npt.NDArray[np.floating]
# As in the papers, and for a covariance that can be inverted.
MAIN_DIRECTIONS = 256
TRAINING_SAMPLE = 10_000
BATCH = 256
KEEP = 0.99


@dataclass(frozen=True)
class Network:
    """A network, cut in two before its last layer."""

    features: keras.Model
    weights: Floats
    bias: Floats
    num_classes: int

    @classmethod
    def of(cls, path: Path, num_classes: int) -> "Network":
        """Load it."""
        network = load_network(path)
        last = network.layers[-1]
        weights, bias = (np.asarray(array, np.float64) for array in last.get_weights())
        return cls(keras.Model(network.input, last.input), weights, bias, num_classes)

    def features_of(self, batches: Iterable[npt.NDArray[np.generic]]) -> Floats:
        """Return the input of the last layer for prepared crops, shape (images, width)."""
        rows = [np.asarray(self.features(to_unit(batch), training=False), np.float64) for batch in batches]
        return np.concatenate(rows)

    def logits_of(self, features: Floats) -> tuple[Floats, Floats]:
        """Return the logits of the classes, and of the kinds of unknown."""
        logits = features @ self.weights + self.bias
        return logits[:, : self.num_classes], logits[:, self.num_classes :]


class FeatureScores:
    """Mahalanobis distance and ViM, fitted on features of training images."""

    def __init__(self, network: Network, features: Floats, labels: npt.NDArray[np.integer]) -> None:
        self.network = network
        self.mean = features.mean(axis=0)
        # Falling eigenvalues.
        _, directions = np.linalg.eigh(np.cov(features, rowvar=False))
        self.main = directions[:, ::-1][:, :MAIN_DIRECTIONS]
        reduced = (features - self.mean) @ self.main
        self.means = np.stack([reduced[labels == class_id].mean(axis=0) for class_id in np.unique(labels)])
        centred = reduced - self.means[np.searchsorted(np.unique(labels), labels)]
        self.precision = np.linalg.pinv(np.cov(centred, rowvar=False))
        # ViM's origin is where all logits are equal to 0 as far as possible.
        self.origin = -np.linalg.pinv(network.weights.T) @ network.bias
        centred = features - self.origin
        _, directions = np.linalg.eigh(centred.T @ centred)
        self.rest = directions[:, ::-1][:, MAIN_DIRECTIONS:]
        largest = network.logits_of(features)[0].max(axis=1)
        self.scale = float(largest.mean() / np.linalg.norm(centred @ self.rest, axis=1).mean())

    def mahalanobis(self, features: Floats) -> Floats:
        """Return minus the squared distance from the nearest class mean, shape (images,)."""
        reduced = (features - self.mean) @ self.main
        steps = ((reduced - mean) for mean in self.means)
        return -np.stack([np.einsum("ij,jk,ik->i", step, self.precision, step) for step in steps]).min(axis=0)

    def vim(self, features: Floats) -> Floats:
        """Return the energy less the scaled norm outside the main directions, shape (images,)."""
        outside = np.linalg.norm((features - self.origin) @ self.rest, axis=1)
        return log_sum_exp(self.network.logits_of(features)[0]) - self.scale * outside


def log_sum_exp(logits: Floats) -> Floats:
    """Return the logarithm of the sum of exponentials of each row."""
    return np.logaddexp.reduce(logits, axis=1)


def scores_of(network: Network, fitted: FeatureScores, features: Floats) -> dict[str, Floats]:
    """Return every score that the network has; the higher, the more known."""
    classes, kinds = network.logits_of(features)
    found = {
        "max-softmax": classes.max(axis=1) - log_sum_exp(classes),
        "max-logit": classes.max(axis=1),
        "energy": log_sum_exp(classes),
        "mahalanobis": fitted.mahalanobis(features),
        "vim": fitted.vim(features),
    }
    if kinds.shape[1]:
        found["known"] = log_sum_exp(classes) - log_sum_exp(kinds)
    return found


def labelled(samples: list[Sample], preparation: Preparation, network: Network) -> tuple[Floats, npt.NDArray[np.int32]]:
    """Return the features and labels of labelled images."""
    prepared = load_prepared(samples, preparation, cache_folder=None)

    def batches() -> Iterator[npt.NDArray[np.generic]]:
        with progress("Computing features", total=len(prepared.crops)) as advance:
            for start in range(0, len(prepared.crops), BATCH):
                batch = prepared.crops.unscaled_batch(range(start, min(start + BATCH, len(prepared.crops))))
                yield batch
                advance(len(batch))

    return network.features_of(batches()), prepared.labels


def unknown(images: UnknownImages, preparation: Preparation, network: Network) -> Floats:
    """Return the features of unknown images."""

    def batches() -> Iterator[npt.NDArray[np.generic]]:
        every = list(images.images)
        for start in range(0, len(every), BATCH):
            prepared = prepare_batch([one.as_input() for one in every[start : start + BATCH]], preparation)
            if prepared.crops is not None:
                yield prepared.crops

    return network.features_of(batches())


def main() -> None:
    """Fit, score, print AUROC, FPR at 95 % kept and the share accepted at 99 % kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("gtsrb", type=Path)
    parser.add_argument("unknown", type=Path)
    parser.add_argument("--background", type=Path, help="street scenes of GTSDB")
    parser.add_argument("--windows", type=int, default=5000)
    arguments = parser.parse_args()
    file, metadata, chosen, _ = choose_images(
        arguments.run, arguments.gtsrb, split="validation", boxes="given", allow_seen=False
    )
    preparation, network = metadata.as_preparation(), Network.of(file, len(metadata.classes))
    held_out = {sample.path for sample in chosen.samples}
    others = [sample for sample in read_training(arguments.gtsrb).samples if sample.path not in held_out]
    sample = np.random.default_rng(0).permutation(len(others))[:TRAINING_SAMPLE]
    fitted = FeatureScores(network, *labelled([others[index] for index in sample], preparation, network))
    known = scores_of(network, fitted, labelled(list(chosen.samples), preparation, network)[0])
    sources = [unknown_folder(arguments.unknown, metadata.classes)]
    if arguments.background:
        sources.append(background_of(arguments.background, count=arguments.windows, seed=0))
    table = Table("score", "images", "AUROC", "FPR at 95 %", "accepted at 99 % kept")
    for source in sources:
        for name, scores in scores_of(network, fitted, unknown(source, preparation, network)).items():
            curve = acceptance_curve(known[name], scores)
            figures = (curve.auroc, curve.accepted_at(0.95), curve.accepted_at(KEEP))
            table.add_row(name, f"{len(scores):,} {source.kind}", *(f"{100 * figure:.2f} %" for figure in figures))
    Console().print(table)


if __name__ == "__main__":
    main()
