"""What an ONNX file says of itself, without the packages that read ONNX."""

import json
from dataclasses import replace

import pytest
from fixtures.errors import raises
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.errors import ModelError
from roadsigns.model_files.detector_metadata import DetectorMetadata
from roadsigns.model_files.model_file import read_metadata
from roadsigns.model_files.onnx_file import (
    DETECTOR_KEY,
    METADATA_KEY,
    attach_metadata,
    read_detector_file,
    read_onnx_file,
)

DETECTOR = DetectorMetadata(
    "detector", "detector", "GTSDB", scenes=480, epoch=20, split="every scene once", folds=5, min_score=0.4
)


def foreign(**properties):
    """An ONNX file from elsewhere."""
    from onnx import TensorProto, helper

    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 4])
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 4])
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "theirs", [value], [output])
    model = helper.make_model(graph)
    helper.set_model_props(model, properties)
    return model.SerializeToString()


@pytest.fixture(scope="module")
def written(tiny_metadata):
    """A network of one node with our metadata."""
    return attach_metadata(foreign(author="they"), tiny_metadata)


@pytest.fixture
def file(tmp_path):
    """Write a file."""

    def write(content):
        path = tmp_path / "model.onnx"
        path.write_bytes(content)
        return path

    return write


def test_metadata_comes_back_as_it_was_written(file, written, tiny_metadata):
    """Beside what others wrote; sealing again changes what is named, and nothing else."""
    path = file(written)
    assert read_metadata(path) == tiny_metadata
    assert read_onnx_file(path).properties["author"] == "they"

    again = file(attach_metadata(written, replace(tiny_metadata, temperature=1.5), author="we"))

    assert read_metadata(again) == replace(tiny_metadata, temperature=1.5)
    assert read_onnx_file(again).properties["author"] == "we"
    assert attach_metadata(written) == written


def test_onnx_reads_what_was_written(written):
    """The properties are where ONNX has them, each once."""
    import onnx

    model = onnx.load_model_from_string(written)

    onnx.checker.check_model(model, full_check=True)
    keys = [entry.key for entry in model.metadata_props]
    assert METADATA_KEY in keys
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("content", [b"", b"hello, I am no model", b"\x00" * 100, b"\xff" * 40, b"P6\n1 1\n255\nabc"])
def test_file_that_is_no_onnx_is_refused(file, content):
    """Its size is reported: an empty one was not fetched."""
    path = file(content)

    with raises(ModelError, problem="not a", subject=str(path)):
        read_onnx_file(path)


def test_onnx_file_from_elsewhere_is_refused(file):
    """It may be whole, and knows no classes."""
    with raises(ModelError, problem="no metadata 'roadsigns'"):
        read_onnx_file(file(foreign()))


def test_missing_file_is_reported(tmp_path):
    """With the system's reason."""
    with raises(ModelError, problem="cannot be read: No such file"):
        read_onnx_file(tmp_path / "gone.onnx")


def test_cut_off_file_is_refused_wherever_it_ends(file, written):
    """A download that broke off."""
    for length in (1, len(written) // 4, len(written) // 2, len(written) - 1):
        with pytest.raises(ModelError):
            read_onnx_file(file(written[:length]))


def test_one_flipped_bit_in_the_network_is_noticed(file, written):
    """ONNX itself would compute with it."""
    place = written.index(b"Relu")
    changed = written[:place] + b"relu" + written[place + 4 :]

    with raises(ModelError, problem="its network differs from its checksum"):
        read_onnx_file(file(changed))


@given(data=st.data())
def test_damage_anywhere_is_an_error_of_ours_or_harmless(tmp_path_factory, written, tiny_metadata, data):
    """No other exception, whatever byte is wrong."""
    place = data.draw(st.integers(0, len(written) - 1))
    byte = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged.onnx"
    path.write_bytes(written[:place] + bytes([byte]) + written[place + 1 :])

    try:
        read_onnx_file(path)
    except ModelError:
        return


@pytest.mark.parametrize("version", ["2", "0", ""])
def test_file_of_another_format_is_refused(file, written, version):
    """With what to install."""
    changed = written.replace(
        b"roadsigns_format\x12\x011", b"roadsigns_format\x12\x01" + version.encode().ljust(1, b"?")
    )
    assert changed != written

    with raises(ModelError, problem="format version") as raised:
        read_onnx_file(file(changed))
    assert raised.value.expected.startswith("format version 1")
    assert raised.value.hint.startswith("Install")


@pytest.mark.parametrize("change", [{"later": 1}, {"classes": 5}, {"classes": None}])
def test_metadata_that_make_no_sense_are_refused(file, written, tiny_metadata, change):
    """An unknown key may mean that predictions want something that this version does not do."""
    values = json.dumps({**tiny_metadata.as_dict(), **change})

    with raises(ModelError, problem="metadata is damaged"):
        read_onnx_file(file(attach_metadata(written, **{METADATA_KEY: values})))


def test_metadata_are_not_attached_to_what_is_no_onnx_file(tiny_metadata):
    """A programming error, reported at once."""
    with pytest.raises(ValueError, match="unknown kind"):
        attach_metadata(b"\xff\xff\xff\x0f", tiny_metadata)


def test_detectors_metadata_comes_back_as_it_was_written(file):
    """In the same kind of file."""
    path = file(attach_metadata(foreign(), DETECTOR))

    found = read_detector_file(path)

    assert found.metadata == DETECTOR
    assert found.content == path.read_bytes()


def test_detector_is_no_recogniser_and_a_recogniser_no_detector(file, written, tmp_path):
    """Each error says what the file is, and which command wants it."""
    detector = file(attach_metadata(foreign(), DETECTOR))
    with raises(ModelError, problem="is a detector", expected="a recogniser", hint="detect", subject=str(detector)):
        read_metadata(detector)

    recogniser = file(written)
    with raises(ModelError, problem="is a recogniser", expected="a detector", hint="predict", subject=str(recogniser)):
        read_detector_file(recogniser)
    with raises(ModelError, problem="is a recogniser"):
        read_detector_file(tmp_path / "model.keras")


@pytest.mark.parametrize("change", [{"later": 1}, {"network": 5}, {"min_score": "high"}, {"min_score": 2}])
def test_detectors_metadata_that_make_no_sense_are_refused(file, change):
    values = json.dumps({**DETECTOR.as_dict(), **change})

    with raises(ModelError, problem="metadata is damaged"):
        read_detector_file(file(attach_metadata(foreign(), DETECTOR, **{DETECTOR_KEY: values})))
