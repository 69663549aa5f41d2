"""RS3xx: duplicates, and signs on both sides of a split."""

from roadsigns.rules.rule import Rule

__all__ = ["RULES"]

RULES = (
    Rule(
        "RS301",
        "duplicate-across-splits",
        "error",
        "The same pixels are in several of training, validation and test.",
        "The model has seen the answer: the metrics measure memory (data leakage).",
        "Delete one of the copies, and look whether its whole sign stands on both sides.",
    ),
    Rule(
        "RS302",
        "track-across-splits",
        "error",
        "Frames of one sign are in several of training, validation and test.",
        "Frames of a sign are nearly one image: the metrics measure memory (data leakage).",
        "Move all frames of the sign to one side.",
    ),
    Rule(
        "RS303",
        "duplicate-across-classes",
        "error",
        "The same pixels have different labels.",
        "One of the labels is wrong, and training pulls both ways.",
        "Look at the image and delete the copy with the wrong label.",
    ),
    Rule(
        "RS304",
        "duplicate-across-tracks",
        "error",
        "The same pixels are in several tracks of a class.",
        "Tracks are divided between training and validation: validation may measure memory (data leakage).",
        "Delete the copy, or join the two tracks if they are one sign.",
    ),
    Rule(
        "RS305",
        "duplicate-within-track",
        "warning",
        "The same pixels are several times in one track.",
        "They weigh more than other images, in training and in metrics.",
        "Delete the copies.",
    ),
    Rule(
        "RS306",
        "duplicate-within-test",
        "warning",
        "The same pixels are several times in the test set.",
        "They weigh more in the metrics.",
        "Delete the copies, unless it is an official test set that others use as it is.",
    ),
    Rule(
        "RS307",
        "near-across-splits",
        "warning",
        "Nearly the same image is in several of training, validation and test.",
        "Probably frames of one sign: the metrics measure memory (data leakage).",
        "Look at the pair. If it is one sign, move all of its images to one side.",
    ),
    Rule(
        "RS308",
        "near-across-classes",
        "warning",
        "Nearly the same image has different labels.",
        "Probably one of the labels is wrong. Two signs before the same sky may look alike too.",
        "Look at the pair, and correct the wrong label.",
    ),
    Rule(
        "RS309",
        "near-across-tracks",
        "warning",
        "Nearly the same image is in two tracks of a class: perhaps one sign, taken for two.",
        "If one trains and the other validates, validation measures memory (data leakage).",
        "Join the two tracks, or split by group: `roadsigns group` finds such tracks.",
    ),
    Rule(
        "RS310",
        "near-unfinished",
        "warning",
        "So many images are nearly alike that the search was stopped.",
        "Some duplicates are not reported.",
        "Remove those that are reported, and check again.",
    ),
)
