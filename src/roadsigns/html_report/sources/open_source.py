"""Opens the source of a report: a model with data, a cross-validation, or a CSV file of predictions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from roadsigns.cross_validation.record import RECORD
from roadsigns.errors import DataError, ModelError
from roadsigns.evaluation.leakage import EvaluationSplit
from roadsigns.html_report.measured import HardConditions, MeasuredFile, UnknownSigns, read_measured
from roadsigns.html_report.report_input import ReportInput
from roadsigns.html_report.sources.from_cross_validation import read_cross
from roadsigns.html_report.sources.from_csv.read import read_csv
from roadsigns.html_report.sources.from_model import read_model
from roadsigns.model_files.model_file import find_model

__all__ = ["Measure", "SourceKind", "kind_of_source", "open_source"]

SourceKind = Literal["model", "cross-validation", "csv"]


@dataclass(frozen=True, slots=True)
class Measure:
    """What a report on a model measures beside its predictions.

    Attributes:
        unknown: A folder of signs that it does not know; None for none.
        background: A folder of street scenes in GTSDB's layout; None for none.
        corruptions: Whether to read the images under corruptions.
        figures: Files of earlier evaluations, instead of measuring.
    """

    unknown: Path | None = None
    background: Path | None = None
    corruptions: bool = False
    figures: tuple[Path, ...] = ()


def kind_of_source(source: str | Path) -> SourceKind:
    """Return what kind of source a path or name is. Whatever is neither folder nor CSV file is taken for a model."""
    path = Path(source)
    if path.name.lower().endswith(".json") and path.is_file():
        raise DataError(
            "This is a JSON file. The figures of a report hold no predictions.",
            expected="a model, the folder of a cross-validation, or a CSV file of predictions",
            hint="Give what that report was made of.",
            subject=str(source),
        )
    if (path / RECORD).is_file():
        return "cross-validation"
    return "csv" if path.name.lower().endswith((".csv", ".csv.xz")) else "model"


def open_source(
    source: str | Path,
    data: Path | None,
    *,
    split: EvaluationSplit = "test",
    classes: Sequence[str] | None = None,
    against: str | Path | None = None,
    measure: Measure | None = None,
    allow_seen: bool = False,
    cache_folder: Path | None = None,
) -> ReportInput:
    """Return the input of a report.

    Args:
        source: A run folder, a model file, the name of a built-in model, the folder of a cross-validation, or a CSV
            file.
        data: The data folder. A model needs it; None shows no pictures of the others.
        split: Which images a model reads; see `roadsigns.evaluation.evaluate`.
        classes: Names in label order, for CSV files that do not lie beside the record of a cross-validation.
        against: Another source with predictions for the same images, to be compared with.
        measure: What else is measured; None for nothing.
        allow_seen: Let a model read signs that it was trained on.
        cache_folder: Folder of the cache of decoded images; None for no cache.

    Raises:
        DataError: If a model has no data, or the source cannot be read.
        RoadsignsError: As the source raises it.
    """
    measure = measure or Measure()
    known = [read_measured(path) for path in measure.figures]

    def open_one(one: str | Path, asked: Measure, *, explain: bool) -> ReportInput:
        kind = kind_of_source(one)
        if kind == "cross-validation":
            return read_cross(Path(one), data=data, explain=explain)
        if kind == "csv":
            return read_csv(Path(one), data=data, classes=classes)
        if data is None:
            _require_model(one)
            raise DataError(
                "A model needs images to read.", expected="a data folder", hint="Name it with --data.", subject=str(one)
            )
        return read_model(
            one,
            data,
            split=split,
            unknown=asked.unknown,
            background=asked.background,
            corruptions=asked.corruptions,
            allow_seen=allow_seen,
            cache_folder=cache_folder,
            explain=explain,
        )

    made = _with_measured(open_one(source, measure, explain=True), known)
    if data is not None and kind_of_source(source) == "model":
        made = _with_warnings(made, [_other_images(one) for one in known if not one.is_of(data, split)])
    if against is None:
        return made
    # Heat maps are shown of the reported model only.
    other = open_one(against, Measure(), explain=False)
    name = _name_beside(made.about.model, str(source), other.about.model, str(against))
    return replace(made, against=replace(other, about=replace(other.about, model=name)))


def _name_beside(name: str, source: str, other_name: str, against: str) -> str:
    """Return what to call another source beside one of the same name, such as the recipe: its file or folder."""
    if other_name != name:
        return other_name
    ours, theirs = Path(source).parts, Path(against).parts
    shorter = ("/".join(theirs[-count:]) for count in (1, 2) if theirs[-count:] != ours[-count:])
    return next((one for one in shorter if one and one != name), against)


def _require_model(source: str | Path) -> None:
    """Refuse what is no source at all, before anybody is asked for data.

    Raises:
        DataError: If there is no such model either.
    """
    try:
        find_model(source)
    except ModelError as error:
        there = Path(source).exists()
        raise DataError(
            f"The folder holds neither a model nor a {RECORD}."
            if there
            else "There is no such file or folder, and no built-in model is called so.",
            expected="a model, the folder of a cross-validation, or a CSV file of predictions",
            hint="Check the path. `roadsigns models` lists the built-in models.",
            subject=str(source),
        ) from error


def _other_images(measured: MeasuredFile) -> str:
    return f"The figures of {measured.path} were measured on other images: {measured.measured_on}."


def _with_warnings(made: ReportInput, warnings: Sequence[str]) -> ReportInput:
    return replace(made, about=replace(made.about, warnings=(*made.about.warnings, *warnings)))


def _with_measured(made: ReportInput, known: Sequence[MeasuredFile]) -> ReportInput:
    """Add what earlier evaluations of the same model measured; what was measured just now counts first."""
    weights = made.weights_sha256
    for one in known:
        if weights and one.weights_sha256 != weights:
            raise DataError(
                f"The figures of {one.path} are of another model: its weights have the checksum "
                f"{one.weights_sha256[:12]}..., those of this one {weights[:12]}...",
                hint="Give figures of this model, or leave --figures out.",
            )
    unknown: tuple[UnknownSigns, ...] = tuple(signs for one in known for signs in one.unknown_signs)
    hard: HardConditions | None = next((one.hard for one in known if one.hard), None)
    return replace(made, unknown_signs=made.unknown_signs or unknown, hard=made.hard or hard)
