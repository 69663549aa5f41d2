"""Published results on the official test images of a data set, with their sources.

By subset: Stallkamp, Schlipsing, Salmen, Igel 2012, "Man vs. computer", Neural Networks 32, table 4.
"""

from dataclasses import dataclass

__all__ = ["PUBLISHED", "PublishedSystem"]


@dataclass(frozen=True, slots=True)
class PublishedSystem:
    """The accuracy of a published system, as its source gives it.

    Attributes:
        name: What it is.
        accuracy: Over all official test images, a fraction.
        source: Author and year.
        remark: What a reader must know of the figure; empty for nothing.
        subsets: By subset, in the order of the data set's subsets, fractions; empty where they are not published.
    """

    name: str
    accuracy: float
    source: str
    remark: str = ""
    subsets: tuple[float, ...] = ()


STALLKAMP = "Stallkamp et al. 2012"

# By the name of the data set; the most accurate last.
PUBLISHED: dict[str, tuple[PublishedSystem, ...]] = {
    "GTSRB": (
        PublishedSystem(
            "HOG features with LDA",
            0.9568,
            STALLKAMP,
            "the official baseline",
            (0.9537, 0.9680, 0.8583, 0.9718, 0.9373, 0.9863),
        ),
        PublishedSystem("Multi-scale CNN", 0.9831, "Sermanet and LeCun 2011", "final phase"),
        PublishedSystem(
            "The average person",
            0.9884,
            STALLKAMP,
            "the best single person: 99.22 %",
            (0.9763, 0.9993, 0.9889, 0.9972, 0.9867, 1.0),
        ),
        PublishedSystem(
            "Committee of 25 CNNs",
            0.9946,
            "Cireșan et al. 2012",
            "winner of the competition",
            (0.9947, 0.9993, 0.9972, 0.9989, 0.9907, 0.9922),
        ),
        PublishedSystem(
            "CNN with three spatial transformers",
            0.9971,
            "Arcos-García et al. 2018",
            "test images were used as validation; 99.40 to 99.49 % at a fixed number of epochs",
        ),
        PublishedSystem(
            "CNN trained on real and drawn signs", 0.9975, "da Silva and Fernandes 2022", "mean of five runs"
        ),
        PublishedSystem("Ensemble of three of these", 0.9982, "da Silva and Fernandes 2022", "mean"),
    ),
}
