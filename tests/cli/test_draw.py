"""`roadsigns draw`: writes a data folder and says so, or says why not."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from fixtures.errors import raises

import roadsigns
from roadsigns.cli import main
from roadsigns.cli.draw import command
from roadsigns.datasets.reader import read_training
from roadsigns.errors import DataError, OutputError


def draw(destination, *options, tracks=1, frames=1):
    """Run the command. Gives its result and {file: bytes} of the images it drew."""
    result = CliRunner().invoke(
        command, [str(destination), "--tracks", str(tracks), "--frames", str(frames), *map(str, options)]
    )
    return result, {str(path.relative_to(destination)): path.read_bytes() for path in destination.rglob("*.ppm")}


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

    for option, default in (
        ("--tracks", 20),
        ("--frames", 10),
        ("--test-tracks", 5),
        ("--seed", 0),
        ("--recipe", "tutorial"),
    ):
        assert option in text
        assert f"[default: {default}]" in text
    assert "--templates DIR" in text
    assert "--set KEY=VALUE" in text


def test_draw_refuses_a_taken_folder_with_a_sentence(tmp_path, monkeypatch, capsys):
    """The program exits with 1, prints one sentence and no traceback, and leaves the folder alone."""
    (tmp_path / "mine.txt").write_text("precious")
    monkeypatch.setattr(sys, "argv", ["roadsigns", "draw", str(tmp_path)])

    with pytest.raises(SystemExit) as stopped:
        main.main()

    error = capsys.readouterr().err
    assert stopped.value.code == 1
    assert error.startswith(f"roadsigns: {tmp_path}: This folder is not empty.")
    assert "Traceback" not in error
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_templates_are_drawn_without_a_test_set(tmp_path, template_folder):
    """The default of five test tracks does not get in the way; what is written is a data folder of one's own."""
    result, images = draw(tmp_path / "own", "--templates", template_folder, tracks=2, frames=3)

    assert result.exit_code == 0
    assert result.stdout == f"Wrote 18 images of 3 classes to {tmp_path / 'own'}.\n"
    assert len(images) == 18
    assert [sign.name for sign in read_training(tmp_path / "own").classes] == ["Bus", "sign 2", "sign 10"]


def test_requested_test_tracks_are_refused_for_templates(tmp_path, template_folder):
    result, images = draw(tmp_path / "own", "--templates", template_folder, "--test-tracks", 5)

    assert isinstance(result.exception, DataError)
    assert "no test set" in result.exception.problem
    assert "0 test tracks" in result.exception.hint
    assert not images


def test_templates_may_stand_in_the_recipe(tmp_path, template_folder):
    """As in a training; the option overrides them."""
    recipe = tmp_path / "mine.toml"
    recipe.write_text(f'[drawing]\ntemplates = "{template_folder}"\nnoise = 0\n')

    by_recipe, images = draw(tmp_path / "a", "--recipe", recipe)
    by_option, same = draw(tmp_path / "b", "--templates", template_folder, "--set", "drawing.noise=0")
    other, _ = draw(tmp_path / "c", "--recipe", recipe, "--templates", template_folder / "sign 10")

    assert by_recipe.exit_code == by_option.exit_code == other.exit_code == 0
    assert images == same
    assert sorted(path.name for path in (tmp_path / "c").iterdir()) == ["a", "b", "drawn-signs.txt"]


