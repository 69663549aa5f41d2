"""`roadsigns detect`: pictures in, signs out, for people, for programs and for labelling."""

import csv
import json
import os
import subprocess
import sys
import zipfile
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner
from fixtures.stand_in_detector import StandInDetector, write_picture
from PIL import Image

from roadsigns.cli import main
from roadsigns.datasets.scenes.read import read_scene_set

# In a process of its own, with the stand-in in place of the detector.
MAIN = f"""
import sys, types
sys.path.insert(0, {os.path.dirname(os.path.dirname(__file__))!r})
from fixtures.stand_in_detector import StandInDetector
sys.modules["roadsigns.detection.detector"] = types.SimpleNamespace(Detector=StandInDetector)
from roadsigns.cli.main import main
main()
"""  # noqa: PTH120 - text of a program


@pytest.fixture
def run(monkeypatch):
    """Run the command with the stand-in."""
    monkeypatch.setitem(sys.modules, "roadsigns.detection.detector", SimpleNamespace(Detector=StandInDetector))

    def run(*arguments, **options):
        return CliRunner().invoke(main.group, ["detect", *map(str, arguments)], standalone_mode=False, **options)

    return run


def lines_of(result):
    """The JSON objects on standard output, and nothing else there."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def names_in(folder):
    """All files below a folder."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_json_has_a_line_for_each_picture(run, pictures):
    """In order, with all signs of each; what cannot be read has its reason, and the status says so."""
    result = run(pictures, "--json", "--top-k", 4)

    assert result.return_value == 1
    two, none, broken, four = lines_of(result)
    assert (two["path"], two["width"], two["height"]) == (str(pictures / "1.png"), 200, 100)
    assert [sign["decision"] for sign in two["signs"]] == ["known", "uncertain"]
    assert (two["signs"][0]["box"], len(two["signs"][0]["top_k"])) == ([10.0, 20.0, 40.5, 52.0], 4)
    assert none["signs"] == []
    assert list(broken) == ["path", "error"]
    assert "is empty (0 bytes)" in broken["error"]
    assert len(four["signs"]) == 4


def test_table_is_what_people_get(run, pictures):
    """A line for each sign, and for each picture without."""
    result = run(pictures / "1.png", pictures / "2.png")

    assert result.return_value == 0
    header, first, second, none = result.stdout.splitlines()
    assert header.split()[:4] == ["file", "box", "score", "decision"]
    assert first.startswith(f"{pictures}/1.png  10,20,40,52 ")
    assert "uncertain" in second
    assert none.endswith("no sign found") or "no sign found" in none


def test_options_reach_the_detector(run, pictures):
    """Defaults are the detector's own."""
    run(pictures / "1.png")
    assert StandInDetector.loaded == {
        "detector": "detector",
        "recognizer": "best",
        "threads": None,
        "expected_images": 1,
        "min_score": None,
        "keep": None,
        "coverage": None,
    }

    given = ["--detector", "a.onnx", "--model", "fast", "--threads", 2, "--min-score", 0.3]
    result = run(pictures / "1.png", *given, "--keep", 0.95, "--coverage", 0.99)
    assert "no threshold that keeps 95 % of the known signs; the one used keeps 99 %." in result.stderr
    assert list(StandInDetector.loaded.values()) == ["a.onnx", "fast", 2, 0.3, 0.95, 0.99, 1]


def test_signs_are_found_and_read_by_the_real_networks(red_detector, grey_picture, tmp_path):
    """A file of a detector, and a built-in model that knows that a red square is no sign."""
    Image.fromarray(grey_picture((400, 304), (800, 504))).save(tmp_path / "street.png")
    given = [tmp_path / "street.png", "--detector", red_detector, "--model", "fast", "--annotate", tmp_path / "seen"]

    result = CliRunner().invoke(main.group, ["detect", "--json", *map(str, given)], standalone_mode=False)

    assert result.return_value == 0
    (line,) = lines_of(result)
    assert (line["width"], line["height"]) == (1360, 800)
    found = sorted(sign["box"] for sign in line["signs"])
    for box, expected in zip(found, ([390, 294, 430, 334], [790, 494, 830, 534]), strict=True):
        assert box == pytest.approx(expected, abs=6)
    assert {sign["decision"] for sign in line["signs"]} == {"unknown"}
    assert Image.open(tmp_path / "seen" / "street.png").size == (1360, 800)


