"""`roadsigns look`: writes one picture and says where, or says why not."""

import sys

import pytest
from click.testing import CliRunner
from fixtures.errors import raises
from PIL import Image

from roadsigns.cli import main
from roadsigns.cli.look import command
from roadsigns.errors import OutputError


@pytest.fixture(scope="module")
def looking_run(tmp_path_factory, tiny_metadata):
    """A run folder with a network that looks, its weights random."""
    from dataclasses import replace

    import keras

    from roadsigns.model_files.model_file import save_model
    from roadsigns.models.build import build_inference_network

    keras.utils.set_random_seed(0)
    network = build_inference_network("spatial-transformer", num_classes=len(tiny_metadata.classes), image_size=32)
    folder = tmp_path_factory.mktemp("runs") / "looking"
    folder.mkdir()
    metadata = replace(tiny_metadata, network="spatial-transformer", preparation="box")
    save_model(network, metadata, folder / "model.keras")
    return folder


def test_picture_is_written_and_named(tmp_path, monkeypatch, looking_run, drawn_folder):
    """Of a folder's images, in the current folder; its name is all of standard output."""
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(command, [str(looking_run), str(drawn_folder / "Final_Test" / "Images")])

    assert result.exit_code == 0
    assert result.stdout == "look.png\n"
    assert [path.name for path in tmp_path.iterdir()] == ["look.png"]
    with Image.open("look.png") as image:
        assert image.format == "PNG"


def test_unreadable_image_is_left_out_and_reported(tmp_path, looking_run, drawn_folder):
    """The status says so too; the others are drawn."""
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no image")
    good = next((drawn_folder / "Final_Test" / "Images").glob("*.ppm"))
    arguments = [str(looking_run), str(good), str(broken), "--out", str(tmp_path / "look.png")]

    result = CliRunner().invoke(command, arguments, standalone_mode=False)

    assert result.return_value == 1
    assert "Left out" in result.stderr
    assert "broken.png" in result.stderr
    assert (tmp_path / "look.png").is_file()


def test_network_without_a_transformer_is_refused_with_a_sentence(tmp_path, monkeypatch, capsys, tiny_run):
    """It looks at all there is."""
    out = tmp_path / "look.png"
    Image.new("RGB", (40, 40)).save(tmp_path / "sign.png")
    monkeypatch.setattr(
        sys, "argv", ["roadsigns", "look", str(tiny_run), str(tmp_path / "sign.png"), "--out", str(out)]
    )

    with pytest.raises(SystemExit) as stopped:
        main.main()

    assert stopped.value.code == 1
    assert "has no spatial transformer" in capsys.readouterr().err
    assert not out.exists()


def test_image_is_not_replaced_by_its_picture(tmp_path, looking_run):
    """Of one image, `--out` may well be its own name by mistake."""
    image = tmp_path / "sign.png"
    Image.new("RGB", (40, 40)).save(image)
    before = image.read_bytes()

    with raises(OutputError, problem="This file is read", hint="--out", subject="sign.png"):
        raise CliRunner().invoke(command, [str(looking_run), str(image), "--out", str(image)]).exception
    assert image.read_bytes() == before
