"""Every format: written from one network, compared with Keras, opened again, refused when it is damaged.

The formats are written once, for all tests of this file; it is the only one that waits for the converters.
"""

import json
import os
import shutil
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.errors import DataError, MissingExtraError, ModelError, OutputError
from roadsigns.exports import export as export_module
from roadsigns.exports.export import FORMATS, export_model, open_export
from roadsigns.exports.litert_format import metadata_file
from roadsigns.exports.parity.golden_inputs import golden_inputs
from roadsigns.exports.parity.images import keras_probabilities
from roadsigns.model_files.conformal_quantiles import ConformalQuantiles
from roadsigns.model_files.known_thresholds import KnownThresholds
from roadsigns.model_files.model_file import read_metadata, save_model
from roadsigns.model_files.onnx_file import read_onnx_file
from roadsigns.types import UNKNOWN_KINDS

# Smallest of a recipe; at 24 the network has fewer features than there are golden inputs to solve for.
SIZE = 32
WRITTEN = [(name, precision) for name, kind in FORMATS.items() for precision in kind.precisions]


@pytest.fixture(scope="module")
def metadata(tiny_metadata):
    """Of a network on boxes, with a temperature and kinds of unknown, which are a second output."""
    return replace(
        tiny_metadata,
        network="fast",
        preparation="box",
        image_size=SIZE,
        temperature=1.5,
        unknown_kinds=UNKNOWN_KINDS,
    )


@pytest.fixture(scope="module")
def network(metadata):
    """Network `fast` that is sure of the golden inputs, as a trained one would be: its last layer is solved for."""
    import keras

    from roadsigns.models.build import build_inference_network

    keras.utils.set_random_seed(0)
    return made_sure(build_inference_network("fast", num_classes=metadata.outputs, image_size=SIZE), metadata)


