"""What a report says of a CSV file of predictions."""

from pathlib import Path

from roadsigns.datasets.registry import OWN_SOURCE
from roadsigns.datasets.spec import DatasetSpec
from roadsigns.evaluation.evaluation import name_of_data
from roadsigns.html_report.report import About
from roadsigns.html_report.sources.find_images import FoundImages

__all__ = ["about_csv"]


def about_csv(path: Path, data: Path | None, spec: DatasetSpec, *, found: FoundImages | None, images: int) -> About:
    return About(
        subject="classifier",
        model=path.name.removesuffix(".xz").removesuffix(".csv"),
        data=_name_of_data(data, spec, found),
        split="test images" if found and found.official_test else "",
        warnings=found.warnings if found else (),
        facts=(
            ("Predictions", str(path)),
            ("Data", str(data) if data else "not given: names only"),
            ("Images", f"{images:,}"),
            ("Classes", f"{len(spec.classes)}"),
        ),
        spec=spec,
    )


def _name_of_data(data: Path | None, spec: DatasetSpec, found: FoundImages | None) -> str:
    if data and found:
        return name_of_data(data, found.source)
    return f"images of {spec.name}'s classes" if spec.name != OWN_SOURCE else ""
