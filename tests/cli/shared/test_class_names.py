"""The option --classes: a data set, or a text file of names; whatever is neither is refused with the reason."""

import click
import pytest
from click.testing import CliRunner
from fixtures.errors import raises

from roadsigns.cli.shared.class_names import class_names_option
from roadsigns.errors import RunError


@click.command()
@class_names_option("Names.")
def show(classes):
    click.echo("|".join(classes or ["none"]))


def given(path, content):
    path.write_bytes(content)
    return CliRunner().invoke(show, ["--classes", str(path)])


@pytest.mark.parametrize(
    "content",
    [
        b"stop\ngive way",
        b"stop\ngive way\n\n",
        b"stop \r\ngive way\r\n",
        b"\xef\xbb\xbfstop\ngive way\n",
    ],
    ids=["plain", "blank lines at the end", "of Windows", "byte order mark"],
)
def test_names_are_the_lines_of_a_file(tmp_path, content):
    assert given(tmp_path / "names.txt", content).stdout == "stop|give way\n"


def test_data_set_has_its_own_names():
    assert CliRunner().invoke(show, ["--classes", "GTSRB"]).stdout.startswith("speed limit 20|speed limit 30|")


def test_without_the_option_there_are_none():
    assert CliRunner().invoke(show, []).stdout == "none\n"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (b"\x89PNG\r\n\x1a\n", "is not text"),
        (b"stop\0\0\1\n", "is not text"),
        ("stop\n".encode("utf-16"), "is not text"),
        (b"stop\n\ngive way\n", "line 2 is blank"),
        (b"stop\ngive way\nstop\n", "lines 1 and 3 are both 'stop'"),
        (b"sign\n" * 10_001, "10,001 lines"),
    ],
)
def test_file_without_names_is_refused(tmp_path, content, problem):
    with raises(RunError, problem=problem, expected="one class name per line", subject="names.txt"):
        raise given(tmp_path / "names.txt", content).exception


def test_folder_and_nothing_are_refused(tmp_path):
    for path, problem in ((tmp_path, "Is a directory"), (tmp_path / "nothing", "No such file")):
        with raises(RunError, problem=problem, expected="gtsrb, or a text file"):
            raise CliRunner().invoke(show, ["--classes", str(path)]).exception
