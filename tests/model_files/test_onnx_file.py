"""What an ONNX file says of itself, without the packages that read ONNX."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.errors import ModelError
from roadsigns.model_files.metadata import metadata_values
from roadsigns.model_files.model_file import read_metadata
from roadsigns.model_files.onnx_file import METADATA_KEY, attach_metadata, read_onnx_file


def foreign(**properties):
    """An ONNX file of somebody's own."""
    from onnx import TensorProto, helper

    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 4])
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 4])
    graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "theirs", [value], [output])
    model = helper.make_model(graph)
    helper.set_model_props(model, properties)
    return model.SerializeToString()


@pytest.fixture(scope="module")
def sealed(tiny_metadata):
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


def test_metadata_comes_back_as_it_was_written(file, sealed, tiny_metadata):
    """Beside what others wrote; sealing again changes what is named, and nothing else."""
    path = file(sealed)
    assert read_metadata(path) == tiny_metadata
    assert read_onnx_file(path).properties["author"] == "they"

    again = file(attach_metadata(sealed, replace(tiny_metadata, temperature=1.5), author="we"))

    assert read_metadata(again) == replace(tiny_metadata, temperature=1.5)
    assert read_onnx_file(again).properties["author"] == "we"
    assert attach_metadata(sealed) == sealed


def test_onnx_reads_what_was_sealed(sealed):
    """The properties are where ONNX has them, each once."""
    import onnx

    model = onnx.load_model_from_string(sealed)

    onnx.checker.check_model(model, full_check=True)
    keys = [entry.key for entry in model.metadata_props]
    assert METADATA_KEY in keys
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("content", [b"", b"hello, I am no model", b"\x00" * 100, b"\xff" * 40, b"P6\n1 1\n255\nabc"])
def test_file_that_is_no_onnx_is_refused(file, content):
    """Its size is told: an empty one was not fetched."""
    with pytest.raises(ModelError, match=r"model\.onnx is (damaged or no ONNX file|no model of roadsigns)"):
        read_onnx_file(file(content))


def test_onnx_file_of_somebody_else_is_refused(file):
    """It may be whole, and knows no classes."""
    with pytest.raises(ModelError, match="is no model of roadsigns: it has no metadata 'roadsigns'"):
        read_onnx_file(file(foreign()))


def test_missing_file_is_told(tmp_path):
    """With the system's reason."""
    with pytest.raises(ModelError, match="cannot be read: No such file"):
        read_onnx_file(tmp_path / "gone.onnx")


def test_cut_off_file_is_refused_wherever_it_ends(file, sealed):
    """A download that broke off."""
    for length in (1, len(sealed) // 4, len(sealed) // 2, len(sealed) - 1):
        with pytest.raises(ModelError):
            read_onnx_file(file(sealed[:length]))


def test_one_flipped_bit_in_the_network_is_noticed(file, sealed):
    """ONNX itself would compute with it."""
    place = sealed.index(b"Relu")
    changed = sealed[:place] + b"relu" + sealed[place + 4 :]

    with pytest.raises(ModelError, match="is damaged: its network is not what was written"):
        read_onnx_file(file(changed))


@given(data=st.data())
def test_damage_anywhere_is_an_error_of_ours_or_harmless(tmp_path_factory, sealed, tiny_metadata, data):
    """No other exception, whatever byte is wrong."""
    place = data.draw(st.integers(0, len(sealed) - 1))
    byte = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged.onnx"
    path.write_bytes(sealed[:place] + bytes([byte]) + sealed[place + 1 :])

    try:
        read_onnx_file(path)
    except ModelError:
        return


@pytest.mark.parametrize("version", ["2", "0", ""])
def test_file_of_another_format_is_refused(file, sealed, version):
    """With what to install."""
    changed = sealed.replace(
        b"roadsigns_format\x12\x011", b"roadsigns_format\x12\x01" + version.encode().ljust(1, b"?")
    )
    assert changed != sealed

    with pytest.raises(ModelError, match=r"has format .*, and this version of roadsigns reads format 1\. Install"):
        read_onnx_file(file(changed))


@pytest.mark.parametrize("change", [{"later": 1}, {"classes": 5}, {"classes": None}])
def test_metadata_that_make_no_sense_are_refused(file, sealed, tiny_metadata, change):
    """An unknown key may mean that predictions want something that this version does not do."""
    values = json.dumps({**metadata_values(tiny_metadata), **change})

    with pytest.raises(ModelError, match="says of itself is damaged"):
        read_onnx_file(file(attach_metadata(sealed, **{METADATA_KEY: values})))


def test_what_is_no_onnx_file_is_not_sealed(tiny_metadata):
    """A programming error, told at once."""
    with pytest.raises(ValueError, match="unknown kind"):
        attach_metadata(b"\xff\xff\xff\x0f", tiny_metadata)
