"""What the documents tell people to type exists."""

import os
import re
import shlex
from pathlib import Path

import click
import nbformat
import pytest
from click.testing import CliRunner
from nbclient import NotebookClient

from roadsigns.cli.main import COMMANDS, group

ROOT = Path(__file__).parent.parent
OWN_SIGNS = ROOT / "docs" / "own-signs"
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
EXPERIMENTS = sorted((ROOT / "docs" / "experiments").glob("[0-9]*.md"))
COMMAND_LINE = re.compile(r"`(roadsigns [^`]+)`|^(?:\$ )?(roadsigns .+)$", re.MULTILINE)


def command_lines():
    """Every `roadsigns ...` in the documents, with where it stands."""
    for path in DOCUMENTS:
        for match in COMMAND_LINE.finditer(path.read_text().replace("\\\n", " ")):
            yield path.name, (match[1] or match[2]).replace("\n", " ")


@pytest.mark.parametrize(("document", "line"), sorted(set(command_lines())))
def test_documented_command_lines_are_understood(document, line):
    """Each names a command that exists, with options that it has."""
    words = [word for word in shlex.split(line.split(" # ")[0])[1:] if word != "..."]
    words = [word for word in words if word != "--debug"]
    if words[0].startswith("-") or words[0] == "COMMAND":
        return
    assert words[0] in COMMANDS, f"{document}: {line}"
    command = group.get_command(click.Context(group), words[0])
    known = {name for parameter in command.params for name in parameter.opts} | {"-h", "--help"}
    options = {word.partition("=")[0] for word in words[1:] if word.startswith("-")}
    assert options <= known, f"{document}: {line}"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_is_documented(name):
    """The page of commands has a heading for each."""
    headings = re.findall(r"^## (.+)$", (ROOT / "docs" / "commands.md").read_text(), re.MULTILINE)

    assert name in ", ".join(headings).split(", ")


def test_python_block_of_the_readme_runs(tmp_path, monkeypatch, drawn_folder):
    """The README's Python works on a picture of that name."""
    from roadsigns.preprocessing.decode import read_image

    block = re.search(r"```python\n(.+?)```", (ROOT / "README.md").read_text(), re.DOTALL)[1]
    pixels = read_image(next((drawn_folder / "Final_Test" / "Images").glob("*.ppm")))
    from PIL import Image

    Image.fromarray(pixels).save(tmp_path / "sign.png")
    monkeypatch.chdir(tmp_path)

    exec(compile(block, "README.md", "exec"), {})


def test_relative_links_lead_somewhere():
    """No document points to a file that is not there."""
    for path in [*DOCUMENTS, *ROOT.glob("*.md")]:
        for target in re.findall(r"\]\((?!http)([^)#]+)", path.read_text()):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


@pytest.mark.parametrize("page", EXPERIMENTS, ids=lambda page: page.name)
def test_page_of_an_experiment_is_short_and_in_the_index(page):
    """Five sections, at most 60 lines of at most 130 characters (tables may be wider), title and link in the index."""
    lines = page.read_text().splitlines()

    sections = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
    assert sections == ["Motivation", "What was done", "Result", "Conclusion", "Command"]
    assert len(lines) <= 60
    assert all(len(line) <= 130 for line in lines if not line.startswith("|"))
    title = lines[0].removeprefix("# ").replace(":", "", 1)
    assert f"[{title}]({page.name})" in (page.parent / "index.md").read_text()


def test_experiments_are_numbered_without_gaps():
    """From 0001, oldest first."""
    assert [page.name[:4] for page in EXPERIMENTS] == [f"{number:04}" for number in range(1, len(EXPERIMENTS) + 1)]


def test_records_of_runs_stay_small():
    """At most 2 MB in all."""
    assert sum(path.stat().st_size for path in (ROOT / "docs" / "runs").rglob("*") if path.is_file()) <= 2_000_000


