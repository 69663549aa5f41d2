"""RS4xx: labels. They are suspicions, from predictions of networks that have not seen the image."""

from roadsigns.rules.rule import Rule

__all__ = ["RULES"]

RULES = (
    Rule(
        "RS401",
        "wrong-label",
        "warning",
        "An image is probably of another class than its label says: a network that has not seen its sign reads another "
        "class about as surely as it reads images of that class on average, and gives the label no more than in "
        "nearly all images of other classes. A network that is unsure of everything suspects by guessing: compare both "
        "probabilities.",
        "Training learns the wrong answer, and an evaluation counts a right one as an error.",
        "Look at the image on the sheet. If the label is wrong, move the image to the suggested class; if people "
        "cannot tell, leave it out. If the label is right, the image is a hard one: keep it.",
    ),
    Rule(
        "RS402",
        "wrong-track",
        "warning",
        "A whole track is probably of another class: in the mean over its frames, networks that have not seen it read "
        "another class, and give the label no more than in nearly all signs of other classes. Networks that are "
        "unsure of everything suspect by guessing: compare both probabilities.",
        "All frames of a sign are labelled at once, so one slip makes dozens of wrong labels.",
        "Look at the largest frame. If the label is wrong, move the whole track to the suggested class, under a track "
        "number that is free there.",
    ),
    Rule(
        "RS403",
        "sign-in-two-classes",
        "warning",
        "One physical sign probably stands in two classes: two images or tracks look alike in sign and background, and "
        "the network reads the same class in both.",
        "One of the labels is wrong. If both tracks are kept, they may also stand on both sides of a split.",
        "Look at the pair, and give both the right label and the same track.",
    ),
    Rule(
        "RS404",
        "wrong-scene-label",
        "warning",
        "The recogniser is sure that the sign in a box of a street scene is of another class than its label says.",
        "An evaluation counts a right answer as an error; a training learns a wrong one.",
        "Look at the sign, and correct its class.",
    ),
)
