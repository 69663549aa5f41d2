"""`roadsigns predict`: images in, names out, for people and for programs."""

import csv
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile

import click
import numpy as np
import pytest
from click.testing import CliRunner
from fixtures.stand_in_detector import detected_sign
from PIL import Image

from roadsigns.bulk import explained, row_table
from roadsigns.cli import main
from roadsigns.cli.predict import command
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.datasets.reader import read_training
from roadsigns.errors import OutputError
from roadsigns.explanation import picture
from roadsigns.inference import recognizer
from roadsigns.inference.decide import DecisionRule
from roadsigns.inference.recognizer import Recognizer
from roadsigns.model_files import model_file
from roadsigns.wording import percent

MAIN = "from roadsigns.cli.main import main; main()"


@pytest.fixture
def signs(tmp_path, drawn_folder):
    """A folder with a few drawn signs, one of them hidden, one in a folder, one in capitals, and a text."""
    folder = tmp_path / "signs"
    (folder / "more").mkdir(parents=True)
    drawn = sorted(drawn_folder.glob("Final_Test/Images/*.ppm"))
    for source, name in zip(drawn, ("10.ppm", "9.PPM", "more/1.ppm", ".hidden.ppm"), strict=False):
        shutil.copy(source, folder / name)
    (folder / "notes.txt").write_text("no image")
    return folder


@pytest.fixture(scope="module")
def tiny(tiny_run):
    """What the command should agree with."""
    return Recognizer.load(tiny_run)


@pytest.fixture
def run(tiny_run):
    """Run the command on the tiny model."""

    def run(*arguments):
        return CliRunner().invoke(
            main.group, ["predict", "--model", str(tiny_run), *map(str, arguments)], standalone_mode=False
        )

    return run


def lines_of(result):
    """The JSON objects on standard output, and nothing else there."""
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_json_has_all_of_an_image(run, signs, tiny):
    """Path, class, both names, sign number, probability and runners-up."""
    path = signs / "10.ppm"
    expected = tiny.predict_one(path, top_k=3)
    sign = GTSRB_CLASSES[expected.class_id]

    result = run(path, "--json")

    (line,) = lines_of(result)
    assert result.return_value == 0
    decided = ["decision", "known_score", "unknown_kind", "candidates"]
    assert list(line) == ["path", "class_id", "name", "name_de", "sign_number", "probability", *decided, "top_k"]
    assert line["path"] == str(path)
    assert (line["class_id"], line["name"]) == (sign.class_id, sign.name)
    assert (line["name_de"], line["sign_number"]) == (sign.name_de, sign.sign_number)
    assert line["probability"] == pytest.approx(expected.probability)
    assert [entry["class_id"] for entry in line["top_k"]] == [entry.class_id for entry in expected.top_k]
    assert line["top_k"][0] == {key: line[key] for key in ("class_id", "name", "probability")}


class Deciding:
    """Takes all images for a stop sign, with this decision."""

    classes = GTSRB_CLASSES
    rule = DecisionRule(GTSRB_CLASSES, ("danger",), threshold=0.99864, keep=0.99)

    def __init__(self, decision):
        self.decision = decision

    def predict_each(self, images, *, boxes=None, top_k=1):
        for _ in images:
            yield detected_sign(14, self.decision, top_k=top_k).prediction


@pytest.mark.parametrize("options", [["--json"], ["--format", "csv"], ["--out", "results.jsonl"], []])
def test_threshold_that_made_signs_unknown_is_told_once(run, signs, tmp_path, monkeypatch, options):
    """On standard error, or below a table; nothing where no sign is unknown."""
    monkeypatch.chdir(tmp_path)
    told = "Signs with a known score below 99.8640 % are unknown: this threshold keeps 99 % of the known signs."

    for decision, times in (("unknown", 1), ("known", 0)):
        monkeypatch.setattr(Recognizer, "load", lambda *_, decision=decision, **__: Deciding(decision))
        result = run(signs, *options)
        assert (result.stderr if options else result.stdout).count(told) == times
        assert told not in (result.stdout if options else result.stderr)