def test_notebook_runs_on_drawn_signs(tmp_path, monkeypatch):
    """The notebook runs from the first cell to the last without the real images, and is committed without output."""
    path = ROOT / "notebooks" / "tutorial.ipynb"
    notebook = nbformat.read(path, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    for name, value in {"NOTEBOOK_EPOCHS": "1", "NOTEBOOK_TRACKS": "2", "ROADSIGNS_CACHE": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("ROADSIGNS_GTSRB", raising=False)
    assert "ROADSIGNS_GTSRB" not in os.environ

    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()

    pictures = [
        output for cell in notebook.cells for output in cell.get("outputs", []) if "image/png" in output.get("data", {})
    ]
    assert len(pictures) >= 6


# Well lit, clean, near and sharp, so that a hundred steps are enough.
EASY = {
    "brightness_delta": 3.0,
    "hue_degrees": 2.0,
    "dirt": 0.2,
    "fading": 0.1,
    "sticker_probability": 0,
    "occlusion_probability": 0,
    "shadow_probability": 0,
    "glare_probability": 0,
    "neighbor_probability": 0,
    "motion": 0,
    "last_width": 120.0,
}
SHORT = {
    "data.split": "none",
    "data.train_on": "real",
    "training.epochs": 3,
    "training.epoch_fraction": 1,
    "training.batch_size": 16,
    "augmentation.hue_degrees": 0,
}


def call(*arguments):
    """Run a command here."""
    result = CliRunner().invoke(group, [str(argument) for argument in arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.stderr


def set_all(values):
    """`--set` for each of them."""
    return [word for key, value in values.items() for word in ("--set", f"{key}={value}")]


def test_own_signs_are_learned_from_drawings_alone(tmp_path):
    """As docs/own-signs.md has it, in small: signs of another seed are read far above random guessing, one in six."""
    from roadsigns.evaluation.evaluate import evaluate

    levers = set_all({f"drawing.{name}": value for name, value in EASY.items()})
    for folder, tracks, seed in (("mine", 30, 0), ("fresh", 10, 1)):
        options = ["--templates", OWN_SIGNS, "--tracks", tracks, "--frames", 3, "--seed", seed, *levers]
        call("draw", tmp_path / folder, *options)

    call("train", "--data", tmp_path / "mine", "--recipe", "fast", "--run", tmp_path / "run", *set_all(SHORT))

    evaluation = evaluate(tmp_path / "run", tmp_path / "fresh", split="all")
    assert len(evaluation.labels) == 180
    assert not evaluation.leakage
    assert evaluation.metrics.accuracy > 0.8


def test_commands_of_fine_tuning_do_what_their_document_says(tmp_path, monkeypatch):
    """On drawn signs in the folders that it names: 12 pictures of each of six, and of six others that judge."""
    from roadsigns.evaluation.evaluate import evaluate
    from roadsigns.model_files.model_file import read_metadata

    monkeypatch.chdir(tmp_path)
    levers = set_all({f"drawing.{name}": value for name, value in EASY.items()})
    for folder, tracks, seed in (("my-signs", 4, 0), ("other-signs", 6, 1)):
        call("draw", folder, "--templates", OWN_SIGNS, "--tracks", tracks, "--frames", 3, "--seed", seed, *levers)
    text = (ROOT / "docs" / "fine-tuning.md").read_text()
    block = next(block for block in re.findall(r"```\n(.+?)```", text, re.DOTALL) if block.startswith("roadsigns"))

    for line in block.splitlines():
        call(*shlex.split(line)[1:])

    assert {path.name for path in tmp_path.iterdir()} == {"my-signs", "other-signs", "runs", "mine.onnx"}
    assert read_metadata(tmp_path / "mine.onnx").ancestors[0].model == "gtsrb-best-v4"
    evaluation = evaluate(tmp_path / "runs" / "mine", tmp_path / "other-signs", split="all")
    assert not evaluation.leakage
    assert evaluation.metrics.accuracy > 0.7


def test_own_signs_are_the_files_that_their_document_lists():
    """Each in its place, and no other."""
    text = (ROOT / "docs" / "own-signs.md").read_text()
    block = re.search(r"^own-signs/\n(.+?)```", text, re.DOTALL | re.MULTILINE)[1]
    listed = re.findall(r"^  (\S.*?\.svg)", block, re.MULTILINE)

    assert sorted(listed) == sorted(str(path.relative_to(OWN_SIGNS)) for path in OWN_SIGNS.rglob("*.*"))