def test_archives_patterns_lists_and_standard_input_are_read(run, pictures, tmp_path, monkeypatch):
    """As `predict` reads them."""
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(pictures / "1.png", "x/1.png")
    (tmp_path / "list.csv").write_text("path\nphotos/1.png\n")
    monkeypatch.chdir(tmp_path)

    for given, path in (
        ("a.zip", "a.zip/x/1.png"),
        ("photos/[1].png", "photos/1.png"),
        ("list.csv", "photos/1.png"),
        ("-", "photos/1.png"),
    ):
        (line,) = lines_of(run(given, "--json", input="photos/1.png\n"))
        assert (line["path"], len(line["signs"])) == (path, 2)


def test_table_of_boxes_is_a_list_of_pictures(run, pictures):
    """A picture with a row for each sign is looked at once; the boxes are not used, which is told."""
    table = pictures.parent / "boxes.csv"
    table.write_text("path,x1,y1,x2,y2\nphotos/1.png,1,2,30,40\nphotos/1.png,5,6,20,21\nphotos/2.png,,,,\n")

    result = run(table, "--json")

    assert [len(line["signs"]) for line in lines_of(result)] == [2, 0]
    assert "Boxes in tables are not used" in result.stderr


def test_csv_says_what_was_written(run, pictures, tmp_path):
    """Signs, pictures, and what could not be read."""
    out = tmp_path / "signs.csv"

    result = run(pictures, "--out", out)

    assert result.return_value == 1
    assert result.stdout == f"Wrote 6 signs in 3 images to {out}. Images that could not be read: 1.\n"
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert len(rows) == 8
    assert [row["path"] for row in rows if not row["x1"]] == [str(pictures / "2.png"), str(pictures / "4.png")]


def test_coco_is_read_again(run, pictures, tmp_path):
    """What could not be read is told, for it is not in there."""
    out = tmp_path / "labels.json"

    result = run(pictures, "--format", "coco", "--out", out)

    assert result.return_value == 1
    assert f"Left out: {pictures}/4.png: The file is empty" in result.stderr
    scenes = read_scene_set(out)
    assert [len(scene.signs) for scene in scenes.scenes] == [2, 0, 4]
    assert scenes.scenes[2].signs[2].name == "unknown"


def test_yolo_is_read_again_beside_its_images(run, pictures, tmp_path):
    """Where the folders are called as YOLO calls them."""
    pictures.rename(tmp_path / "images")

    result = run(tmp_path / "images", "--format", "yolo", "--out", f"{tmp_path}/labels/")

    assert result.return_value == 1
    assert result.stdout.startswith(f"Wrote 6 signs in 3 images to {tmp_path}/labels.")
    assert names_in(tmp_path / "labels") == ["1.txt", "2.txt", "classes.txt", "more/3.txt"]
    (tmp_path / "images" / "4.png").unlink()
    scenes = read_scene_set(tmp_path)
    assert [len(scene.signs) for scene in scenes.scenes] == [2, 0, 4]


def test_yolo_does_not_mix_two_pictures(run, tmp_path):
    """The second is left out; the status says so."""
    for name in ("a/1.png", "b/1.png"):
        write_picture(tmp_path / name, 1)

    result = run(tmp_path / "a/1.png", tmp_path / "b/1.png", "--format", "yolo", "--out", tmp_path / "labels")

    assert result.return_value == 1
    assert f"Left out: {tmp_path}/b/1.png" in result.stderr


