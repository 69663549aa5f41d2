"""The command itself: light, documented, and short in its errors."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from roadsigns import __version__
from roadsigns.__main__ import main as start
from roadsigns.cli.main import COMMANDS, group, main
from roadsigns.cli.shared.output_file import OutputFile
from roadsigns.errors import DataError
from roadsigns.recipe import recipe_names, recipe_text

MAIN = "from roadsigns.cli.main import main; main()"
HEAVY = {"keras", "tensorflow", "jax", "torch", "matplotlib", "onnx", "onnxruntime", "openvino"}
# Runs the code given, and then says which heavy packages it has loaded.
LOADED = """
import sys
try:
    {code}
except SystemExit as stopped:
    assert stopped.code == 0, stopped.code
print("loaded:", *sorted({heavy!r} & sys.modules.keys()), file=sys.stderr)
"""


def call(*arguments, **options):
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", MAIN, *map(str, arguments)], capture_output=True, text=True, check=False, **options
    )


def loaded_by(code, *arguments):
    """Return what a process has printed, and the heavy packages that it has loaded."""
    program = LOADED.format(code=code, heavy=HEAVY)
    result = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return result.stdout, result.stderr.splitlines()[-1].removeprefix("loaded:").split()


@pytest.fixture
def run(monkeypatch):
    """Run the command here; returns its exit status."""

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["roadsigns", *map(str, arguments)])
        with pytest.raises(SystemExit) as stopped:
            main()
        return stopped.value.code

    return run


def test_every_file_that_a_command_replaces_is_told_in_its_help():
    """One wording: an option that names a file to write replaces an earlier one."""
    options = [
        option
        for name in COMMANDS
        for option in group.get_command(None, name).params
        if isinstance(option.type, OutputFile)
    ]

    assert len(options) >= 5
    assert [option.name for option in options if "to write or replace" not in option.help] == []


def test_no_help_and_no_recipe_points_to_a_file_that_pip_does_not_install():
    """The folder docs is in the repository alone."""
    helps = [group.get_command(None, name).get_help(click.Context(group.get_command(None, name))) for name in COMMANDS]
    texts = [*helps, *(recipe_text(name) for name in recipe_names())]

    assert [text for text in texts if "docs/" in text] == []


def test_version_is_the_packages(run, capsys):
    """One line."""
    assert run("--version") == 0
    assert capsys.readouterr().out == f"roadsigns, version {__version__}\n"


def test_help_lists_every_command(run, capsys):
    """With a line each."""
    assert run("--help") == 0
    output = " ".join(capsys.readouterr().out.split())

    for name, meaning in COMMANDS.items():
        assert f"{name} {meaning}" in output


def test_import_loads_nothing_heavy():
    """Not even NumPy."""
    _, loaded = loaded_by("import roadsigns; assert 'numpy' not in sys.modules")

    assert loaded == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["models"],
        ["recipes"],
        ["recipes", "tutorial"],
        *([name, "--help"] for name in COMMANDS),
    ],
    ids=" ".join,
)
def test_help_and_lists_load_nothing_heavy(arguments):
    """They answer at once."""
    output, loaded = loaded_by(MAIN, *arguments)

    assert output
    assert loaded == []


def test_recognizer_is_imported_when_first_used():
    """`from roadsigns import Recognizer`, and Keras only when a model is loaded."""
    _, loaded = loaded_by("from roadsigns import Recognizer; assert callable(Recognizer.load)")

    assert loaded == []


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command_works(run, capsys, name):
    """It says how to call it and what it does."""
    assert run(name, "--help") == 0
    output = capsys.readouterr().out

    assert output.startswith(f"Usage: roadsigns {name} ")
    assert len(output.splitlines()) > 4


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["predict", "nowhere.png"], "roadsigns: nowhere.png: No such file or folder."),
        (["recipes", "tutorail"], "roadsigns: There is no recipe 'tutorail'. Did you mean 'tutorial'?"),
        (["predict", __file__, "--model", "huge"], "roadsigns: There is no model 'huge'."),
    ],
)
def test_error_is_a_sentence_and_status_1(run, capsys, arguments, sentence):
    """On standard error; no traceback."""
    assert run(*arguments) == 1
    captured = capsys.readouterr()

    assert captured.out == ""
    assert captured.err.startswith(sentence)
    assert len(captured.err.splitlines()) == 1


@pytest.mark.parametrize("arguments", [["--debug", "predict", "nowhere.png"], ["predict", "nowhere.png", "--debug"]])
def test_debug_shows_the_traceback(arguments):
    """For those who look for the cause; before or after the command."""
    result = call(*arguments)

    assert result.returncode == 1
    assert "Traceback (most recent call last)" in result.stderr
    assert f"{DataError.__name__}: nowhere.png" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "message"), [(["predikt"], "No such command 'predikt'"), (["models", "--jsn"], "No such option")]
)
def test_wrong_usage_is_status_2(run, capsys, arguments, message):
    assert run(*arguments) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["predict", ""], "The argument is empty"),
        (["predict", "a.png", ""], "The argument is empty"),
        (["predict", "a.png", "--model", ""], "The argument after --model is empty"),
        (["predict", "a.png", "--out="], "The value of --out is empty"),
        (["train", "--data", ""], "The argument after --data is empty"),
        (["recipes", ""], "The argument is empty"),
        (["check", ""], "The argument is empty"),
    ],
)
def test_empty_argument_is_wrong_usage(run, capsys, arguments, message):
    """It would otherwise be the current folder, or the default."""
    assert run(*arguments) == 2
    assert message in capsys.readouterr().err


def test_override_may_set_an_empty_text(run, capsys, tmp_path):
    """Its value is text, no name."""
    assert run("draw", tmp_path / "signs", "--tracks", 0, "--set=drawing.templates=") == 1
    assert "tracks" in capsys.readouterr().err


def test_interrupt_is_a_word_and_status_130(run, capsys, monkeypatch):
    """Ctrl-C is no crash."""

    def interrupt():
        raise KeyboardInterrupt

    monkeypatch.setattr("roadsigns.recipe.recipe_names", interrupt)

    assert run("recipes") == 130
    # Click ends the line on which the terminal shows ^C.
    assert capsys.readouterr().err.strip() == "roadsigns: stopped."


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", [["recipes", "tutorial"], ["models"], ["models", "--json"], ["--help"]])
def test_reader_that_has_gone_is_no_crash(arguments, unbuffered):
    """`roadsigns recipes tutorial | head -1`."""
    reading, writing = os.pipe()
    os.close(reading)
    result = subprocess.run(
        [sys.executable, "-c", MAIN, *arguments],
        env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)

    assert (result.returncode, result.stderr) == (141, "")


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", [["recipes"], ["models"], ["models", "--json"], ["--help"]])
def test_full_standard_output_is_a_sentence_and_status_1(arguments, unbuffered):
    """`roadsigns recipes > /dev/full`."""
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-c", MAIN, *arguments],
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert result.returncode == 1
    assert result.stderr == "roadsigns: The output cannot be written: No space left on device.\n"


@pytest.mark.parametrize("arguments", [["recipes"], ["models", "--json"], ["predict", "a.png"], ["--version"]])
def test_closed_standard_output_is_a_sentence_and_status_1(arguments):
    """`roadsigns recipes >&-`."""
    result = closed(*arguments)

    assert (result.returncode, result.stderr) == (
        1,
        "roadsigns: Standard output is closed, so the result would be lost.\n",
    )


def test_closed_standard_output_does_not_matter_to_what_is_written(tmp_path):
    """With --out, and to commands that write files."""
    (tmp_path / "a.ppm").write_bytes(b"P6 40 40 255\n" + bytes(4800))

    assert closed("predict", tmp_path / "a.ppm", "--out", tmp_path / "a.csv").returncode == 0
    assert (tmp_path / "a.csv").is_file()
    assert closed("draw", tmp_path / "signs", "--tracks", 1, "--frames", 1, "--test-tracks", 0).returncode == 0


def closed(*arguments):
    """Run the command with standard output closed."""
    shell = 'exec "$@" >&-'
    command = ["sh", "-c", shell, "sh", sys.executable, "-c", MAIN, *map(str, arguments)]
    return subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)


@pytest.mark.parametrize("arguments", [["train", "--data", "d"], ["draw", "signs"]])
def test_current_folder_that_was_deleted_is_named(tmp_path, arguments):
    """Rather than a file that nobody asked for."""
    (tmp_path / "gone").mkdir()
    shell = f'cd "{tmp_path}/gone" && rmdir "{tmp_path}/gone" && exec "$@"'
    result = subprocess.run(
        ["sh", "-c", shell, "sh", sys.executable, "-c", MAIN, *arguments], capture_output=True, text=True, check=False
    )

    assert result.returncode == 1
    assert result.stderr == "roadsigns: The current folder no longer exists. Change to another one.\n"


def test_interrupt_while_the_command_is_imported_is_quiet(monkeypatch):
    """Ctrl-C just after the start."""

    class Interrupted:
        def find_spec(self, name, *_):
            if name == "roadsigns.cli.main":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "roadsigns.cli.main")
    monkeypatch.setattr(sys, "meta_path", [Interrupted(), *sys.meta_path])

    with pytest.raises(SystemExit) as stopped:
        start()
    assert stopped.value.code == 130


def test_names_do_not_reach_the_terminal_as_commands(run, capsys):
    """Nor where an error names them."""
    assert run("evaluate", "a\x1b[31m\x07", "--data", "data") == 1

    assert "a\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}" in capsys.readouterr().err


def test_unexpected_error_of_the_system_is_a_sentence_with_its_file(run, capsys, monkeypatch):
    def fail():
        raise OSError(5, "Input/output error", "a.toml")

    monkeypatch.setattr("roadsigns.recipe.recipe_names", fail)

    assert run("recipes") == 1
    assert capsys.readouterr().err == "roadsigns: a.toml: Input/output error. With --debug, the traceback is shown.\n"
    with pytest.raises(OSError, match="Input/output error"):
        run("recipes", "--debug")