def test_table_shows_file_name_and_probability(run, signs, tiny):
    """With the next classes; in a pipe one line for each image, however long."""
    expected = tiny.predict_one(signs / "10.ppm", top_k=10)

    header, row = run(signs / "10.ppm", "--top-k", 10).stdout.splitlines()

    assert header.split() == ["file", "class", "name", "probability", "runners-up"]
    assert row.split()[:2] == [str(signs / "10.ppm"), str(expected.class_id)]
    for part in (percent(expected.probability), *(entry.name for entry in expected.top_k)):
        assert part in row


def test_table_of_many_images_reads_as_one(run, signs, monkeypatch):
    """However many tables it is made of: one header above all."""
    shutil.copy(signs / "10.ppm", signs / "one with a longer name.ppm")
    whole = run(signs).stdout
    monkeypatch.setattr(row_table, "ROWS", 1)

    assert [line.split() for line in run(signs).stdout.splitlines()] == [line.split() for line in whole.splitlines()]
    assert whole.count("runners-up") == 1


def test_long_names_are_folded_not_cut(run, signs, monkeypatch):
    """In a narrow terminal, which this pretends to be."""
    for name, value in {"TTY_COMPATIBLE": "1", "TERM": "dumb", "COLUMNS": "100", "LINES": "25"}.items():
        monkeypatch.setenv(name, value)
    path = signs / f"{'long' * 20}.ppm"
    shutil.copy(signs / "10.ppm", path)

    lines = run(path).stdout.splitlines()

    assert max(map(len, lines)) <= 100
    assert "".join(line[:25].rstrip() for line in lines[1:]) == str(path)


def test_brackets_in_a_name_are_no_markup(run, signs):
    """Rich would otherwise swallow them."""
    path = signs / "[red]stop[-1].ppm"
    shutil.copy(signs / "10.ppm", path)

    assert "[red]stop[-1].ppm" in run(path).stdout


def test_folder_is_searched_in_natural_order(run, signs):
    """Suffixes in any case, folders within, nothing hidden."""
    paths = [line["path"] for line in lines_of(run(signs, "--json"))]

    assert paths == [str(signs / name) for name in ("9.PPM", "10.ppm", "more/1.ppm")]


def test_files_and_folders_may_be_mixed(run, signs):
    """In the order given."""
    paths = [line["path"] for line in lines_of(run(signs / "10.ppm", signs / "more", "--json"))]

    assert paths == [str(signs / "10.ppm"), str(signs / "more" / "1.ppm")]


def test_broken_images_are_reported_and_do_not_stop_the_rest(run, signs, monkeypatch):
    """In their places; the exit status is 1 at the end."""
    monkeypatch.setattr(recognizer, "BATCH", 2)
    (signs / "1.png").write_bytes(b"")
    (signs / "11.ppm").write_bytes(b"P6\n9 9\n255\nshort")
    Image.new("RGB", (1, 1)).save(signs / "12.png")

    result = run(signs, signs / "missing.png", "--json")

    lines = lines_of(result)
    assert result.return_value == 1
    assert [os.path.basename(line["path"]) for line in lines if "error" in line] == [  # noqa: PTH119 - text, no path
        "1.png",
        "11.ppm",
        "12.png",
        "missing.png",
    ]
    assert [list(line) for line in lines if "error" in line] == [["path", "error"]] * 4
    assert len([line for line in lines if "name" in line]) == 3
    assert "1x1 pixels" in lines[4]["error"]


def test_broken_image_is_a_row_of_the_table(run, signs):
    """With its reason."""
    (signs / "1.png").write_bytes(b"")

    result = run(signs)

    assert result.return_value == 1
    assert len(result.stdout.splitlines()) == 5
    assert "is empty (0 bytes)" in result.stdout.splitlines()[1]


