"""Make the example reports, of drawn signs only: of the built-in model `best`, and of a CSV file of predictions.

python docs/examples/make.py
"""

import contextlib
import csv
import tempfile
from pathlib import Path

import roadsigns
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.html_report.make import classifier_report
from roadsigns.html_report.sources.open_source import open_source
from roadsigns.html_report.write import ReportFiles, write_report

HERE = Path(__file__).absolute().parent
TRACKS, FRAMES, SEED = 3, 8, 22
# A network as the Keras tutorial has it.
PLAIN = "tutorial-augmented"


def write_predictions(data: roadsigns.DataSet, model: str, path: Path) -> None:
    """Write predictions as anybody's program would: no tracks, one probability."""
    predictions = roadsigns.Recognizer.load(model).predict([sample.path for sample in data.samples])
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "truth", "prediction", "probability"])
        for sample, prediction in zip(data.samples, predictions, strict=True):
            name = f"{sample.path.parent.name}/{sample.path.name}"
            writer.writerow([name, sample.class_id, prediction.name, f"{prediction.probability:.6f}"])


def write_example(name: str, source: str | Path, data: Path | None, **options: object) -> None:
    """Write one report; its figures are not kept."""
    made = open_source(source, data, **options)  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as folder:
        files = ReportFiles(HERE / name, Path(folder, "figures.json"))
        write_report(classifier_report(made), files, made.images)


def main() -> None:
    """Draw signs, read them, and write both reports."""
    # From within, so that the reports name no folder of this machine.
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        data = Path("drawn-signs")
        roadsigns.draw_dataset(data, tracks=TRACKS, frames=FRAMES, seed=SEED)
        write_example("report-best.html", "best", data, split="all", against="fast")
        predictions = Path("plain-keras-model.csv")
        write_predictions(roadsigns.read_dataset(data), PLAIN, predictions)
        write_example("report-csv.html", predictions, None, classes=[sign.name for sign in GTSRB_CLASSES])


if __name__ == "__main__":
    main()
