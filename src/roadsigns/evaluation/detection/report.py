"""The evaluation of a detector as a folder of files.

figures.json    all figures
sizes.csv       signs, signs found and recall of each size
froc.csv        recall and false signs per image at each score
classes.csv     of each class: signs, average precision and what became of them; where signs are named
mistakes.csv    every missed, misread, unknown and false one
curves.png   mistakes.png   with the report extra
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, fields
from pathlib import Path

import numpy as np

from roadsigns.evaluation.detection.curves import RECALLS
from roadsigns.evaluation.detection.metrics import FALSE_PER_IMAGE, ClassNaming, DetectionMetrics
from roadsigns.evaluation.detection.mistakes import KINDS, Mistake
from roadsigns.evaluation.detection.table import size_text, threshold_text
from roadsigns.evaluation.report import write_json, write_rows
from roadsigns.files import made_folder, output_errors
from roadsigns.printable import as_text
from roadsigns.reporting.detection_plots import DetectionPlot, SizeBar, draw_detection
from roadsigns.reporting.mistake_sheet import MistakeCell, MistakeSection, draw_mistakes
from roadsigns.reporting.sheet_cells import read_or_blank
from roadsigns.types import UInt8Image, at_label
from roadsigns.wording import counted, percent

__all__ = ["write_detection_report"]

# Of each kind, on the sheet.
MAX_SHOWN = 48
MEANINGS = {
    "missed": "missed, the largest first",
    "misread": "misread, the highest score first",
    "unknown": "found and called unknown, the highest score first",
    "false": "false, the highest score first",
}
MISTAKE_COLUMNS = ("path", "kind", "short_side", "score", "class_id", "name", "named_id", "named")
BOX_COLUMNS = tuple(f"{side}_{corner}" for side in ("labelled", "detected") for corner in ("x1", "y1", "x2", "y2"))


def write_detection_report(
    metrics: DetectionMetrics,
    folder: Path,
    *,
    scenes: Sequence[Path],
    title: str,
    class_names: Sequence[str] = (),
    extra: Mapping[str, object] | None = None,
    read: Callable[[Path], UInt8Image] = read_or_blank,
) -> None:
    """Write the files of a report; those of an earlier one are replaced, each whole or not at all.

    Args:
        metrics: The figures.
        folder: Is made where it is missing. The caller checks that it is no data folder.
        scenes: The files of the scenes, in the order in which they were evaluated.
        title: Which detector on which scenes.
        class_names: In label order; empty where nothing names the signs.
        extra: Stands before the figures in the JSON file, such as the model and the data.
        read: Reads a scene for the sheet.

    Raises:
        OutputError: If the folder cannot be written.
        MissingExtraError: If matplotlib is not installed; the JSON and CSV files are then written, the plots are not.
    """
    with output_errors(folder, "Free some space, or name another place with --out."), made_folder(folder):
        write_json(folder / "figures.json", {**(extra or {}), **metrics.as_dict()})
        write_rows(folder / "sizes.csv", _size_rows(metrics))
        write_rows(folder / "froc.csv", _froc_rows(metrics))
        if metrics.naming is not None:
            write_rows(folder / "classes.csv", _class_rows(metrics.naming.classes))
        write_rows(folder / "mistakes.csv", _mistake_rows(metrics.mistakes, scenes, class_names))
        if metrics.finding.signs:
            draw_detection(_plot(metrics), folder / "curves.png", title=_with_figures(title, metrics))
        sections = [_section(kind, metrics, scenes, class_names, read) for kind in KINDS]
        shown = [section for section in sections if section.cells]
        at = f"{title}, {threshold_text(metrics.threshold)}: {counted(len(metrics.mistakes), 'mistake')}"
        draw_mistakes(shown, folder / "mistakes.png", title=at)


def _size_rows(metrics: DetectionMetrics) -> Iterable[list[object]]:
    yield ["smallest", "below", "signs", "found", "recall", "low", "high"]
    for size in metrics.finding.sizes:
        recall = [None] * 3 if size.recall is None else list(astuple(size.recall))
        yield [size.smallest, size.below, size.signs, size.found, *recall]


def _froc_rows(metrics: DetectionMetrics) -> Iterable[list[object]]:
    yield ["threshold", "recall", "false_per_image"]
    curve = metrics.finding.froc
    recall = [None if np.isnan(value) else value for value in curve.recall.tolist()]
    yield from map(list, zip(curve.thresholds.tolist(), recall, curve.false_per_image.tolist(), strict=True))


def _class_rows(classes: Sequence[ClassNaming]) -> Iterable[list[object]]:
    yield [field.name for field in fields(ClassNaming)]
    yield from (list(astuple(one)) for one in classes)


def _mistake_rows(
    mistakes: Sequence[Mistake], scenes: Sequence[Path], class_names: Sequence[str]
) -> Iterable[list[object]]:
    yield [*MISTAKE_COLUMNS, *BOX_COLUMNS]
    nowhere = (None,) * 4
    for one in mistakes:
        yield [
            as_text(str(scenes[one.image])),
            one.kind,
            round(one.short_side, 1),
            one.score,
            *(one.class_id, _name(one.class_id, class_names)),
            *(one.named, _name(one.named, class_names)),
            *(one.labelled or nowhere),
            *(one.detected or nowhere),
        ]


def _plot(metrics: DetectionMetrics) -> DetectionPlot:
    finding = metrics.finding
    bars = [
        SizeBar(size_text(size, unit=""), size.signs, size.recall.value, size.recall.low, size.recall.high)
        for size in finding.sizes
        if size.recall is not None
    ]
    return DetectionPlot(
        RECALLS,
        np.zeros(len(RECALLS)) if finding.precision is None else finding.precision,
        finding.froc.false_per_image,
        finding.froc.recall,
        FALSE_PER_IMAGE,
        finding.froc.recall_at(FALSE_PER_IMAGE),
        bars,
    )


def _with_figures(title: str, metrics: DetectionMetrics) -> str:
    ap50 = metrics.finding.ap50
    figures = "" if ap50 is None else f": AP50 {percent(ap50.value)}"
    if metrics.naming is not None and metrics.naming.map50 is not None:
        figures += f", mAP50 over {counted(metrics.naming.occurring, 'class')} {percent(metrics.naming.map50.value)}"
    return title + figures


def _section(
    kind: str,
    metrics: DetectionMetrics,
    scenes: Sequence[Path],
    class_names: Sequence[str],
    read: Callable[[Path], UInt8Image],
) -> MistakeSection:
    """Lay out the mistakes of a kind; at most `MAX_SHOWN`, which the heading says."""
    mistakes = [one for one in metrics.mistakes if one.kind == kind]
    left_out = len(mistakes) - MAX_SHOWN
    shown = f"; the first {MAX_SHOWN} are shown, {left_out:,} left out" if left_out > 0 else ""
    cells = [_cell(one, scenes[one.image], class_names, read) for one in mistakes[:MAX_SHOWN]]
    return MistakeSection(f"{len(mistakes):,} {MEANINGS[kind]}{shown}", cells)


def _cell(one: Mistake, scene: Path, class_names: Sequence[str], read: Callable[[Path], UInt8Image]) -> MistakeCell:
    said = ""
    if one.score is not None:
        decided = "unknown" if one.kind == "unknown" else "sign"
        said = f"{_name(one.named, class_names) or decided} {one.score:.2f}"
    if one.labelled is None:
        truth = "nothing labelled"
    elif one.class_id is None:
        truth = "none of the classes"
    else:
        truth = _name(one.class_id, class_names) or "sign"
    x1, y1 = (one.labelled or one.detected or (0, 0))[:2]
    place = f"{scene.name} at {x1:.0f}, {y1:.0f}; {one.short_side:.0f} px"
    return MistakeCell.of(read(scene), one.labelled, one.detected, said=said, truth=truth, place=place)


def _name(class_id: int | None, class_names: Sequence[str]) -> str | None:
    return None if class_id is None else at_label(class_names, class_id)
