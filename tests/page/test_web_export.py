"""The folder of the page that runs in the browser; how it runs is in test_page.py."""

import json
import re
from dataclasses import replace

import pytest
from fixtures.errors import raises

from roadsigns.errors import MissingExtraError, ModelError, OutputError
from roadsigns.model_files.conformal_quantiles import ConformalQuantiles
from roadsigns.model_files.known_thresholds import KnownThresholds
from roadsigns.model_files.onnx_file import attach_metadata
from roadsigns.page import web_export
from roadsigns.page.web_export import write_page
from roadsigns.types import UNKNOWN_KINDS, SignClass

# ModelProto's field 7, of no bytes.
EMPTY_GRAPH = b"\x3a\x00"


@pytest.fixture
def model(tmp_path, tiny_metadata):
    """An ONNX file without a graph, which these tests do not run."""
    path = tmp_path / "mine.onnx"
    path.write_bytes(attach_metadata(EMPTY_GRAPH, replace(tiny_metadata, preparation="box", margin=0.2)))
    return path


def test_the_folder_holds_all_that_the_page_loads(model, tmp_path):
    """The model as it was, its classes and drawings, the runtime; nothing of it is elsewhere."""
    folder = tmp_path / "made" / "site"

    write_page(model, folder)

    page = folder / "page"
    index = (folder / "index.html").read_text()
    assert (page / "model.onnx").read_bytes() == model.read_bytes()
    for file in re.findall(r'(?:src|href)="([^"]+)"', index):
        assert (folder / file).is_file()
    for script in page.glob("*.js"):
        for file in re.findall(r'from "([^"]+)"', script.read_text()):
            assert (page / file).is_file()
    description = json.loads((page / "model.json").read_text())
    assert (description["name"], description["image_size"], description["margin"]) == ("mine", 32, 0.2)
    assert [sign["name_de"] for sign in description["classes"]][40] == "Kreisverkehr"
    assert all((page / sign["drawing"]).is_file() for sign in description["classes"])
    assert "'wasm-unsafe-eval'" in index
    assert "'unsafe-eval'" not in index
    assert not any(path.name.startswith(".") for path in folder.parent.iterdir())


def test_the_thresholds_are_those_that_are_asked_for(tmp_path, tiny_metadata):
    """By default those of 99 % and of the highest level."""
    path = tmp_path / "deciding.onnx"
    metadata = replace(
        tiny_metadata,
        preparation="box",
        unknown_kinds=UNKNOWN_KINDS,
        known_thresholds=KnownThresholds("group", 1059, {0.9: 0.8, 0.99: 0.4}),
        conformal=ConformalQuantiles("ratio", "group", 1059, {0.99: 0.1, 0.999: 0.7}),
    )
    path.write_bytes(attach_metadata(EMPTY_GRAPH, metadata))

    write_page(path, tmp_path / "as-it-is")
    rule = write_page(path, tmp_path / "asked", keep=0.9, coverage=0.99)

    as_it_is, asked = (json.loads((tmp_path / name / "page/model.json").read_text()) for name in ("as-it-is", "asked"))
    assert (as_it_is["threshold"], as_it_is["quantile"]) == (0.4, 0.7)
    assert (asked["threshold"], asked["quantile"]) == (rule.threshold, rule.quantile) == (0.8, 0.1)


def test_a_share_that_the_model_has_no_threshold_for_is_refused(model, tmp_path):
    """Before anything is written."""
    with raises(ModelError, problem="keep means nothing"):
        write_page(model, tmp_path / "site", keep=0.9)
    assert not (tmp_path / "site").exists()


def test_a_detector_is_added_to_the_page(model, red_detector, tmp_path):
    """With its name and from which score a sign is reported; without one there is none."""
    write_page(model, tmp_path / "with", detector=red_detector)
    write_page(model, tmp_path / "without")

    with_one, without = (json.loads((tmp_path / name / "page/model.json").read_text()) for name in ("with", "without"))
    assert (tmp_path / "with/page/detector.onnx").read_bytes() == red_detector.read_bytes()
    assert (with_one["detector"]["name"], with_one["detector"]["min_score"]) == ("detector", 0.5)
    assert without["detector"] is None
    assert not (tmp_path / "without/page/detector.onnx").exists()


def test_a_recogniser_is_no_detector(model, tmp_path):
    with raises(ModelError, problem="is a recogniser", expected="a detector"):
        write_page(model, tmp_path / "site", detector=model)
    assert not (tmp_path / "site").exists()


