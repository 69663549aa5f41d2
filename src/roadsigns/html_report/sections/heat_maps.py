"""Heat maps: where it looked when it misread a sign, and when it did not."""

from dataclasses import dataclass

from roadsigns.html_report.pictures import data_uri
from roadsigns.html_report.report_input import HeatMapPicture, ReportInput
from roadsigns.html_report.section import NotMeasured, Section
from roadsigns.wording import counted

__all__ = ["SECTION", "HeatMaps", "Look"]


HOW = {"gradient": "found by integrated gradients", "occlusion": "found by occlusion: hiding each part in turn"}


@dataclass(frozen=True, slots=True)
class Look:
    """One explained image.

    Attributes:
        image: Its name.
        truth: Its class id.
        read_as: The class id that was predicted, which the heat map explains.
        probability: Of that class; None where it is not known.
        picture: The maps.
    """

    image: str
    truth: int
    read_as: int
    probability: float | None
    picture: HeatMapPicture

    @property
    def prepared(self) -> str:
        """The sign as the network sees it, as the address of a picture."""
        return data_uri(self.picture.prepared)

    @property
    def overlay(self) -> str:
        """The heat map over it."""
        return data_uri(self.picture.overlay)


@dataclass(frozen=True, slots=True)
class HeatMaps:
    """What decided some images.

    Attributes:
        looks: Each of them.
        method: How the maps were computed.
        explained_by: As in `ReportInput`.
    """

    looks: tuple[Look, ...]
    method: str
    explained_by: str = ""

    @property
    def sentence(self) -> str:
        """How many, and what the colours mean."""
        wrong = sum(one.truth != one.read_as for one in self.looks)
        images = counted(len(self.looks), "image")
        how = HOW.get(self.method, self.method) + (f", each in {self.explained_by}" if self.explained_by else "")
        return (
            "Orange and outlined is what most supports the class that was read, in "
            f"{images}, {f'{wrong:,}' if wrong else 'none'} of them misread ({how})."
        )

    def as_dict(self) -> dict[str, object]:
        """Return the names, for JSON."""
        names = ("image", "truth", "read_as")
        return {"method": self.method, "images": [{name: getattr(one, name) for name in names} for one in self.looks]}


def _compute(report_input: ReportInput) -> HeatMaps | NotMeasured | None:
    maps = report_input.heat_maps
    if maps is None or isinstance(maps, NotMeasured):
        return maps
    if not maps:
        return NotMeasured("None of the images to explain can be read.")
    rows, predicted, top = report_input.rows, report_input.predicted, report_input.top_probabilities
    looks = (
        Look(
            rows[one.index].image,
            rows[one.index].class_id,
            int(predicted[one.index]),
            None if top is None else float(top[one.index, 0]),
            one,
        )
        for one in maps
    )
    return HeatMaps(tuple(looks), maps[0].method, report_input.explained_by)


SECTION = Section(
    "heat-maps",
    "Where it looked",
    _compute,
    "One image of each sign, the surest errors first, then the right answers that were least sure. On the left is the "
    "sign as the network sees it. A map says which parts counted, not why, and not that the answer is right.",
)