def test_name_that_is_no_text_does_not_stop_the_rest(run, signs):
    """File names are bytes; JSON is text."""
    shutil.copy(signs / "10.ppm", os.fsencode(signs) + b"/b\xe4d.ppm")

    result = run(signs, "--json")

    assert result.return_value == 0
    assert lines_of(result)[2]["path"] == rf"{signs}/b\xe4d.ppm"


def test_box_takes_the_sign_out_of_its_picture(run, signs, tiny):
    expected = tiny.predict_one(signs / "10.ppm", box=(5, 6, 20, 21))

    (line,) = lines_of(run(signs / "10.ppm", "--box", "5,6,20,21", "--json"))

    assert line["probability"] == pytest.approx(expected.probability)


def test_photograph_without_a_box_is_told_what_finds_its_signs(run, tmp_path):
    """It is read all the same."""
    pixels = np.random.default_rng(0).integers(0, 256, (600, 800, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "street.png")

    with pytest.warns(UserWarning, match="`roadsigns detect` finds the signs of a photograph"):
        result = run(tmp_path / "street.png", "--json")

    assert len(lines_of(result)) == 1


def test_box_outside_its_picture_is_reported(run, signs):
    """Like any other image that cannot be read."""
    result = run(signs / "10.ppm", "--box", "5,6,2000,21", "--json")

    assert result.return_value == 1
    assert "5,6,2000,21" in lines_of(result)[0]["error"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["{signs}", "--box", "5,6,20,21"], "--box is for a single image, but there are 3."),
        (["{signs}/10.ppm", "--box", "5,6,20"], "'5,6,20' is not a box. Expected four integers such as 5,6,41,42"),
        (["{signs}/10.ppm", "--box", "5,6,20,x"], "is not a box"),
        (["{signs}/10.ppm", "--top-k", "0"], "0 is not in the range x>=1"),
        (["{signs}/10.ppm", "--box", "5,6,20,21", "--boxes", "a.csv"], "--box and --boxes cannot be combined"),
        (["-", "--box", "5,6,20,21"], "--box is for a single image, but there may be several"),
        (["{signs}", "--json", "--format", "csv"], "--json and --format csv cannot be combined"),
        (["{signs}", "--format", "xml"], "'xml' is not one of"),
        ([], "Missing argument 'IMAGE...'"),
    ],
)
def test_wrong_usage_is_reported_before_a_model_is_loaded(signs, arguments, message):
    """Exit status 2."""
    result = CliRunner().invoke(
        main.group, ["predict", "--model", "nowhere", *(argument.format(signs=signs) for argument in arguments)]
    )

    assert result.exit_code == 2
    assert message in result.stderr


@pytest.mark.parametrize("top_k", [1, 5])
def test_top_k_is_how_many_classes_are_listed(run, signs, top_k):
    """Three by default."""
    assert len(lines_of(run(signs / "10.ppm", "--top-k", top_k, "--json"))[0]["top_k"]) == top_k
    assert len(lines_of(run(signs / "10.ppm", "--json"))[0]["top_k"]) == 3


def test_nothing_that_exists_is_refused(run, tmp_path):
    result = run(tmp_path / "a.png", tmp_path / "b.png")

    assert "a.png" in str(result.exception)
    assert "b.png: No such file or folder" in str(result.exception)


def test_folder_without_images_is_passed_over_with_a_word(run, signs, tmp_path):
    """Alone it leaves nothing to do."""
    empty = tmp_path / "empty"
    empty.mkdir()

    with pytest.warns(UserWarning, match=f"The folder {empty} holds no images"):
        result = run(empty, signs / "10.ppm", "--json")
    assert result.return_value == 0
    assert len(lines_of(result)) == 1

    assert str(run(empty).exception).startswith(f"{empty}: There is no image here.")


