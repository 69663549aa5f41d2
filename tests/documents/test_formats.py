"""The page of file formats describes what is really written: every field, no other, and objects in objects."""

import csv
import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from fixtures.documents import DOCS, run_command, without_graphs
from fixtures.stand_in_detector import StandInDetector
from fixtures.video_results import at_place, video_result

import roadsigns
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.model_files.detector_metadata import DetectorMetadata
from roadsigns.sweep.grid import settings_of
from roadsigns.sweep.results import read_sweep
from roadsigns.sweep.settings import CSV, SweepSettings
from roadsigns.sweep.table import write_sweep_csv
from roadsigns.video.fields import VideoFields

SHORT = "--set training.epochs=1 --set data.image_size=32"
# What only some images, models, evaluations and cross-validations have.
OPTIONAL = {
    *("box", "error", "width", "unknown", "fused_tracks", "partition", "left_out"),
    *("conformal", "unknown_kinds", "known_thresholds", "trained_images"),
}


@pytest.fixture(scope="module")
def tables():
    """The tables of the page by their heading: {heading: {field: type}}."""
    found, heading = {}, ""
    for line in (DOCS / "reference" / "formats.md").read_text().splitlines():
        if line.startswith("#"):
            heading = line.strip("# ")
        elif match := re.match(r"\| `([^`]+)` \| (.+?) \| ", line):
            found.setdefault(heading, {})[match[1]] = match[2]
    return found


def written_sweep(out, write_cross):
    """The results of a sweep of two rates, as if it had been trained."""
    grid = settings_of(["tutorial"], ["training.learning_rate=0.01,0.1"])
    sweep = SweepSettings(data=Path("GTSRB"), out=out, grid=grid, by="track")
    for _, cell in sweep.cells():
        cell.out.parent.mkdir(parents=True)
        write_cross(cell.out, roadsigns.read_dataset("GTSRB"), recipe=cell.overrides)
    result = read_sweep(sweep)
    write_sweep_csv(result, out / CSV)
    return result


@pytest.fixture(scope="module")
def written(documented_folder, write_cross, tmp_path_factory):
    """Results as commands write them, by the heading of their table."""
    with pytest.MonkeyPatch.context() as patch, without_graphs():
        patch.chdir(documented_folder)
        work = tmp_path_factory.mktemp("written")

        def result(line):
            return json.loads(run_command(line.split()))

        cross = f"roadsigns cross-validate --data GTSRB --folds 2 --corruptions {SHORT}"
        # What the first is compared with: a recipe that reads everything.
        write_cross(work / "b", roadsigns.read_dataset("GTSRB"), corrupted=())
        sweep = written_sweep(work / "sweep", write_cross)
        run_command(f"roadsigns export fast --format onnx --out {work / 'fast.onnx'}".split())
        yield {
            "Prediction": result("roadsigns predict photos/0.png --json"),
            "TrainingResult": json.loads((documented_folder / "runs" / "mine" / "figures.json").read_text()),
            "Evaluation": result("roadsigns evaluate runs/mine --data GTSRB --split validation --json"),
            "CorruptionEvaluation": result("roadsigns evaluate fast --data GTSRB --corruptions --limit 5 --json"),
            "CrossMetrics": result(f"{cross} --recipe tutorial --out {work / 'a'} --json"),
            "Tracks": result("roadsigns evaluate runs/mine --data GTSRB --split validation --tracks --json"),
            "Unknown": result("roadsigns evaluate runs/mine --data GTSRB --unknown photos --json"),
            "LeftOutMetrics": result(
                f"roadsigns cross-validate --data GTSRB --leave-classes-out --only-fold 1 {SHORT} --out {work / 'c'} "
                "--json"
            ),
            "LeftOutRecord": json.loads((work / "c" / "cross-validation.json").read_text()),
            "CrossRecord": json.loads((work / "a" / "cross-validation.json").read_text()),
            "Comparison": result(f"roadsigns compare {work / 'a'} {work / 'b'} --json"),
            "SweepResult": json.loads(json.dumps(sweep.as_dict())),
            "Check": result("roadsigns check GTSRB --json"),
            "Audit": result(f"roadsigns audit GTSRB --predictions {work / 'a'} --out {work / 'audit'} --json"),
            "Plan": result("roadsigns plan GTSRB --json"),
            "ParityCheck": result(f"roadsigns parity {work / 'fast.onnx'} --data GTSRB --json"),
            "ModelMetadata": json.loads(json.dumps(roadsigns.load("best").metadata.as_dict())),
            "DetectorMetadata": DetectorMetadata("detector", "detector", "GTSDB", scenes=480, epoch=9).as_dict(),
            "columns": {
                name: next(csv.reader((work / folder / f"{name}.csv").open()))
                for folder, name in (
                    *(("a", "fold-1"), ("a", "fold-1-hard"), ("audit", "suspects")),
                    ("sweep", "sweep"),
                )
            },
        }


