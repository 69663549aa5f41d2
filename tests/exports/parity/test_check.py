"""An exported file beside its Keras network on the images of a folder."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError, ModelError
from roadsigns.exports.export_metadata import ExportMetadata
from roadsigns.exports.keras_format import write_keras
from roadsigns.exports.load_source import load_source
from roadsigns.exports.parity import check as parity_check
from roadsigns.exports.parity.check import check_parity


@pytest.fixture(scope="module")
def exported(tmp_path_factory, tiny_run):
    """The tiny model as a Keras file, the cheapest to write; not compared on golden inputs here."""
    path = tmp_path_factory.mktemp("exports") / "tiny.keras"
    source = load_source(tiny_run)
    write_keras(source.network, ExportMetadata(source.metadata), path)
    return path


@pytest.fixture(scope="module")
def openvino_file(tmp_path_factory, tiny_run):
    """The tiny model for OpenVINO."""
    from roadsigns.exports.openvino_format import write_openvino

    path = tmp_path_factory.mktemp("exports") / "tiny.xml"
    source = load_source(tiny_run)
    write_openvino(source.network, ExportMetadata(source.metadata), path)
    return path


@pytest.fixture(scope="module")
def few(tmp_path_factory, drawn_folder):
    """The test images of the drawn folder, and no training images."""
    folder = tmp_path_factory.mktemp("data") / "few"
    folder.mkdir()
    shutil.copytree(drawn_folder / "Final_Test", folder / "Final_Test")
    for table in drawn_folder.glob("GT-final_test.csv"):
        shutil.copy(table, folder)
    return folder


def test_export_agrees_with_the_model_it_was_made_of(exported, few, tiny_run):
    """On every test image, and its errors are counted."""
    check = check_parity(exported, few, model=tiny_run)

    assert check.parity.agrees
    assert check.parity.images == 86
    assert check.parity.keras_errors == check.parity.export_errors
    assert check.undecodable == ()
    assert json.loads(json.dumps(check.as_dict()))["agrees"] is True


def test_disagreement_is_reported(tmp_path, few, tiny_run):
    """A file with other weights than it says."""
    source = load_source(tiny_run)
    source.network.set_weights([weight + 0.01 for weight in source.network.get_weights()])
    path = tmp_path / "wrong.keras"
    write_keras(source.network, ExportMetadata(source.metadata), path)

    check = check_parity(path, few, model=tiny_run)

    assert not check.parity.agrees
    assert check.parity.largest_difference > 1e-4


@pytest.mark.usefixtures("bfloat16_in_openvino")
def test_openvino_is_compared_in_bfloat16_too(openvino_file, few, tiny_run):
    """By other limits; the results are others."""
    exact, lowered = (
        check_parity(openvino_file, few, model=tiny_run, arithmetic=name) for name in ("float32", "bfloat16")
    )

    assert exact.parity.agrees
    assert (exact.parity.precision, lowered.parity.precision) == ("float32", "bfloat16")
    assert exact.parity.largest_difference < lowered.parity.largest_difference < 0.02


@pytest.mark.usefixtures("openvino_without_bfloat16")
def test_float32_is_not_passed_off_as_bfloat16(openvino_file, few, tiny_run):
    """Below AVX-512, OpenVINO computes in float32 what it is asked to compute in bfloat16."""
    with raises(ModelError, problem="in f32 on this CPU", hint="without --bfloat16"):
        check_parity(openvino_file, few, model=tiny_run, arithmetic="bfloat16")


def test_only_openvino_computes_in_bfloat16(exported, few):
    """The others would ignore it."""
    with pytest.raises(ModelError) as raised:
        check_parity(exported, few, arithmetic="bfloat16")

    assert raised.value.subject == str(exported)
    assert "OpenVINO file" in raised.value.expected


def test_built_in_model_of_the_same_weights_is_found(exported, few, tiny_model, monkeypatch):
    """So that --model need not be given."""
    monkeypatch.setattr(parity_check, "builtin_models", lambda: {"tiny": tiny_model})
    monkeypatch.setattr(parity_check, "load_source", lambda name: load_source(tiny_model))

    assert check_parity(exported, few).model == "tiny"


def test_model_that_is_not_built_in_must_be_named(exported, few, monkeypatch):
    """With what is known of it."""
    monkeypatch.setattr(parity_check, "builtin_models", dict)

    with pytest.raises(ModelError) as raised:
        check_parity(exported, few)

    assert "network tutorial, recipe tutorial, weights " in raised.value.problem
    assert "--model RUN" in raised.value.hint


def test_other_model_is_refused(tmp_path, exported, few, tiny_network, tiny_metadata):
    """Nothing would follow from the comparison."""
    from roadsigns.model_files.model_file import save_model

    other = tmp_path / "other.keras"
    save_model(tiny_network, replace(tiny_metadata, temperature=2.0), other)

    with pytest.raises(ModelError) as raised:
        check_parity(exported, few, model=other)

    assert str(other) in raised.value.problem
    assert "another temperature" in raised.value.problem


def test_images_of_other_classes_are_refused(tmp_path, exported, few, tiny_run):
    """The labels would mean something else."""
    (tmp_path / "bus").mkdir()
    shutil.copy(next((few / "Final_Test" / "Images").glob("*.ppm")), tmp_path / "bus")

    with pytest.raises(DataError) as raised:
        check_parity(exported, tmp_path, model=tiny_run)

    assert "43 in the model" in raised.value.problem
    assert f"1 in {tmp_path} (bus)" in raised.value.problem


def test_images_that_cannot_be_decoded_are_named_and_do_not_count(tmp_path, exported, few, tiny_run):
    """One is cut off; with none left there is nothing to compare."""
    folder = tmp_path / "few"
    shutil.copytree(few, folder)
    images = sorted((folder / "Final_Test" / "Images").glob("*.ppm"))
    images[0].write_bytes(images[0].read_bytes()[:50])

    check = check_parity(exported, folder, model=tiny_run)

    assert check.parity.images == 85
    assert len(check.undecodable) == 1
    assert images[0].name in check.undecodable[0]

    for image in images:
        image.write_bytes(b"")
    with raises(DataError, problem="None of 86 images", subject=str(folder)):
        check_parity(exported, folder, model=tiny_run)


@pytest.mark.gtsrb
def test_built_in_model_agrees_on_real_images(tmp_path, gtsrb_folder, monkeypatch):
    """A built-in model's own file, in ONNX Runtime, on 500 real images."""
    from roadsigns.datasets.reader import read_training
    from roadsigns.model_files.model_file import DEFAULT_MODEL, find_model

    data = read_training(gtsrb_folder)
    chosen = np.random.default_rng(0).choice(len(data.samples), 500, replace=False)
    few = replace(data, samples=tuple(data.samples[index] for index in sorted(chosen)))
    monkeypatch.setattr(parity_check, "read_training", lambda folder: few)

    check = check_parity(find_model(DEFAULT_MODEL), gtsrb_folder)

    assert check.parity.images == 500
    assert check.parity.agrees
