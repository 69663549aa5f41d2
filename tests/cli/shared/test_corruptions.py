"""`roadsigns evaluate --corruptions`: its options reach the evaluation, and mean nothing without it."""

import json

import pytest
from click.testing import CliRunner
from fixtures.errors import raises

from roadsigns.cli.evaluate import command
from roadsigns.errors import DataError


def invoke(*arguments):
    return CliRunner().invoke(command, [*map(str, arguments), "--no-cache"])


def test_json_is_one_object_with_what_was_asked_for(drawn_folder):
    """Progress and names go elsewhere."""
    result = invoke(
        *("fast", "--data", drawn_folder, "--corruptions", "--kinds", "motion blur, JPEG", "--limit", 9, "--frames", 3),
        *("--seed", 4, "--baseline", "best", "--json"),
    )

    assert result.exit_code == 0, result.output
    values = json.loads(result.stdout)
    assert [kind["kind"] for kind in values["kinds"]] == ["motion blur", "JPEG"]
    assert (values["images"], values["limit"], values["frames"], values["seed"]) == (9, 9, 3, 4)
    assert values["baseline"] == "gtsrb-best-v9"


def test_table_and_folder_of_a_run(tmp_path, tiny_run, drawn_folder):
    """The report lies beside the others of the run, and is named on standard error."""
    run = tmp_path / "run"
    run.mkdir()
    (run / "model.keras").write_bytes((tiny_run / "model.keras").read_bytes())

    result = invoke(run, "--data", drawn_folder, "--corruptions", "--kinds", "fog", "--limit", 4, "--no-baseline")

    assert result.exit_code == 0, result.output
    assert "fog" in result.stdout
    assert "mCE" not in result.stdout
    assert {path.name for path in (run / "evaluation-test-corruptions").iterdir()} == {
        *("figures.json", "corruptions.csv", "corruptions.png")
    }
    assert str(run / "evaluation-test-corruptions") in result.stderr


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--kinds", "fog"),
        ("--frames", "2"),
        ("--limit", "5"),
        ("--baseline", "best"),
        ("--no-baseline", None),
    ],
)
def test_options_of_corruptions_are_refused_without_them(drawn_folder, option, value):
    """They would do nothing in silence."""
    result = invoke("fast", "--data", drawn_folder, *filter(None, (option, value)))

    assert result.exit_code == 2
    assert f"{option} is for --corruptions only" in result.stderr


def test_a_baseline_is_wanted_or_not(drawn_folder):
    result = invoke("fast", "--data", drawn_folder, "--corruptions", "--baseline", "best", "--no-baseline")

    assert result.exit_code == 2
    assert "--baseline and --no-baseline cannot be combined" in result.stderr


def test_unknown_kind_is_refused_before_the_data_are_read(tmp_path):
    with raises(DataError, problem="no kind of corruption 'rain'", expected="fog"):
        raise invoke("fast", "--data", tmp_path, "--corruptions", "--kinds", "fog,rain").exception


@pytest.mark.parametrize(("option", "value"), [("--unknown", "signs"), ("--keep", "0.9"), ("--windows", "5")])
def test_options_of_unknown_images_are_refused_with_them(drawn_folder, option, value):
    """Unknown images are not corrupted."""
    result = invoke("fast", "--data", drawn_folder, "--corruptions", option, value)

    assert result.exit_code == 2
    assert f"{option} and --corruptions cannot be combined" in result.stderr