def compare(value, name, tables):
    """Assert that an object has the fields of its table, and so have the objects in it."""
    described = tables[name]
    assert set(value) <= set(described), name
    assert set(described) - set(value) <= OPTIONAL, name
    for field, inner in value.items():
        links = re.findall(r"\[(\w+)\]\(#", described[field])
        for one in inner if isinstance(inner, list) else [inner]:
            assert isinstance(one, dict) == bool(links and one is not None) or described[field].startswith("object")
            if isinstance(one, dict) and links:
                fitting = next((link for link in links if set(one) <= set(tables[link])), links[0])
                compare(one, fitting, tables)


@pytest.mark.parametrize(
    "name",
    [
        "Prediction",
        "TrainingResult",
        "Evaluation",
        "CorruptionEvaluation",
        "CrossRecord",
        "CrossMetrics",
        "LeftOutMetrics",
        "Comparison",
        "SweepResult",
        "Check",
        "Audit",
        "Plan",
        "ParityCheck",
        "ModelMetadata",
        "DetectorMetadata",
    ],
)
def test_json_has_the_fields_of_its_table(name, written, tables):
    """Neither more nor fewer."""
    compare(written[name], name, tables)


def test_unknown_images_and_classes_left_out_add_their_fields(written, tables):
    """To those of every evaluation and every cross-validation."""
    compare(written["Unknown"], "Evaluation", tables)
    compare(written["LeftOutRecord"], "CrossRecord", tables)

    assert "unknown" in written["Unknown"]
    assert {"partition", "left_out"} <= written["LeftOutRecord"].keys()


def test_fused_tracks_add_their_field(written, tables):
    """To those of every evaluation."""
    compare(written["Tracks"], "Evaluation", tables)

    assert written["Tracks"]["fused_tracks"]["results"]


def test_signs_of_videos_have_the_fields_of_their_table(tables):
    """Also where a ride gives them places."""
    fields = VideoFields(GTSRB_CLASSES, 2, with_places=True)
    value = fields.as_json(video_result(place=at_place(11.5, 48.25)))

    compare(value, "VideoSign", tables)
    assert set(tables["VideoSign"]) - set(value) == {"error"}


def test_columns_of_unknown_images_are_those_of_their_table(document_folder, tables):
    """With one score."""
    line = "roadsigns evaluate runs/mine --data GTSRB --unknown photos --score max-softmax --out report"
    run_command(line.split())

    with (document_folder / "report" / "unknown.csv").open() as file:
        assert next(csv.reader(file)) == list(tables["Unknown images"])


def test_columns_of_a_fold_are_those_of_its_table(written, tables):
    """The first ones; further classes have the same two columns."""
    described = list(tables["Predictions of a fold"])

    assert written["columns"]["fold-1-hard"][: len(described)] == described
    assert written["columns"]["fold-1"][: len(described) - 1] == [name for name in described if name != "corruption"]


def test_columns_of_suspects_are_those_of_their_table(written, tables):
    """In this order."""
    assert written["columns"]["suspects"] == list(tables["Suspects of an audit"])


def test_columns_of_a_sweep_are_those_of_its_table(written, tables):
    """In this order, with the key of which it has several values."""
    assert written["columns"]["sweep"] == list(tables["Sweeps as a table"])


def test_files_of_a_run_folder_are_those_of_its_table(documented_folder, tables):
    """A complete run has all but the checkpoint."""
    files = {path.name for path in (documented_folder / "runs" / "mine").iterdir() if path.is_file()}

    assert files == set(tables["Run folder"]) - {"checkpoint.npz"}


def test_columns_of_predictions_are_those_of_their_table(document_folder, tables):
    """Of a CSV file with two classes for each image."""
    run_command(["roadsigns", "predict", "photos", "--boxes", "boxes.csv", "--top-k", "2", "--out", "signs.csv"])

    with (document_folder / "signs.csv").open() as file:
        assert next(csv.reader(file)) == list(tables["Predictions as a table"])


def test_signs_of_photographs_are_written_as_their_tables_say(pictures, tmp_path, tables, monkeypatch):
    """As JSON, CSV, and COCO's labels; found by a stand-in for a detector."""
    monkeypatch.setitem(sys.modules, "roadsigns.detection.detector", SimpleNamespace(Detector=StandInDetector))
    picture = str(pictures / "1.png")

    def detect(*options):
        return run_command(["roadsigns", "detect", picture, "--top-k", "2", *options])

    compare(json.loads(detect("--json")), "DetectedImage", tables)

    columns = next(csv.reader(detect("--format", "csv").splitlines()))
    assert columns == list(tables["Signs of photographs as a table"])

    detect("--format", "coco", "--out", str(tmp_path / "labels.json"))
    (first, _) = json.loads((tmp_path / "labels.json").read_text())["annotations"]
    assert list(first) == list(tables["Signs of photographs as COCO's labels"])