def test_builtin_model_is_the_default(signs, tiny_model, monkeypatch):
    """Without --model."""
    monkeypatch.setattr(model_file, "builtin_models", lambda: {model_file.DEFAULT_MODEL: tiny_model})

    result = CliRunner().invoke(command, [str(signs / "10.ppm"), "--json"])

    assert len(lines_of(result)) == 1


def test_bar_and_results_do_not_mix(run_on_terminal, signs, tiny_run):
    """On a terminal with standard output in a file, the bar is shown and every line of JSON is in the file."""
    status, output, shown = run_on_terminal(
        MAIN, "predict", "--model", tiny_run, "--json", signs, signs / "missing.png"
    )

    assert status == 1
    assert len([json.loads(line) for line in output.splitlines()]) == 4
    assert "Predicting" in shown
    assert "4/4" in shown


def test_packed_archive_is_read_without_unpacking(run, signs, tmp_path):
    """How much is in it is not known before; the table has a line for each image all the same."""
    with tarfile.open(tmp_path / "signs.tar.gz", "w:gz") as archive:
        archive.add(signs, "signs")

    result = run(tmp_path / "signs.tar.gz")

    assert result.return_value == 0
    shown = sorted(line.split()[0] for line in result.stdout.splitlines()[1:])
    assert shown == [f"{tmp_path}/signs.tar.gz/signs/{name}" for name in ("10.ppm", "9.PPM", "more/1.ppm")]


def test_archive_reads_as_its_folder_does(run, signs, tmp_path):
    """To the last digit, in its own order; what is broken in it is reported by its name within."""
    (signs / "1.png").write_bytes(b"broken")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for name in ("1.png", "9.PPM", "10.ppm", "more/1.ppm"):
            archive.write(signs / name, name)

    result = run(tmp_path / "a.zip", "--json")

    assert result.return_value == 1
    of_folder = lines_of(run(signs, "--json"))
    expected = [{**line, "path": line["path"].replace(str(signs), f"{tmp_path}/a.zip")} for line in of_folder]
    assert lines_of(result) == expected


def test_list_and_table_come_through_standard_input(tiny_run, signs, tiny):
    """A path a line, or CSV with boxes."""

    def run(text):
        arguments = ["predict", "--model", str(tiny_run), "-", "--json"]
        return CliRunner().invoke(main.group, arguments, input=text, standalone_mode=False)

    (line,) = lines_of(run(f"{signs}/10.ppm\n"))
    assert line["probability"] == pytest.approx(tiny.predict_one(signs / "10.ppm").probability)
    whole, boxed = lines_of(run(f"path,x1,y1,x2,y2\n{signs}/10.ppm,,,,\n{signs}/10.ppm,5,6,20,21\n"))
    assert whole["probability"] == line["probability"]
    assert boxed["box"] == [5, 6, 20, 21]
    assert boxed["probability"] == pytest.approx(tiny.predict_one(signs / "10.ppm", box=(5, 6, 20, 21)).probability)


def test_boxes_of_gtsrbs_own_tables_are_used(run, drawn_folder):
    """The table as the source, or for a folder: the same boxes, the same answers."""
    images = drawn_folder / "Final_Training" / "Images" / "00014"
    table = next(images.glob("GT-*.csv"))

    of_table = lines_of(run(table, "--json"))
    of_folder = lines_of(run(images, "--boxes", table, "--json"))

    assert sorted(of_table, key=lambda line: line["path"]) == sorted(of_folder, key=lambda line: line["path"])
    first = of_table[0]
    row = next(sample for sample in read_training(drawn_folder).samples if str(sample.path) == first["path"])
    assert tuple(first["box"]) == row.box
    assert len(of_table) == 4


