"""`roadsigns check`: a table or one JSON object on standard output, the rest on standard error, and a status."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest
from click.testing import CliRunner
from fixtures.errors import raises
from PIL import Image

from roadsigns.cli.check import command
from roadsigns.errors import DataError, OutputError

MAIN = "from roadsigns.cli.main import main; main()"


def save(path, seed):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (30, 40, 3), np.uint8)).save(path)


@pytest.fixture
def data(tmp_path):
    """Two classes of two images, without a fault."""
    for seed, name in enumerate(("go/a", "go/b", "stop/a", "stop/b")):
        save(tmp_path / "data" / f"{name}.png", seed)
    return tmp_path / "data"


def invoke(*arguments):
    return CliRunner().invoke(command, list(map(str, arguments)), standalone_mode=False)


def call(*arguments):
    """Run it in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", MAIN, "check", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def test_json_is_all_that_a_real_process_writes_to_standard_output(data, tmp_path):
    """One object on one line; where the files are is said elsewhere. Errors in the data are status 3."""
    (data / "stop" / os.fsdecode(b"\xff.png")).write_bytes(b"")

    result = call(data, "--json", "--out", tmp_path / "report")

    assert result.returncode == 3, result.stderr
    assert result.stdout.count("\n") == 1
    assert json.loads(result.stdout)["errors"] == 1
    assert str(tmp_path / "report") in result.stderr
    assert json.loads((tmp_path / "report" / "check.json").read_text()) == json.loads(result.stdout)


def test_status_is_0_without_errors_and_3_with_some(data):
    """A warning counts only where that is requested."""
    clean = invoke(data)
    (data / "stop" / "x.heic").touch()
    warned, strict = invoke(data), invoke(data, "--strict")
    (data / "stop" / "x.png").touch()
    faulty = invoke(data)

    assert [result.return_value for result in (clean, warned, strict, faulty)] == [0, 0, 3, 3]
    assert clean.stdout.splitlines()[-1] == "No problems found."
    assert "warning: ignored-files, 1" in warned.stdout
    assert "error: undecodable, 1" in faulty.stdout


def test_nothing_to_check_is_an_error_and_no_finding(data, tmp_path):
    """Status 1, as with every command; a program can tell the two apart."""
    shutil.rmtree(data / "go")
    shutil.rmtree(data / "stop")

    assert isinstance(invoke(data).exception, DataError)
    result = call(tmp_path / "gone", "--json")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith(f"roadsigns: The data folder {tmp_path / 'gone'} does not exist.")


def test_report_that_cannot_be_written_is_refused_before_anything_is_read(data, tmp_path, monkeypatch):
    """Half a minute of reading must not be lost to a wrong --out: in the data folder, or where a file stands."""
    monkeypatch.setattr("roadsigns.dataset_check.check.check_folder", lambda _: pytest.fail("it was read"))
    (tmp_path / "taken").write_text("mine")

    for out, problem in ((data / "report", "in the data folder"), (tmp_path / "taken", "not a folder")):
        with raises(OutputError, problem=problem, hint="--out", subject=str(out)):
            raise invoke(data, "--out", out).exception
    assert not (data / "report").exists()


def test_help_names_every_option_and_status():
    """With what they mean."""
    text = CliRunner().invoke(command, ["--help"]).output

    for word in ("--json", "--out", "--strict", "3 with errors", "Nothing in DATA is changed"):
        assert word in " ".join(text.split())


def test_findings_carry_the_number_of_their_rule(data):
    """In the table and in JSON, with the command that explains them."""
    (data / "stop" / "x.png").touch()

    shown, values = invoke(data).stdout, json.loads(invoke(data, "--json").stdout)

    assert "RS115 error: undecodable, 1" in shown
    assert "roadsigns check --explain RS115" in shown
    assert [finding["rule"] for finding in values["findings"]] == ["RS115"]


def test_rule_is_explained_without_data():
    """By number or name, several at once, each once."""
    result = invoke("--explain", "RS115", "--explain", "box-outside", "--explain", "RS115")

    assert [line for line in result.stdout.splitlines() if line.startswith("RS")] == [
        "RS115 undecodable (error)",
        "RS201 box-outside (error)",
    ]
    assert "Fix:  Copy it again" in result.stdout


def test_rules_are_explained_as_json():
    """For a program that shows them beside findings."""
    (rule,) = json.loads(invoke("--explain", "RS401", "--json").stdout)

    assert rule["number"] == "RS401"
    assert set(rule) == {"number", "kind", "level", "what", "why", "fix"}


def test_unknown_rule_is_wrong_usage_that_says_what_there_is(data):
    """Status 2. So are a rule beside DATA, and neither."""
    result = call("--explain", "RS999")

    assert (result.returncode, result.stdout) == (2, "")
    assert "There is no rule 'RS999'" in result.stderr
    assert "RS101 to RS125: files" in result.stderr
    beside, nothing = invoke(data, "--explain", "RS101").exception, invoke().exception
    assert "without DATA" in beside.message
    assert "DATA" in nothing.format_message()
