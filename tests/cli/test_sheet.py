"""`roadsigns sheet`: writes one picture and says where, or says why not."""

import sys

import pytest
from click.testing import CliRunner
from PIL import Image

from roadsigns.cli import main
from roadsigns.cli.sheet import command


def test_sheet_lands_in_the_current_folder(tmp_path, monkeypatch, drawn_folder):
    """Its name goes to standard output; nothing else is left behind."""
    monkeypatch.chdir(tmp_path)

    result = CliRunner().invoke(command, [str(drawn_folder), "--class", "14", "--class", "3", "--per-class", "2"])

    assert result.exit_code == 0
    assert result.stdout == "sheet.png\n"
    assert [path.name for path in tmp_path.iterdir()] == ["sheet.png"]
    with Image.open("sheet.png") as image:
        assert image.format == "PNG"


def test_settings_and_templates_come_from_recipe_and_options(tmp_path, drawn_folder):
    """`--set drawing.templates` is as good as `--templates`, and what is wrong in either is said."""
    (templates := tmp_path / "templates").mkdir()
    for options in (["--set", f"drawing.templates={templates}"], ["--templates", str(templates)]):
        result = CliRunner().invoke(command, [str(drawn_folder), "--out", str(tmp_path / "x.png"), *options])

        assert result.exit_code == 1
        assert "holds no template" in str(result.exception)


def test_sheet_inside_the_data_is_refused_with_a_sentence(monkeypatch, capsys, drawn_folder):
    """Also where the data folder is the current one and --out is the default."""
    before = sorted(drawn_folder.iterdir())
    monkeypatch.chdir(drawn_folder)
    monkeypatch.setattr(sys, "argv", ["roadsigns", "sheet", "."])

    with pytest.raises(SystemExit) as stopped:
        main.main()

    assert stopped.value.code == 1
    assert capsys.readouterr().err == (
        "roadsigns: sheet.png: This lies in the data folder ., where nothing is ever written. "
        "Name another place with --out.\n"
    )
    assert sorted(drawn_folder.iterdir()) == before


@pytest.mark.gtsrb
def test_real_images_are_laid_out(tmp_path, gtsrb_folder):
    """All 43 classes, on a page no larger than a person can scroll."""
    out = tmp_path / "sheet.png"

    result = CliRunner().invoke(command, [str(gtsrb_folder), "--out", str(out), "--per-class", "2"])

    assert result.exit_code == 0
    with Image.open(out) as image:
        assert 1000 < max(image.size) <= 4000
