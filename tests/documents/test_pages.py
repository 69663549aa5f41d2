"""The pages are current, short of line, and lead somewhere."""

import re
import subprocess
import sys

import click
import pytest
from fixtures.documents import DOCS, DOCUMENTS, ROOT, blocks_of, command_lines

from roadsigns.cli.main import COMMANDS, group

EXPERIMENTS = sorted((DOCS / "experiments").glob("[0-9]*.md"))
LONGEST_LINE = 130
GENERATED = ("commands.md", "corruptions.md", "recipes.md", "rules.md", "formats.md")
INLINE_COMMAND = re.compile(r"`(roadsigns [^`]+)`")


def markdown_files():
    """Every Markdown file that is in the repository or about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).exists()]


@pytest.fixture
def generator(monkeypatch):
    """The module that makes the reference pages."""
    monkeypatch.syspath_prepend(DOCS)
    import generate

    yield generate
    for name in [name for name in sys.modules if name.partition(".")[0] in ("generate", "formats")]:
        sys.modules.pop(name)


def test_generated_pages_are_current(generator):
    """What the source says today stands in docs/reference; `make docs` writes it."""
    pages = generator.pages()

    assert sorted(pages) == sorted(GENERATED)
    for name, text in pages.items():
        assert (DOCS / "reference" / name).read_text() == text, f"{name} is not current: run `make docs`"


@pytest.mark.parametrize("name", GENERATED)
def test_every_cell_of_a_generated_table_has_a_text(name):
    """An option, a key or a field that nobody has described leaves an empty cell."""
    rows = [line for line in (DOCS / "reference" / name).read_text().splitlines() if line.startswith("|")]

    assert rows
    for row in rows:
        cells = re.split(r"(?<!\\)\|", row)[1:-1]
        assert all(cell.strip(" `") for cell in cells), row


def test_lines_are_short():
    """At most 130 characters, but in tables, in blocks of code, and where a link cannot be broken."""
    long = []
    for path in markdown_files():
        text = re.sub(r"^```.*?^```$", lambda block: "\n" * block[0].count("\n"), path.read_text(), flags=re.M | re.S)
        long += [
            f"{path.relative_to(ROOT)}:{number}"
            for number, line in enumerate(text.splitlines(), 1)
            if len(line) > LONGEST_LINE and not line.startswith("|") and "](" not in line
        ]

    assert long == []


def test_readme_is_short():
    """A hundred lines."""
    assert len((ROOT / "README.md").read_text().splitlines()) <= 100


def test_relative_links_lead_somewhere():
    """No document points to a file that is not there."""
    for path in markdown_files():
        text = re.sub(r"^```.*?^```$", "", path.read_text(), flags=re.M | re.S)
        for target in re.findall(r"\]\((?!https?:|#)([^)#\s]+)", text):
            assert (path.parent / target).exists(), f"{path.name}: {target}"


def test_architecture_names_files_that_are_there():
    """By their path in the repository or in the package, or by its end."""
    there = {
        *(path.relative_to(ROOT).as_posix() for path in ROOT.glob("*")),
        *(
            path.relative_to(ROOT).as_posix()
            for folder in ("bench", "docs", "src", "tests")
            for path in (ROOT / folder).rglob("*")
        ),
    }
    named = re.findall(r"`([\w./-]+(?:/|\.(?:py|js|toml|csv|md)))`", (ROOT / "ARCHITECTURE.md").read_text())

    assert len(named) > 200
    ends = {"/".join(parts[start:]) for parts in (path.split("/") for path in there) for start in range(len(parts))}
    assert [name for name in named if name.rstrip("/") not in ends] == []


def documented_commands():
    """Every command line of ours in the documents, also those that are not run, with where it stands."""
    for path in DOCUMENTS:
        for block in blocks_of(path):
            shown = block.text.replace("$ ", "")
            lines = [line for line in shown.replace("\\\n", " ").splitlines() if line.startswith("roadsigns ")]
            yield from ((path.name, words) for line in lines for words in command_lines(line))
        for match in INLINE_COMMAND.finditer(path.read_text()):
            yield path.name, match[1].split()


def test_documented_commands_exist():
    """Each names a command and options that it has; of those that run, their blocks show that they work."""
    count = 0
    for page, line in documented_commands():
        words = [word for word in line[1:] if word not in ("...", "--debug", "...\n")]
        if not words or words[0].startswith("-") or words[0] in ("COMMAND", "NAME"):
            continue
        assert words[0] in COMMANDS, f"{page}: {line}"
        command = group.get_command(click.Context(group), words[0])
        known = {name for parameter in command.params for name in parameter.opts} | {"-h", "--help"}
        options = {word.partition("=")[0] for word in words[1:] if word.startswith("--")}
        assert options <= known, f"{page}: {line}"
        count += 1
    assert count > 50


@pytest.mark.parametrize("page", EXPERIMENTS, ids=lambda page: page.name)
def test_page_of_an_experiment_is_short_and_in_the_index(page):
    """Five sections, at most 60 lines, title and link in the index."""
    lines = page.read_text().splitlines()

    sections = [line.removeprefix("## ") for line in lines if line.startswith("## ")]
    assert sections == ["Motivation", "What was done", "Result", "Conclusion", "Command"]
    assert len(lines) <= 60
    title = lines[0].removeprefix("# ").replace(":", "", 1)
    assert f"[{title}]({page.name})" in (page.parent / "index.md").read_text()


def test_experiments_are_numbered_without_gaps():
    """From 0001, oldest first."""
    assert [page.name[:4] for page in EXPERIMENTS] == [f"{number:04}" for number in range(1, len(EXPERIMENTS) + 1)]


def test_records_of_runs_stay_small():
    """At most 2 MB in all."""
    assert sum(path.stat().st_size for path in (DOCS / "runs").rglob("*") if path.is_file()) <= 2_000_000
