"""RS5xx: classes."""

from roadsigns.rules.rule import Rule

__all__ = ["RULES"]

RULES = (
    Rule(
        "RS501",
        "one-class",
        "error",
        "Only one class has images.",
        "A network of one class gives one answer, whatever it is shown.",
        "Add images of another class: other signs, or no sign at all.",
    ),
    Rule(
        "RS502",
        "empty-class",
        "warning",
        "A class has no image to train on.",
        "A network learns it only where its recipe draws signs.",
        "Add images, or remove the class.",
    ),
    Rule(
        "RS503",
        "class-without-test-images",
        "warning",
        "A class has no test image.",
        "The metrics of the test images say nothing about it.",
        "Add images of other signs than those in training, or do not speak of this class.",
    ),
    Rule(
        "RS504",
        "one-track-class",
        "warning",
        "A class shows a single physical sign.",
        "It can train or validate, not both. What is learned may be its background.",
        "Add images of other signs of the class.",
    ),
    Rule(
        "RS505",
        "imbalance",
        "warning",
        "The largest class has more than twenty times the images of the smallest.",
        "The small one will be recognised badly: calling everything the large one is nearly always right.",
        "Add images of other signs to the small class. Repeating its images helps only so far.",
    ),
    Rule(
        "RS506",
        "few-signs",
        "warning",
        "A class shows so few physical signs that its recall is not known: even if all of them are read, it may be "
        "below 70 %.",
        "Thirty frames of a sign are one example, seen thirty times: neither training nor metrics have more to go by.",
        "Add images of other signs of the class, taken at other places.",
    ),
    Rule(
        "RS507",
        "weak-class",
        "warning",
        "A class is recognised worse than the others, by more than chance.",
        "Its images are too few, too hard or too like those of another class, or its labels are wrong.",
        "Look at what it is confused with, first at suspected labels (RS401, RS402), then add images of other signs.",
    ),
)
