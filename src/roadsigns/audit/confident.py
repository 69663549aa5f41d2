"""Confident learning: which labels are probably wrong, by predictions of networks that have not seen the images.

Northcutt, Jiang and Chuang 2021, "Confident learning: estimating uncertainty in dataset labels" (JAIR 70). The class j
is confidently that of an image if its probability reaches what images labelled j have on average: each class has its
own threshold, since some are read more surely than others. An image whose confident class is another is suspected.

The package cleanlab is the oracle in the tests. What differs is `SLACK`: the probabilities of networks that are trained
with label smoothing lie closely around their average, so that half of all right answers are below it. Of 200 labels of
GTSRB's that were changed at random, 139 are found without it, by `best`, and 199 with it.

Networks also misread images that are labelled right. Then the label mostly keeps some of the probability, more than it
gets from images of other classes. So a label is suspected only where it is ruled out, too: by a second threshold of its
class, which looks at the images of all others. See docs/experiments/0047-suspected-labels.md.
"""

import numpy as np
import numpy.typing as npt

__all__ = ["SLACK", "class_thresholds", "confident_classes", "margins", "ruled_out"]

# Of the average, so much must be reached.
SLACK = 0.9
# Of the images of other classes, so many give a class less than the probability by which it is ruled out.
SHARE_OF_OTHERS = 0.98
# As in cleanlab: rounding must not decide.
ROUNDING = 1e-6
# Smaller ones say nothing but how the arithmetic rounds.
SMALLEST_PROBABILITY = 1e-12

Probabilities = npt.NDArray[np.floating]
Labels = npt.NDArray[np.integer]


def class_thresholds(labels: Labels, probabilities: Probabilities) -> npt.NDArray[np.float64]:
    """Return the mean probability of each class among the images that are labelled so.

    Args:
        labels: Shape (images,).
        probabilities: Of predictions that have not seen the images, shape (images, num_classes).

    Returns:
        Shape (num_classes,); infinite for a class without an image, so that nothing is taken for it.
    """
    num_classes = probabilities.shape[1]
    own = np.take_along_axis(probabilities, labels[:, None].astype(np.intp), axis=1)[:, 0]
    counts = np.bincount(labels, minlength=num_classes)
    sums = np.bincount(labels, weights=own, minlength=num_classes)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.inf)


def confident_classes(labels: Labels, probabilities: Probabilities, *, slack: float = SLACK) -> npt.NDArray[np.intp]:
    """Return the class that each image confidently belongs to: its label where none is, or where that is the likeliest.

    Args:
        labels: Shape (images,).
        probabilities: Shape (images, num_classes).
        slack: How much of a class's mean must be reached; 1 for the rule of the paper.

    Returns:
        Shape (images,).
    """
    reached = probabilities >= slack * class_thresholds(labels, probabilities) - ROUNDING
    likeliest = probabilities.argmax(axis=1)
    # Of several that reach their threshold the likeliest class of all, as in cleanlab.
    chosen = np.where(reached.sum(axis=1) > 1, likeliest, reached.argmax(axis=1))
    kept = ~reached.any(axis=1) | (likeliest == labels)
    return np.where(kept, labels, chosen).astype(np.intp)


def ruled_out(labels: Labels, probabilities: Probabilities) -> npt.NDArray[np.bool_]:
    """Return where the label is as improbable as it is for images of other classes.

    Args:
        labels: Shape (images,), of at least two classes.
        probabilities: Shape (images, num_classes).

    Returns:
        Shape (images,).
    """
    found = np.zeros(len(labels), np.bool_)
    for class_id in np.unique(labels).tolist():
        own = labels == class_id
        limit = np.quantile(probabilities[~own, class_id], SHARE_OF_OTHERS)
        found[own] = probabilities[own, class_id] <= limit
    return found


def margins(labels: Labels, others: Labels, probabilities: Probabilities) -> npt.NDArray[np.float64]:
    """Return how much more probable another class is than the label, as the logarithm of their ratio.

    Unlike a difference it does not saturate: a network that misreads a sign leaves its class a thousandth, and a class
    that has nothing to do with the image a millionth.

    Args:
        labels: Shape (images,).
        others: The other class of each image, shape (images,).
        probabilities: Shape (images, num_classes).

    Returns:
        Natural logarithms, shape (images,).
    """
    rows = np.arange(len(labels))
    safe = np.maximum(probabilities, SMALLEST_PROBABILITY).astype(np.float64)
    return np.asarray(np.log(safe[rows, others]) - np.log(safe[rows, labels]))
