"""`roadsigns export`: what it writes, prints and refuses."""

import numpy as np
import pytest
from click.testing import CliRunner

from roadsigns.cli.export import FORMATS, command
from roadsigns.errors import DataError
from roadsigns.exports import export as export_module
from roadsigns.model_files.model_file import read_metadata


@pytest.fixture
def golden(monkeypatch):
    """A few inputs of noise instead of the drawn ones."""

    def few(preparation):
        return np.random.default_rng(0).random((9, preparation.image_size, preparation.image_size, 3), np.float32)

    monkeypatch.setattr("roadsigns.exports.parity.images.golden_inputs", few)


def test_file_is_written_and_described(tmp_path, tiny_run, golden):
    """Its size, what it takes, how it agrees."""
    out = tmp_path / "tiny.onnx"

    result = CliRunner().invoke(command, [str(tiny_run), "--format", "onnx", "--out", str(out)], catch_exceptions=False)

    assert result.exit_code == 0
    file, takes, parity = result.stdout.splitlines()
    assert file == f"{out}  {out.stat().st_size:,} bytes"
    assert takes.startswith(
        "Input: RGB, float32, shape (count, 32, 32, 3), 0 to 1, preparation 'tutorial': roadsigns.prepare "
    )
    assert parity.startswith("On 9 reference inputs: 0 labels differ from Keras (limit 0), probabilities by up to ")


def test_file_that_is_there_is_replaced_as_the_help_says(tmp_path, tiny_run, golden):
    """As by every command that writes a file."""
    out = tmp_path / "tiny.onnx"
    out.write_text("the old one")

    result = CliRunner().invoke(command, [str(tiny_run), "--format", "onnx", "--out", str(out)], catch_exceptions=False)

    assert result.exit_code == 0
    assert read_metadata(out).network == "tutorial"
    (option,) = [option for option in command.params if option.name == "out"]
    assert option.help.startswith("File to write or replace")


def test_errors_of_int8_are_printed(tmp_path, tiny_run, golden, drawn_folder, monkeypatch):
    """In errors, with what they were counted on."""
    # Random weights are sure of nothing; that they agree is tested elsewhere.
    monkeypatch.setattr("roadsigns.exports.parity.metrics.Parity.agrees", True)
    arguments = [str(tiny_run), "--format", "onnx", "--int8", "--data", str(drawn_folder)]

    result = CliRunner().invoke(command, [*arguments, "--out", str(tmp_path / "tiny.onnx")], catch_exceptions=False)

    assert result.exit_code == 0
    assert "images of --data, " in result.stdout
    assert " errors in Keras, " in result.stdout.splitlines()[-1]


def test_formats_are_those_that_there_are():
    """The command has its own list, so that its help loads nothing."""
    assert set(export_module.FORMATS) <= set(FORMATS)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--half", "--int8"], "cannot be combined"),
        (["--data", "."], "--data is for --int8 only"),
        (["--keep", "0.9"], "--keep and --coverage are for the format web only"),
        (["--coverage", "0.99"], "--keep and --coverage are for the format web only"),
    ],
)
def test_options_that_contradict_are_wrong_usage(options, message):
    """Status 2, as for every wrong usage."""
    result = CliRunner().invoke(command, ["fast", "--format", "onnx", *options])

    assert result.exit_code == 2
    assert message in result.stderr


def test_int8_without_images_is_refused(tiny_run, tmp_path):
    """The error says what to add."""
    arguments = [str(tiny_run), "--format", "onnx", "--int8", "--out", str(tmp_path / "tiny.onnx")]

    with pytest.raises(DataError) as raised:
        CliRunner().invoke(command, arguments, catch_exceptions=False)

    assert "--data DIR" in raised.value.hint
