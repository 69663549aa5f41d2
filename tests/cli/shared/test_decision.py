"""Options of decisions: shares are numbers strictly between 0 and 1, and nothing is decided by default."""

import click
import pytest
from click.testing import CliRunner

from roadsigns.cli.shared.decision import coverage_option, keep_option, tell_rule, tell_threshold
from roadsigns.inference.decide import DecisionRule


@click.command()
@keep_option
@coverage_option
def show(keep, coverage):
    click.echo(f"{keep} {coverage}")


def test_shares_are_given_as_numbers():
    result = CliRunner().invoke(show, ["--keep", "0.95", "--coverage", "0.999"])

    assert result.stdout == "0.95 0.999\n"


def test_without_them_the_model_decides_which_share():
    assert CliRunner().invoke(show, []).stdout == "None None\n"


@pytest.mark.parametrize("share", ["0", "1", "2", "-0.5", "nan", "inf", "99%"])
@pytest.mark.parametrize("option", ["--keep", "--coverage"])
def test_anything_else_is_refused_with_the_name_of_the_option(option, share):
    """No threshold keeps all signs, and no set of classes is sure to hold the truth."""
    result = CliRunner().invoke(show, [option, share])

    assert result.exit_code == 2
    assert option in result.stderr
    assert share.removesuffix("%") in result.stderr


@pytest.mark.parametrize(("kept", "keep"), [(0.9, 0.9), (0.99, None)])
def test_a_share_that_is_kept_as_asked_for_is_not_told(kept, keep, capsys):
    tell_rule(DecisionRule((), threshold=0.5, quantile=0.5, keep=kept), keep)

    assert capsys.readouterr() == ("", "")


def test_another_share_than_asked_for_is_told_on_standard_error(capsys):
    tell_rule(DecisionRule((), threshold=0.5, quantile=0.5, keep=0.9), 0.85)

    expected = "The model has no threshold that keeps 85 % of the known signs; the one used keeps 90 %.\n"
    assert capsys.readouterr() == ("", expected)


def test_a_model_without_thresholds_is_told(capsys):
    """Silence would let its names be taken for decisions."""
    tell_rule(DecisionRule(()), None)

    assert "no thresholds" in capsys.readouterr().err


def test_a_model_without_prediction_sets_is_told(capsys):
    """Its "known" is no promise."""
    tell_rule(DecisionRule((), threshold=0.5), None)

    assert capsys.readouterr() == ("", "The model has no prediction sets, so it calls no sign uncertain.\n")


def test_a_threshold_is_told_with_what_it_keeps(capsys):
    tell_threshold(DecisionRule((), threshold=0.5, keep=0.9))

    expected = "Signs with a known score below 50.0000 % are unknown: this threshold keeps 90 % of the known signs.\n"
    assert capsys.readouterr() == ("", expected)


def test_nothing_is_told_of_a_threshold_that_is_not_there(capsys):
    tell_threshold(DecisionRule(()))

    assert capsys.readouterr() == ("", "")
