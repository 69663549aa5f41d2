"""`roadsigns draw`: writes a data folder and says so, or says why not."""

import sys

import pytest
from click.testing import CliRunner

from roadsigns.cli import main
from roadsigns.cli.draw import command


def test_draw_writes_a_data_folder_and_says_how_much(tmp_path):
    """One line names the number of images and the folder."""
    destination = tmp_path / "signs"

    result = CliRunner().invoke(command, [str(destination), "--tracks", "1", "--frames", "2", "--test-tracks", "1"])

    assert result.exit_code == 0
    assert result.stdout == f"Wrote 172 images of 43 classes to {destination}.\n"
    assert (destination / "GT-final_test.csv").is_file()


def test_draw_without_test_tracks_writes_no_test_set(tmp_path):
    """`--test-tracks 0` leaves the test set out."""
    result = CliRunner().invoke(
        command, [str(tmp_path / "signs"), "--tracks", "1", "--frames", "1", "--test-tracks", "0"]
    )

    assert result.exit_code == 0
    assert sorted(path.name for path in (tmp_path / "signs").iterdir()) == ["Final_Training", "drawn-signs.txt"]


def test_draw_shows_its_defaults():
    """The help names every option with its default."""
    text = " ".join(CliRunner().invoke(command, ["--help"]).output.split())

    for option, default in (("--tracks", 20), ("--frames", 10), ("--test-tracks", 5), ("--seed", 0)):
        assert option in text
        assert f"[default: {default}]" in text


def test_draw_refuses_a_taken_folder_with_a_sentence(tmp_path, monkeypatch, capsys):
    """The program exits with 1, prints one sentence and no traceback, and leaves the folder alone."""
    (tmp_path / "mine.txt").write_text("precious")
    monkeypatch.setattr(sys, "argv", ["roadsigns", "draw", str(tmp_path)])

    with pytest.raises(SystemExit) as stopped:
        main.main()

    error = capsys.readouterr().err
    assert stopped.value.code == 1
    assert error.startswith(f"roadsigns: {tmp_path} is there already")
    assert "Traceback" not in error
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