def made_sure(network, metadata):
    """Solve for a network's last layer."""
    import keras

    images = golden_inputs(metadata.as_preparation()).astype(np.float32) / 255
    features = np.asarray(keras.Model(network.inputs[0], network.layers[-1].input)(images), np.float64)
    outputs = metadata.outputs
    wanted = 12.0 * np.eye(outputs)[np.arange(len(images)) * outputs // len(images)]
    kernel = features.T @ np.linalg.solve(features @ features.T + 0.1 * np.eye(len(images)), wanted)
    *before, _, bias = network.get_weights()
    # The last inputs are blank: they have no features, and would have no largest probability.
    bias[-1] = 1
    network.set_weights([*before, kernel.astype(np.float32), bias])
    return network


@pytest.fixture(scope="module")
def looking_run(tmp_path_factory, metadata):
    """A run folder with a network that looks at each image in another way, and has no kinds of unknown."""
    import keras

    from roadsigns.models.build import build_inference_network

    keras.utils.set_random_seed(0)
    network = build_inference_network("spatial-transformer", num_classes=43, image_size=SIZE)
    dense = next(layer for layer in network.layers if getattr(layer, "units", None) == 6)
    dense.set_weights([np.random.default_rng(0).normal(0, 1, weight.shape) for weight in dense.get_weights()])
    folder = tmp_path_factory.mktemp("runs") / "looking"
    folder.mkdir()
    metadata = replace(metadata, network="spatial-transformer", unknown_kinds=())
    save_model(made_sure(network, metadata), metadata, folder / "model.keras")
    return folder


@pytest.mark.parametrize(("name", "precision"), [one for one in WRITTEN if one != ("litert", "int8")])
def test_spatial_transformer_is_exported(tmp_path, looking_run, drawn_folder, name, precision):
    """In every format and precision, except for LiteRT's int8."""
    out = tmp_path / f"looking{FORMATS[name].suffix}"

    exported = export_model(
        looking_run, name, precision=precision, out=out, data=drawn_folder if precision == "int8" else None
    )

    assert exported.parity.agrees
    assert out.is_file()


def test_spatial_transformer_in_int8_of_litert_is_refused(tmp_path, looking_run, drawn_folder):
    """The converter would quantise the sampling coordinates too, and a fifth of the labels would differ."""
    with pytest.raises(ModelError) as raised:
        export_model(looking_run, "litert", precision="int8", out=tmp_path / "looking.tflite", data=drawn_folder)

    assert "has a spatial transformer" in raised.value.problem
    assert "--int8 with --format onnx or openvino" in raised.value.hint
    assert not any(tmp_path.iterdir())


@pytest.fixture(scope="module")
def run(tmp_path_factory, network, metadata):
    """A run folder with it."""
    folder = tmp_path_factory.mktemp("runs") / "mine"
    folder.mkdir()
    save_model(network, metadata, folder / "model.keras")
    return folder


@pytest.fixture(scope="module")
def exports(tmp_path_factory, run, drawn_folder):
    """Each format in each precision, by both."""
    folder = tmp_path_factory.mktemp("exports")
    return {
        (name, precision): export_model(
            run,
            name,
            precision=precision,
            out=folder / f"{precision}{FORMATS[name].suffix}",
            data=drawn_folder if precision == "int8" else None,
        )
        for name, precision in WRITTEN
    }


@pytest.fixture
def copy(tmp_path, exports):
    """Copy a float32 export with what belongs beside it; give the file's path."""

    def make(name):
        for file in exports[name, "float32"].files:
            shutil.copy(file, tmp_path)
        return tmp_path / exports[name, "float32"].path.name

    return make


@pytest.mark.parametrize(("name", "precision"), WRITTEN)
def test_export_agrees_with_keras(exports, network, metadata, name, precision):
    """On the golden inputs, by what is told and by what comes out of the file."""
    exported = exports[name, precision]
    crops = golden_inputs(metadata.as_preparation())[:40]

    opened = open_export(exported.path)
    off = np.abs(opened.run(crops) - keras_probabilities(network, metadata, crops)).max()

    assert exported.parity.agrees
    assert exported.parity.images == 348
    assert off <= {"float32": 1e-4, "float16": 0.02, "int8": 0.5}[precision]
    if precision != "float32":
        assert off > 1e-6, "as exact as float32: nothing was made smaller"


@pytest.mark.parametrize(("name", "precision"), WRITTEN)
def test_export_says_what_it_is(exports, metadata, name, precision):
    """Classes, preparation, temperature, the checksum of the weights; and for how many crops."""
    own = open_export(exports[name, precision].path).metadata

    assert own == exports[name, precision].metadata
    assert own.model == metadata.with_checksum(own.model.weights_sha256)
    assert len(own.model.weights_sha256) == 64
    assert own.model.classes == GTSRB_CLASSES
    assert own.precision == precision
    assert bool(own.calibration_images) is (precision == "int8")


@pytest.mark.parametrize("name", ["onnx", "openvino", "litert"])
def test_smaller_precisions_are_smaller_files(exports, name):
    """Half, and a quarter, with something for the graph."""
    sizes = {
        precision: max(file.stat().st_size for file in exports[name, precision].files)
        for precision in FORMATS[name].precisions
    }

    assert sizes["float16"] < 0.6 * sizes["float32"]
    assert sizes["int8"] < 0.4 * sizes["float32"]


@pytest.mark.parametrize(("name", "precision"), WRITTEN)
def test_any_number_of_images_is_taken(exports, name, precision):
    """One, or as many as there are; each is answered as if it were alone."""
    crops = np.random.default_rng(0).integers(0, 256, (5, SIZE, SIZE, 3), np.uint8)
    opened = open_export(exports[name, precision].path)

    together = opened.run(crops)

    assert together.shape == (5, 48)
    np.testing.assert_allclose(together[:, :43].sum(axis=1), 1, atol=0.05)
    np.testing.assert_allclose(opened.run(crops[3:4])[0], together[3], atol=1e-5)


def test_errors_of_int8_are_counted(exports):
    """On labelled images, which this network has not been trained on."""
    for name in ("onnx", "openvino", "litert"):
        int8 = exports[name, "int8"].int8
        assert int8.seen
        assert int8.parity.images > 0
        assert int8.parity.keras_errors is not None
        assert int8.parity.export_errors is not None
    assert exports["onnx", "float32"].int8 is None


def test_openvino_has_the_int8_weights_of_onnx(exports, metadata):
    """OpenVINO computes in its own way and differs more from Keras, but recognises the same signs."""
    crops = golden_inputs(metadata.as_preparation())[:60]
    onnx, openvino = (open_export(exports[name, "int8"].path).run(crops) for name in ("onnx", "openvino"))

    assert (onnx.argmax(axis=1) == openvino.argmax(axis=1)).mean() >= 0.95
    assert np.abs(onnx - openvino).mean() < 0.02


def test_nothing_but_the_files_is_left(exports):
    """No temporary folder, and every file may be read by others."""
    folder = exports["onnx", "float32"].path.parent
    listed = {file for exported in exports.values() for file in exported.files}

    assert set(folder.iterdir()) == listed
    mask = os.umask(0)
    os.umask(mask)
    assert all(file.stat().st_mode & 0o777 == 0o666 & ~mask for file in listed)


def test_plain_keras_feeds_its_file_with_crops(exports, network, metadata):
    """No knowledge of scaling or temperature, only uint8."""
    import keras

    crops = golden_inputs(metadata.as_preparation())[:3]

    loaded = keras.saving.load_model(exports["keras", "float32"].path)

    outputs = loaded(crops)
    joined = np.concatenate([outputs["probabilities"], outputs["unknown"]], axis=1)
    np.testing.assert_allclose(joined, keras_probabilities(network, metadata, crops), atol=1e-5)


def test_onnx_file_can_be_exported_again(tmp_path, exports, monkeypatch, quick_golden):
    """As a built-in model is, which is an ONNX file with halved weights: its Keras network is rebuilt."""
    exported = export_model(exports["onnx", "float16"].path, "keras", out=tmp_path / "again.keras")

    crops = np.random.default_rng(0).integers(0, 256, (5, SIZE, SIZE, 3), np.uint8)
    halved = open_export(exports["onnx", "float16"].path).run(crops)
    np.testing.assert_allclose(open_export(exported.path).run(crops), halved, atol=1e-5)


def test_int8_is_not_exported_again(tmp_path, exports):
    """No float32 weights can be rebuilt from it."""
    with pytest.raises(ModelError) as raised:
        export_model(exports["onnx", "int8"].path, "keras", out=tmp_path / "again.keras")

    assert raised.value.subject == str(exports["onnx", "int8"].path)
    assert "int8" in raised.value.problem


@pytest.fixture
def quick_golden(monkeypatch):
    """A few inputs of noise instead of the drawn ones, for tests of something else."""

    def few(preparation):
        rng = np.random.default_rng(0)
        shape = (9, preparation.image_size, preparation.image_size, 3)
        return rng.integers(0, 256, shape, np.uint8) if preparation.wants_boxes else rng.random(shape, np.float32)

    monkeypatch.setattr("roadsigns.exports.parity.images.golden_inputs", few)


@pytest.mark.parametrize("name", ["onnx", "openvino", "keras"])
def test_preparation_that_no_graph_can_hold_is_carried_by_name(tmp_path, tiny_run, name, quick_golden):
    """The tutorial's equalisation: the file takes prepared floats, and says so."""
    exported = export_model(tiny_run, name, out=tmp_path / f"tiny{FORMATS[name].suffix}")

    taken = exported.metadata.input
    assert (taken.preparation, taken.dtype, taken.range) == ("tutorial", "float32", (0, 1))
    assert open_export(exported.path).run(np.zeros((2, 32, 32, 3), np.float32)).shape == (2, 43)


def test_name_is_the_runs_in_this_folder(tmp_path, run, monkeypatch, quick_golden):
    """Where none is given."""
    monkeypatch.chdir(tmp_path)

    assert export_model(run, "onnx", precision="float16").path.name == "mine-float16.onnx"
    assert [path.name for path in tmp_path.iterdir()] == ["mine-float16.onnx"]


@pytest.mark.parametrize(("name", "suffix"), [("onnx", ".onnx"), ("openvino", ".xml")])
def test_file_that_disagrees_is_not_left(tmp_path, run, monkeypatch, quick_golden, name, suffix):
    """An earlier file stays, and no other file is left."""
    out = tmp_path / f"model{suffix}"
    out.write_text("the old one")
    right = FORMATS[name]

    def write(network, metadata, path, *, calibration):
        import keras

        spoilt = keras.models.clone_model(network)
        spoilt.set_weights([weight + 0.05 for weight in network.get_weights()])
        right.write(spoilt, metadata, path, calibration=calibration)

    monkeypatch.setitem(export_module.FORMATS, name, replace(right, write=write))

    with pytest.raises(ModelError) as raised:
        export_model(run, name, out=out)

    assert "disagrees with the Keras network on 9 reference inputs" in raised.value.problem
    assert out.read_text() == "the old one"
    assert list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("precision", ["float16", "int8"])
def test_format_refuses_a_precision_that_it_does_not_have(tmp_path, run, drawn_folder, precision):
    with pytest.raises(ModelError) as raised:
        export_model(run, "keras", precision=precision, out=tmp_path / "model.keras", data=drawn_folder)

    assert raised.value.expected == "float32"
    assert "onnx, openvino, litert" in raised.value.hint


def test_unknown_format_is_refused(run):
    """With what there is."""
    with pytest.raises(ModelError) as raised:
        export_model(run, "pdf")

    assert "'pdf'" in raised.value.problem
    assert raised.value.expected == "one of onnx, openvino, litert, keras"


@pytest.mark.parametrize("name", ["onnx", "openvino"])
def test_full_disk_leaves_what_was_there(tmp_path, run, monkeypatch, quick_golden, name):
    """One sentence, no traceback, no half of a file."""
    out = tmp_path / f"model{FORMATS[name].suffix}"
    out.write_text("the old one")

    def write(network, metadata, path, *, calibration):
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setitem(export_module.FORMATS, name, replace(FORMATS[name], write=write))

    with pytest.raises(OutputError) as raised:
        export_model(run, name, out=out)

    assert raised.value.subject == str(out)
    assert "No space left on device" in raised.value.problem
    assert out.read_text() == "the old one"
    assert list(tmp_path.iterdir()) == [out]


def test_link_is_written_through(tmp_path, run, quick_golden):
    """Both files of the format, each through its own link."""
    (tmp_path / "store").mkdir()
    for suffix in ("xml", "bin"):
        (tmp_path / f"model.{suffix}").symlink_to(f"store/{suffix}")

    exported = export_model(run, "openvino", out=tmp_path / "model.xml")

    assert all(file.is_symlink() for file in exported.files)
    assert sorted(path.name for path in (tmp_path / "store").iterdir()) == ["bin", "xml"]
    assert open_export(exported.path).metadata == exported.metadata


def test_int8_needs_images(tmp_path, run):
    """It is calibrated on them."""
    with pytest.raises(DataError) as raised:
        export_model(run, "onnx", precision="int8", out=tmp_path / "model.onnx")

    assert "--data DIR" in raised.value.hint


@pytest.mark.parametrize(
    ("out", "fields"),
    [
        ("model.tflite", {"problem": "not the name", "expected": "ends in .onnx", "hint": "--out model.onnx"}),
        ("model", {"problem": "not the name", "expected": "ends in .onnx"}),
        ("missing/model.onnx", {"problem": "no folder", "hint": "Make it first"}),
        ("folder.onnx", {"problem": "This is a folder", "expected": "the name of a file"}),
        ("data/model.onnx", {"problem": "in the data folder", "hint": "--out"}),
    ],
)
def test_place_that_cannot_be_written_is_refused_before_the_model_is_loaded(tmp_path, run, monkeypatch, out, fields):
    """Of another format, in no folder, a folder, or in the data folder of an int8 export."""
    monkeypatch.setattr(export_module, "load_source", None)
    (tmp_path / "folder.onnx").mkdir()

    with raises(OutputError, subject=str(tmp_path / out), **fields):
        export_model(run, "onnx", precision="int8", data=tmp_path / "data", out=tmp_path / out)


def test_model_is_not_replaced_by_its_export(tmp_path, run, monkeypatch):
    """A file in half precision would be all that is left."""
    model = tmp_path / "model.keras"
    shutil.copy(run / "model.keras", model)
    monkeypatch.setattr(export_module, "load_source", None)

    with raises(OutputError, problem="This file is read", hint="--out", subject=str(model)):
        export_model(model, "keras", out=model)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("left", [0, 1, 0.5, 0.99])
def test_file_that_is_cut_off_is_refused(copy, name, left):
    """Empty, a byte, half of it, nearly all."""
    path = copy(name)
    content = path.read_bytes()
    path.write_bytes(content[: left if left == 1 else int(left * len(content))])

    with raises(ModelError) as raised:
        open_export(path)
    assert path.name in raised.value.subject


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("content", [b"hello", b"\x00" * 300, b"<net/>", b"{}"])
def test_foreign_file_is_refused(copy, name, content):
    """A text, zeros, another XML."""
    path = copy(name)
    path.write_bytes(content)

    with raises(ModelError) as raised:
        open_export(path)
    assert path.name in raised.value.subject


@pytest.mark.parametrize(("name", "other"), [("openvino", ".bin"), ("litert", ".tflite.json")])
def test_file_without_its_second_file_is_refused(copy, name, other):
    """The weights of OpenVINO, the JSON of LiteRT."""
    path = copy(name)
    path.with_name(path.stem + other).unlink()

    with raises(ModelError) as raised:
        open_export(path)
    assert f"{path.stem}{other}" in str(raised.value)


def test_flipped_bit_in_the_weights_is_noticed(copy):
    """In each format that has weights beside it, and in ONNX and LiteRT themselves."""
    for name in ("onnx", "openvino", "litert"):
        path = copy(name)
        weights = path.with_suffix(".bin") if name == "openvino" else path
        content = bytearray(weights.read_bytes())
        content[len(content) // 2] ^= 1
        weights.write_bytes(content)

        with raises(ModelError, problem="damaged"):
            open_export(path)


@pytest.mark.parametrize("name", ["openvino", "litert", "keras", "onnx"])
def test_export_of_a_later_version_is_refused(copy, name):
    """By what it says of itself, before it is run."""
    path = copy(name)
    change_version(path, name)

    with raises(ModelError, problem="version 99"):
        open_export(path)


def change_version(path, name):
    """Write the metadata of a later version."""
    if name == "onnx":
        from roadsigns.model_files.onnx_file import attach_metadata

        values = json.loads(read_onnx_file(path).properties["roadsigns_export"])
        path.write_bytes(attach_metadata(path.read_bytes(), roadsigns_export=json.dumps({**values, "version": 99})))
    elif name == "litert":
        companion = metadata_file(path)
        companion.write_text(companion.read_text().replace('"version": 1,', '"version": 99,'))
    elif name == "openvino":
        path.write_text(path.read_text().replace("&quot;version&quot;: 1,", "&quot;version&quot;: 99,"))
    else:
        rewrite_member(path, "roadsigns-export.json", lambda text: text.replace(b'"version": 1,', b'"version": 99,'))


def rewrite_member(path, member, change):
    """Change one member of a zip archive."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, change(content) if name == member else content)


def test_model_of_a_run_is_no_export(run):
    """It takes prepared images, an export crops."""
    with raises(ModelError, problem="not an export of roadsigns", subject="model.keras"):
        open_export(run / "model.keras")


@pytest.mark.parametrize(
    ("name", "kind"), [("keras", "an export to Keras"), ("litert", "a LiteRT file"), ("openvino", "an OpenVINO file")]
)
def test_export_given_as_a_model_is_told_apart_from_a_foreign_file(exports, name, kind):
    """It says what the file is, who reads it, and what to give instead."""
    path = exports[name, "float32"].path

    with raises(
        ModelError,
        problem=f"This is {kind}, which only `roadsigns parity` reads.",
        expected="an .onnx file",
        hint="Give the model that it was exported from",
        subject=str(path),
    ):
        read_metadata(path)


@pytest.mark.parametrize("path", ["missing.onnx", "picture.png"])
def test_file_that_is_no_export_is_refused(tmp_path, path):
    """A missing file, another kind."""
    (tmp_path / "picture.png").touch()

    with pytest.raises(ModelError) as raised:
        open_export(tmp_path / path)

    assert raised.value.subject == str(tmp_path / path)
    assert ".onnx, .xml, .tflite or .keras" in raised.value.expected


@pytest.mark.parametrize(("name", "package"), [("litert", "ai_edge_litert.interpreter"), ("openvino", "openvino")])
def test_missing_package_is_reported_with_the_command_that_installs_it(exports, monkeypatch, name, package):
    monkeypatch.setitem(__import__("sys").modules, package, None)

    with pytest.raises(MissingExtraError) as raised:
        open_export(exports[name, "float32"].path)

    assert "pip install" in raised.value.hint


def test_a_calibrated_model_is_written_with_all_that_was_calibrated(network, metadata, tmp_path):
    """Thresholds of the known score do not hold at another temperature."""
    save_model(network, metadata, tmp_path / "plain.keras")
    calibrated = replace(
        metadata,
        temperature=2,
        conformal=ConformalQuantiles("ratio", "group", 600, {0.99: 0.9}),
        known_thresholds=KnownThresholds("group", 600, {0.99: 0.5}),
    )

    exported = export_model(tmp_path / "plain.keras", "onnx", out=tmp_path / "warm.onnx", calibrated=calibrated)

    written = read_metadata(exported.path)
    assert written == replace(calibrated, weights_sha256=written.weights_sha256)