def test_csv_names_every_class_that_was_requested(run, signs, tiny):
    """The file is valid input too: a table of paths and boxes."""
    expected = tiny.predict_one(signs / "10.ppm", top_k=2)

    (row,) = csv.DictReader(run(signs / "10.ppm", "--top-k", 2, "--format", "csv").stdout.splitlines())

    assert (int(row["class_id"]), int(row["class_id_2"])) == tuple(entry.class_id for entry in expected.top_k)
    assert float(row["probability_2"]) == pytest.approx(expected.top_k[1].probability)


def test_file_is_written_when_all_is_read(run, signs, tmp_path):
    """In the format that its suffix stands for; the status reports what could not be read."""
    (signs / "1.png").write_bytes(b"")
    out = tmp_path / "out.jsonl"

    result = run(signs, "--out", out)

    assert result.return_value == 1
    assert result.stdout == f"Wrote 4 results to {out}. Images that could not be read: 1.\n"
    assert [json.loads(line) for line in out.read_text().splitlines()] == lines_of(run(signs, "--json"))


def test_ctrl_c_leaves_what_was_read(run, signs, tmp_path, monkeypatch):
    """Beside the file, which is not made."""
    whole = Recognizer.predict_each

    def interrupted(*arguments, **options):
        yield next(whole(*arguments, **options))
        raise KeyboardInterrupt

    monkeypatch.setattr(Recognizer, "predict_each", interrupted)

    with pytest.warns(UserWarning, match="1 result"):
        result = run(signs, "--out", tmp_path / "out.csv")

    assert isinstance(result.exception, click.Abort)
    assert len((tmp_path / "out.partial.csv").read_text().splitlines()) == 2
    assert not (tmp_path / "out.csv").exists()


def test_list_on_standard_input_is_not_replaced(signs, tmp_path):
    """`roadsigns predict - < list.csv`: the shell opens the file, and it is known all the same."""
    listed = tmp_path / "list.csv"
    listed.write_text(f"path\n{next(signs.rglob('*.ppm'))}\n")
    with listed.open() as file:
        result = subprocess.run(
            [sys.executable, "-c", MAIN, "predict", "-", "--out", listed],
            stdin=file,
            capture_output=True,
            text=True,
            check=False,
        )

    assert (result.returncode, result.stdout) == (1, "")
    assert (
        result.stderr
        == f"roadsigns: {listed}: This file is read, and would be replaced. Name another place with --out.\n"
    )
    assert listed.read_text().startswith("path\n")


def test_sigterm_keeps_the_results_so_far(signs, tmp_path):
    """As Ctrl-C does, and nothing else."""
    out = tmp_path / "results.csv"
    images = [str(signs)] * 5000
    with subprocess.Popen(
        [sys.executable, "-c", MAIN, "predict", *images, "--out", str(out)], stderr=subprocess.PIPE, text=True
    ) as process:
        while not any(path.stat().st_size for path in tmp_path.glob(".results-*.csv")):
            assert process.poll() is None
            time.sleep(0.02)
        process.terminate()
        _, errors = process.communicate(timeout=60)

    assert process.returncode == 143
    assert errors.strip().splitlines()[-1] == "roadsigns: stopped."
    assert sorted(path.name for path in tmp_path.iterdir()) == ["results.partial.csv", "signs"]


def test_what_decided_is_drawn_for_each_image(signs, tmp_path):
    """With --explain, by a built-in model; what was written is told on standard error."""
    arguments = ["predict", "--model", "tiny", str(signs), "--json", "--explain", str(tmp_path / "why")]

    result = CliRunner().invoke(main.group, arguments, standalone_mode=False)

    assert result.return_value == 0
    assert len(result.stdout.splitlines()) == 3
    why = tmp_path / "why"
    assert f"Wrote 3 pictures of what decided each prediction to {why}: see {why / 'index.html'}." in result.stderr
    page = (why / "index.html").read_text()
    assert page.count("<img") == 3
    assert "with tiny." in page
    found = sorted(path.relative_to(tmp_path / "why").as_posix() for path in (tmp_path / "why").rglob("*.png"))
    assert found == ["10.png", "9.png", "more/1.png"]


