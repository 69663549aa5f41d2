"""Numbers as arguments of the command line."""

import click
import pytest
from click.testing import CliRunner

from roadsigns.cli import main
from roadsigns.cli.shared.number import FiniteFloatRange


@pytest.mark.parametrize("text", ["nan", "-nan", "inf", "-inf", "-0.1", "two"])
def test_what_is_no_number_of_the_range_is_refused(text):
    with pytest.raises(click.BadParameter):
        FiniteFloatRange(0).convert(text, None, None)


def test_number_of_the_range_is_taken():
    assert FiniteFloatRange(0, 2).convert("0.5", None, None) == 0.5


@pytest.mark.parametrize(
    "arguments",
    [
        ["group", "signs", "--threshold", "nan"],
        ["serve", "--batch-wait-ms", "nan"],
        ["serve", "--answer-seconds", "nan"],
    ],
    ids=" ".join,
)
def test_no_option_takes_nan(arguments):
    result = CliRunner().invoke(main.group, arguments)

    assert result.exit_code == 2
    assert "nan is not in the range" in result.stderr
