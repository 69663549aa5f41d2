"""A list of images on standard input."""

import sys

from fixtures.errors import raises

from roadsigns.bulk.inputs.sources import open_sources
from roadsigns.errors import DataError, OutputError
from roadsigns.types import Box


def test_standard_input_is_a_list_from_the_current_folder(folder, type_in):
    """Its count is unknown."""
    type_in(b"signs/9.png\nsigns/none.png\n")

    sources = open_sources(["-"])

    assert [entry.name for entry in sources.entries()] == ["signs/9.png", "signs/none.png"]
    assert sources.count is None


def test_standard_input_may_be_a_table(folder, type_in):
    """With boxes."""
    type_in(b"path,x1,y1,x2,y2\nsigns/9.png,1,2,3,4\n")

    sources = open_sources(["-"])

    assert sources.has_boxes
    assert [(entry.name, entry.box) for entry in sources.entries()] == [("signs/9.png", Box(1, 2, 3, 4))]


def test_closed_standard_input_is_reported(folder, monkeypatch, names):
    monkeypatch.setattr(sys, "stdin", None)

    assert names("signs/9.png") == ["signs/9.png"]
    with raises(DataError, problem="Standard input is closed"):
        open_sources(["-"])


def test_image_that_standard_input_names_is_not_written(folder, type_in):
    """It is known only when its line is read."""
    type_in(b"signs/10.png\nsigns/9.png\n")
    entries = open_sources(["-"], out=folder / "signs" / "9.png").entries()

    assert next(entries).name == "signs/10.png"
    with raises(OutputError, problem="This file is read", hint="--out", subject="9.png"):
        next(entries)


def test_results_are_not_written_among_images_that_standard_input_names(tmp_path, type_in):
    """The list is read to its end for it: the last image counts as the first does."""
    (tmp_path / "pics").mkdir()
    type_in(f"{tmp_path}/a.ppm\n{tmp_path}/pics/b.ppm\n".encode())

    sources = open_sources(["-"], whole_list=True)

    assert sources.count == 2
    with raises(OutputError, problem="folder of images", hint="--explain", subject="why"):
        sources.require_outside(tmp_path / "pics" / "why", option="--explain")
    assert [entry.image.name for entry in sources.entries()] == ["a.ppm", "b.ppm"]