def test_settings_change_the_images(tmp_path, template_folder):
    """Each `--set` is heeded, and the same settings draw the same again."""
    plain, jpeg, noisy, again = (
        draw(tmp_path / name, "--templates", template_folder, *levers)[1]
        for name, levers in {
            "plain": (),
            "jpeg": ("--set", "drawing.jpeg_probability=1"),
            "noisy": ("--set", "drawing.jpeg_probability=1", "--set", "drawing.noise=50"),
            "again": ("--set", "drawing.jpeg_probability=1"),
        }.items()
    )

    assert plain.keys() == jpeg.keys() == noisy.keys()
    assert jpeg == again
    for name in plain:
        assert len({plain[name], jpeg[name], noisy[name]}) == 3


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (["--set", "drawing.dirtt=0"], r"Unknown key 'drawing.dirtt' in tutorial. Did you mean 'dirt'?"),
        (["--set", "drawing.dirt=2"], "'drawing.dirt' in tutorial is 2"),
        (["--recipe", "tutorail"], "There is no recipe 'tutorail'. Did you mean 'tutorial'?"),
        (["--templates", "nowhere"], "nowhere: The folder of templates does not exist."),
        (["--set", "drawing.templates=nowhere"], "nowhere: The folder of templates does not exist."),
        (["--tracks", "0"], "'tracks' is 0. Expected at least 1."),
    ],
)
def test_what_cannot_be_drawn_is_refused_before_anything_is_written(tmp_path, monkeypatch, capsys, options, reason):
    """One sentence, status 1, nothing left behind."""
    monkeypatch.setattr(sys, "argv", ["roadsigns", "draw", str(tmp_path / "signs"), *options])

    with pytest.raises(SystemExit) as stopped:
        main.main()

    assert stopped.value.code == 1
    assert capsys.readouterr().err.startswith(f"roadsigns: {reason}")
    assert list(tmp_path.iterdir()) == []


def wait_until(condition, *, seconds):
    """Wait for something that happens in another process."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def members_of(session):
    """The processes of a session that are running."""
    members = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # Behind the name, which may hold anything: state, parent, group, session.
            state, _, _, its_session = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(its_session) == session and state != "Z":
                members.append(entry.name)
    return members


@pytest.mark.parametrize(
    ("number", "send", "status"), [(signal.SIGINT, os.killpg, 130), (signal.SIGTERM, os.kill, 143)]
)
def test_signal_leaves_neither_files_nor_processes(tmp_path, template_folder, number, send, status):
    """In the middle of drawing with several processes. A terminal tells all of them of Ctrl-C, `kill` the first."""
    code = """
import os, sys
os.sched_getaffinity = lambda pid: {0, 1}
from roadsigns.cli.main import main
main()
"""
    arguments = ["draw", tmp_path / "signs", "--templates", template_folder, "--tracks", "5000"]
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        wait_until(lambda: sum(1 for _ in tmp_path.rglob("*.ppm")) > 100, seconds=60)
        assert len(members_of(process.pid)) > 2

        send(process.pid, number)
        output, errors = process.communicate(timeout=30)
    finally:
        process.kill()

    assert process.returncode == status
    assert errors.strip().splitlines()[-1] == "roadsigns: stopped."
    assert "Traceback" not in errors
    assert output == ""
    assert list(tmp_path.iterdir()) == []
    wait_until(lambda: not members_of(process.pid), seconds=20)


def test_nothing_is_drawn_into_the_template_folder(tmp_path, template_folder):
    """The next drawing would take it for a class."""
    destination = template_folder / "signs"

    for call in (
        lambda: CliRunner().invoke(command, [str(destination), "--templates", str(template_folder)]).exception,
        lambda: roadsigns.draw_dataset(destination, templates=template_folder),
    ):
        with raises(OutputError, problem="in the template folder", hint="another folder", subject="signs"):
            raise call()
    assert not destination.exists()


def test_scenes_are_written_in_the_layout_of_gtsdb(tmp_path):
    """One line says how many, with how many signs."""
    destination = tmp_path / "streets"
    result = CliRunner().invoke(command, [str(destination), "--scenes", "1", "--seed", "3"])

    labelled = len((destination / "gt.txt").read_text().splitlines())
    others = len((destination / "others.txt").read_text().splitlines())
    assert result.exit_code == 0, result.output
    assert result.stdout == f"Wrote 1 scene with {labelled} labelled signs and {others} others to {destination}.\n"
    assert (destination / "00000.png").is_file()


@pytest.mark.parametrize("option", ["--tracks", "--frames", "--test-tracks", "--templates"])
def test_scenes_refuse_what_is_for_single_signs(tmp_path, option):
    result = CliRunner().invoke(command, [str(tmp_path / "streets"), "--scenes", "1", option, "5"])

    assert result.exit_code == 2
    assert f"--scenes and {option} cannot be combined" in result.output
    assert not (tmp_path / "streets").exists()


def test_scenes_refuse_a_recipe_with_templates(tmp_path, template_folder):
    result = CliRunner().invoke(
        command, [str(tmp_path / "streets"), "--scenes", "1", "--set", f"drawing.templates={template_folder}"]
    )

    assert result.exit_code == 2
    assert "signs of GTSRB's classes" in result.output