def test_own_classes_have_no_drawing(tmp_path, tiny_metadata):
    """A person's sign 7 is not GTSRB's."""
    metadata = replace(tiny_metadata, preparation="box", classes=(SignClass(0, "moose"), *tiny_metadata.classes[1:3]))
    path = tmp_path / "own.onnx"
    path.write_bytes(attach_metadata(EMPTY_GRAPH, metadata))

    write_page(path, tmp_path / "site")

    classes = json.loads((tmp_path / "site" / "page" / "model.json").read_text())["classes"]
    assert [sign["drawing"] for sign in classes] == [None, "signs/1.svg", "signs/2.svg"]
    assert len(list((tmp_path / "site" / "page" / "signs").iterdir())) == 2


def test_a_preparation_that_the_page_does_not_have_is_refused(tmp_path, tiny_metadata):
    """The tutorial's equalisation does not run in a browser."""
    path = tmp_path / "tutorial.onnx"
    path.write_bytes(attach_metadata(EMPTY_GRAPH, tiny_metadata))

    with pytest.raises(ModelError) as raised:
        write_page(path, tmp_path / "site")

    assert raised.value.subject == str(path)
    assert "'tutorial'" in raised.value.problem
    assert "'box' or 'stretched-box'" in raised.value.expected
    assert not (tmp_path / "site").exists()


def test_a_folder_with_something_in_it_is_left_alone(model, tmp_path):
    """An empty one is filled."""
    taken, empty = tmp_path / "taken", tmp_path / "empty"
    taken.mkdir()
    empty.mkdir()
    (taken / "index.html").write_text("mine")

    with pytest.raises(OutputError) as raised:
        write_page(model, taken)
    write_page(model, empty)

    assert raised.value.subject == str(taken)
    assert (taken / "index.html").read_text() == "mine"
    assert (empty / "index.html").is_file()


def test_file_in_the_way_is_left_alone(model, tmp_path):
    """It is called what it is."""
    (tmp_path / "site").write_text("mine")

    with raises(OutputError, problem="This is a file", expected="an empty folder", hint="--out", subject="site"):
        write_page(model, tmp_path / "site")
    assert (tmp_path / "site").read_text() == "mine"


def test_place_that_cannot_be_written_is_refused_before_the_export(model, tmp_path, monkeypatch):
    """Below a file there is no folder."""
    monkeypatch.setattr(web_export, "_fill", None)
    (tmp_path / "file").write_text("mine")

    with raises(OutputError, problem="not a folder", hint="--out", subject="file"):
        write_page(model, tmp_path / "file" / "site")


def test_full_disk_leaves_nothing_and_says_so(model, tmp_path, monkeypatch):
    """Nor the folders on the way to it."""

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(web_export, "_fill", fail)

    with raises(OutputError, problem="No space left", hint="Free some space", subject="site"):
        write_page(model, tmp_path / "a" / "site")
    assert list(tmp_path.iterdir()) == [model]


def test_without_onnxruntime_web_it_says_how_to_get_it(model, tmp_path, monkeypatch):
    """A checkout that was set up offline."""
    monkeypatch.setattr(web_export, "RUNTIME_FOLDER", tmp_path / "nothing")

    with pytest.raises(MissingExtraError) as raised:
        write_page(model, tmp_path / "site")

    assert "a built wheel" in raised.value.hint


@pytest.fixture
def boxed_run(tmp_path, tiny_network, tiny_metadata):
    """A run whose preparation the page has."""
    from roadsigns.model_files.model_file import save_model

    save_model(tiny_network, replace(tiny_metadata, preparation="box", margin=0.2), tmp_path / "model.keras")
    return tmp_path / "model.keras"


def test_a_run_is_exported_to_onnx_and_checked_first(boxed_run, tmp_path):
    from roadsigns.exports.export import export_model

    write_page(boxed_run, tmp_path / "site")

    exported = export_model(boxed_run, "onnx", out=tmp_path / "model.onnx")
    assert (tmp_path / "site" / "page" / "model.onnx").read_bytes() == exported.path.read_bytes()


def test_a_run_that_would_disagree_in_the_browser_leaves_no_page(boxed_run, tmp_path, monkeypatch):
    """The caller gets the error of the export."""

    def disagree(*_, **__):
        raise ModelError("7 labels differ from Keras")

    monkeypatch.setattr("roadsigns.exports.export.export_model", disagree)

    with raises(ModelError, problem="7 labels differ"):
        write_page(boxed_run, tmp_path / "site")
    assert not (tmp_path / "site").exists()


def test_name_that_is_not_utf_8_is_escaped(model, tmp_path):
    strange = model.rename(tmp_path / "s\udcfcd.onnx")

    write_page(strange, tmp_path / "site")

    assert json.loads((tmp_path / "site" / "page" / "model.json").read_text(encoding="utf-8"))["name"] == r"s\xfcd"
