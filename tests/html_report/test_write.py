"""The files of a report: where they go, and where they must not."""

import json
from pathlib import Path

import pytest
from fixtures.errors import raises

from roadsigns.errors import OutputError
from roadsigns.html_report.make import classifier_report
from roadsigns.html_report.write import place_of, write_report


@pytest.mark.parametrize(
    ("out", "page", "figures"), [("a.html", "a.html", "a.json"), ("b", "b/report.html", "b/report.json")]
)
def test_page_and_figures_lie_side_by_side(made_up, tmp_path, out, page, figures):
    files = place_of(tmp_path / out)

    write_report(classifier_report(made_up()), files)

    assert files == (tmp_path / page, tmp_path / figures)
    assert json.loads(files.figures.read_text())["sections"]["headline"]["errors"] == 10
    assert files.page.read_text().startswith("<!doctype html>")


def test_nothing_is_written_into_the_data_folder(tmp_path):
    for out in ("report.html", "folder"):
        with raises(OutputError, problem="nothing is ever written", hint="--out"):
            place_of(tmp_path / "data" / out, data=tmp_path / "data")


def test_places_that_cannot_be_written_are_refused_before_the_work(tmp_path):
    (tmp_path / "file").touch()
    with raises(OutputError, problem="This is not a folder"):
        place_of(tmp_path / "file")
    with raises(OutputError, problem="file is not a folder"):
        place_of(tmp_path / "file" / "report.html")
    with raises(OutputError, problem="There is no folder"):
        place_of(tmp_path / "nowhere" / "report.html")


def test_read_only_place_is_told_at_once():
    """Of a file system where nobody can write, root included."""
    with raises(OutputError, problem="Cannot be written"):
        place_of(Path("/proc/report"))


def test_report_is_not_written_to_standard_output(tmp_path, monkeypatch):
    """No folder called "-" is made; what prints the figures is said."""
    monkeypatch.chdir(tmp_path)

    with raises(OutputError, problem="means standard output, and a page", hint="--json prints", subject="-"):
        place_of(Path("-"))


@pytest.mark.parametrize("out", ["r.html", "r"])
def test_nothing_is_written_into_other_folders_of_images(tmp_path, out):
    with raises(OutputError, problem="folder of images", hint="--out"):
        place_of(tmp_path / "unknown" / out, folders=[tmp_path / "unknown"])


def test_files_that_the_report_is_made_of_are_not_replaced(made_up, tmp_path):
    files = place_of(tmp_path / "r.html")
    write_report(classifier_report(made_up()), files)

    for file in files:
        with raises(OutputError, problem="This file is read", subject=file.name):
            place_of(tmp_path / "r.html", read=[file])


@pytest.mark.parametrize(("out", "there"), [("j.html", "j.json"), ("rep", "rep/report.json")])
@pytest.mark.parametrize("content", ['{"mine": 1}', "[]", "no JSON"])
def test_json_of_others_is_not_replaced(tmp_path, out, there, content):
    (tmp_path / "rep").mkdir()
    (tmp_path / there).write_text(content)

    with raises(OutputError, problem="not of a report", hint="--out", subject=there):
        place_of(tmp_path / out)


@pytest.mark.parametrize(("out", "there"), [("j.html", "j.html"), ("rep", "rep/report.html")])
@pytest.mark.parametrize(
    "content",
    [
        "",
        "<!doctype html><title>My homework</title>",
        "<!doctype html>" + " " * 5000 + 'A report has <meta name="generator" content="roadsigns 1">.',
    ],
)
def test_page_of_others_is_not_replaced(tmp_path, out, there, content):
    (tmp_path / "rep").mkdir()
    (tmp_path / there).write_text(content)

    with raises(OutputError, problem="no report of roadsigns, and would be replaced", hint="--out", subject=there):
        place_of(tmp_path / out)


def test_earlier_report_is_replaced(made_up, tmp_path):
    files = place_of(tmp_path)
    write_report(classifier_report(made_up()), files)

    assert place_of(tmp_path) == files


@pytest.mark.parametrize("name", ["x.json", ".html", "x.PNG", "x.csv"])
def test_folder_is_not_called_like_a_file(tmp_path, name):
    with raises(OutputError, problem="not the name of an HTML file", expected=".html", subject=name):
        place_of(tmp_path / name)


def test_file_of_another_kind_is_no_html_file(tmp_path):
    """It is not said that it is no folder, since an HTML file is what most people want."""
    (tmp_path / "mk.py").touch()
    with raises(OutputError, problem="not the name of an HTML file", expected=".html", subject="mk.py"):
        place_of(tmp_path / "mk.py")


def test_folder_may_have_a_point_in_its_name(tmp_path):
    assert place_of(tmp_path / "best-v5.2").page.parent == tmp_path / "best-v5.2"
