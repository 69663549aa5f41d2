"""RS2xx: boxes."""

from roadsigns.rules.rule import Rule

__all__ = ["RULES"]

RULES = (
    Rule(
        "RS201",
        "box-outside",
        "error",
        "A box is empty or does not lie inside its image.",
        "It was drawn on another image, or its corners are in another order or unit. What is cut out is not the sign.",
        "Correct the row. The origin is the top left pixel, and these corners belong to the box.",
    ),
    Rule(
        "RS202",
        "no-table",
        "warning",
        "Images have no table of boxes.",
        "Whole images are learned, with whatever is around the signs.",
        "Give the table of boxes if there is one. Images that are cut out closely need none.",
    ),
    Rule(
        "RS203",
        "no-boxes",
        "warning",
        "A class folder has no boxes while others have them.",
        "This class is learned from whole images and the others from their boxes: a network may tell it by its edges.",
        "Add the missing table of boxes, or remove those of the other classes.",
    ),
    Rule(
        "RS204",
        "box-misses-sign",
        "warning",
        "Within the box there seems to be no sign: the network takes what is there for background.",
        "A network learns from it that this background is the class. In a test set it is an error that is none.",
        "Draw the box again, around the whole sign. If there is no sign in the image, delete it.",
    ),
    Rule(
        "RS205",
        "box-without-sign",
        "warning",
        "A box of a street scene in which the detector finds no sign, and the recogniser reads none.",
        "A detector learns to find what is no sign, and is counted wrong where it is right.",
        "Look at the scene. Remove the box, draw it again, or mark it to be ignored if the sign is too small to see.",
    ),
    Rule(
        "RS206",
        "sign-without-box",
        "warning",
        "In a street scene the detector finds a sign, which the recogniser knows, and no box is there.",
        "A detector learns that this sign is background, and is counted wrong where it is right.",
        "Add the box, or mark it to be ignored if it must not count.",
    ),
)