def test_annotated_copies_lie_in_a_folder_of_their_own(run, pictures, tmp_path):
    """With the results as usual; the pictures themselves are not touched."""
    before = {path: path.read_bytes() for path in pictures.rglob("*.*")}

    result = run(pictures, "--json", "--annotate", tmp_path / "seen")

    assert len(lines_of(result)) == 4
    assert names_in(tmp_path / "seen") == ["1.png", "2.png", "more/3.jpg"]
    assert Image.open(tmp_path / "seen" / "1.png").size == (200, 100)
    assert {path: path.read_bytes() for path in pictures.rglob("*.*")} == before
    assert f"Annotated images are in {tmp_path}/seen." in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--annotate", "{photos}/seen"], "This lies in the folder of images"),
        (["--annotate", "{full}.PNG"], "This is the name of an image. Nothing was written."),
        (["--annotate", "{full}"], "This folder is not empty. Nothing was written."),
        (["--format", "yolo", "--out", "{photos}/labels"], "This lies in the folder of images"),
        (["--format", "yolo", "--out", "{full}"], "This folder is not empty"),
        (["--format", "coco"], "COCO's JSON cannot be written to standard output. Name a file: --out FILE.json."),
        (["--out", "{photos}/a.csv"], "This lies in the folder of images"),
        (["--out", "{full}.xls"], "The name does not say which format to write"),
        (["--out", "{full}/new/"], "The name ends in a slash"),
    ],
)
def test_place_that_must_not_be_written_is_refused_first(run, pictures, tmp_path, arguments, message):
    """Before a model is loaded, and nothing changes."""
    full = tmp_path / "full"
    write_picture(full / "of others.png", 0)
    StandInDetector.loaded = None

    result = run(pictures, *(argument.format(photos=pictures, full=full) for argument in arguments))

    assert message in str(result.exception)
    assert StandInDetector.loaded is None
    assert names_in(full) == ["of others.png"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--format", "yolo"], "--format yolo writes a folder of text files. Name one: --out DIR."),
        (["--format", "yolo", "--out", "a", "--annotate", "a"], "--out and --annotate are the same folder"),
        (["--json", "--format", "coco"], "--json and --format coco cannot be combined"),
        (["--min-score", "nan"], "nan is not in the range 0<x<1"),
        (["--min-score", "1"], "1.0 is not in the range 0<x<1"),
        (["--top-k", "0"], "0 is not in the range x>=1"),
    ],
)
def test_wrong_usage_is_reported(pictures, arguments, message):
    """Exit status 2."""
    result = CliRunner().invoke(main.group, ["detect", str(pictures), *arguments])

    assert result.exit_code == 2
    assert message in result.stderr


def test_nothing_that_exists_is_refused(run, tmp_path):
    """As by `predict`."""
    assert "none.jpg: No such file or folder" in str(run(tmp_path / "none.jpg").exception)


def test_the_threshold_is_told_where_a_sign_is_unknown(run, pictures):
    """Once, and not where all are known or uncertain."""
    told = "Signs with a known score below 50.0000 % are unknown"

    assert run(pictures, "--json").stderr.count(told) == 1
    assert told not in run(pictures / "1.png", "--json").stderr


def test_model_that_does_not_decide_is_told_of(run, pictures, monkeypatch):
    """It names whatever the detector finds."""
    monkeypatch.setattr(StandInDetector.recognizer.rule, "threshold", None)

    result = run(pictures / "1.png")

    assert "The model has no thresholds" in result.stderr
    assert "decision" not in result.stdout


def test_ctrl_c_leaves_what_was_found(run, pictures, tmp_path, monkeypatch):
    """Beside the file, which is not made; annotated copies stay."""
    whole = StandInDetector.detect_each

    def interrupted(*arguments, **options):
        yield next(whole(*arguments, **options))
        raise KeyboardInterrupt

    monkeypatch.setattr(StandInDetector, "detect_each", interrupted)

    with pytest.warns(UserWarning, match="1 result"):
        result = run(pictures, "--format", "coco", "--out", tmp_path / "a.json", "--annotate", tmp_path / "seen")

    assert isinstance(result.exception, click.Abort)
    assert len(json.loads((tmp_path / "a.partial.json").read_text())["annotations"]) == 2
    assert not (tmp_path / "a.json").exists()
    assert names_in(tmp_path / "seen") == ["1.png"]


def test_bar_and_results_do_not_mix(run_on_terminal, pictures):
    """On a terminal with standard output in a file, the bar is shown and every line of JSON is in the file."""
    status, output, shown = run_on_terminal(MAIN, "detect", "--json", pictures)

    assert status == 1
    assert len([json.loads(line) for line in output.splitlines()]) == 4
    assert "Detecting" in shown
    assert "4/4" in shown


def test_closed_standard_output_is_reported(pictures):
    """The result would be lost."""
    done = subprocess.run(
        ["sh", "-c", '"$0" -c "$1" detect "$2" >&-', sys.executable, MAIN, str(pictures)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (1, "roadsigns: Standard output is closed, so the result would be lost.\n")