def test_run_folder_is_explained_by_gradients(run, signs, tmp_path, monkeypatch):
    """Keras has them."""
    methods = []
    draw = picture.draw_picture
    monkeypatch.setattr(picture, "draw_picture", lambda *parts: methods.append(parts[3].method) or draw(*parts))

    assert run(signs / "10.ppm", "--explain", tmp_path / "why").return_value == 0

    assert methods == ["gradient"]
    assert (tmp_path / "why" / "10.png").is_file()


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("signs/why", "nothing is ever written"),
        ("full", "This folder is not empty. Nothing was written."),
        ("file", "This is a file, not a folder."),
        ("file/why", "is not a folder"),
    ],
)
def test_pictures_replace_nothing(run, signs, tmp_path, place, message):
    """And nothing is written among the images."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").touch()
    (tmp_path / "file").touch()

    result = run(signs, "--explain", tmp_path / place)

    assert isinstance(result.exception, OutputError)
    assert message in str(result.exception)
    assert "--explain" in str(result.exception)


def test_place_for_pictures_that_is_read_only_is_refused_at_once(run, signs):
    """Before the model is loaded. Root may write wherever the disk allows it."""
    result = run(signs, "--explain", "/proc/why")

    assert isinstance(result.exception, OutputError)
    assert result.exception.hint == "Name another place with --explain."


def test_more_pictures_than_anybody_looks_at_are_refused_with_their_number(run, signs, tmp_path, monkeypatch):
    """Before any of them is written."""
    monkeypatch.setattr(explained, "MAX_PICTURES", 2)

    result = run(signs, "--explain", tmp_path / "why")

    assert isinstance(result.exception, click.UsageError)
    assert result.exception.message.startswith("--explain would write 3 pictures. Expected at most 2.")
    assert not (tmp_path / "why").exists()


def test_pictures_of_a_large_archive_end_and_that_is_said(tmp_path, signs, monkeypatch):
    """How many images a tar archive has is not known before it is read."""
    monkeypatch.setattr(explained, "MAX_PICTURES", 1)
    with tarfile.open(tmp_path / "signs.tar", "w") as archive:
        for name in ("10.ppm", "9.PPM", "more/1.ppm"):
            archive.add(signs / name, name)

    archive, folder = str(tmp_path / "signs.tar"), str(tmp_path / "why")
    result = CliRunner().invoke(
        main.group, ["predict", "--model", "tiny", archive, "--json", "--explain", folder], standalone_mode=False
    )

    assert result.return_value == 0
    assert "Predicted, but not explained: 2 images. 1 pictures are the most." in result.stderr


def test_explanations_are_not_written_among_named_images(run, signs):
    """As for a folder."""
    result = run(signs / "10.ppm", "--explain", signs / "why")

    assert "folder of images" in str(result.exception)
    assert not (signs / "why").exists()


def test_explanations_are_not_written_among_listed_images(signs, tmp_path):
    """Of a list on standard input too: the last line counts, before anything is written."""
    other = tmp_path / "other.ppm"
    shutil.copy(signs / "10.ppm", other)
    arguments = ["predict", "--model", "tiny", "-", "--explain", str(signs / "why")]

    result = CliRunner().invoke(main.group, arguments, input=f"{other}\n{signs / '10.ppm'}\n", standalone_mode=False)

    assert isinstance(result.exception, OutputError)
    assert "folder of images" in str(result.exception)
    assert not (signs / "why").exists()


def test_a_video_is_refused_with_the_command_that_reads_it(run, tmp_path):
    """Not called an image that cannot be decoded."""
    (tmp_path / "drive.mp4").write_bytes(b"")

    result = run(tmp_path / "drive.mp4")

    assert isinstance(result.exception, click.UsageError)
    assert "drive.mp4 is a video, and predict reads images of one sign. Use `roadsigns detect`." in str(
        result.exception
    )
