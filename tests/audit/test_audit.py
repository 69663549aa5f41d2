"""The audit of a data folder, from files to suspects."""

import json
import shutil

import pytest
from fixtures.audits import NAMES, truth_of, write_cross_validation, write_tracks

from roadsigns.audit.audit import audit_samples, summary
from roadsigns.audit.evidence.read import read_evidence
from roadsigns.datasets.reader import read_training

# What stands in the folder as another class than it shows.
WRONG = {"stop/0_0.png": 0} | {f"yield/1_{frame}.png": 2 for frame in range(5)}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Each class has 10 signs; one image of a bus is called stop, and a whole sign `go` is called yield."""
    folder = write_tracks(tmp_path_factory.mktemp("audit") / "signs", tracks=10)
    for name in WRONG:
        (folder / name).unlink()
    shutil.copy(folder / "bus" / "3_0.png", folder / "stop" / "90_0.png")
    for frame in range(5):
        (folder / "go" / f"4_{frame}.png").rename(folder / "yield" / f"91_{frame}.png")
    return folder


TRUTH = {"stop/90_0.png": 0} | {f"yield/91_{frame}.png": 2 for frame in range(5)}


@pytest.fixture(scope="module")
def audit(data):
    cross = write_cross_validation(data.parent / "cross", data, wrong=TRUTH, no_sign={"ferry/2_2.png"})
    return audit_samples(data, read_evidence(cross, read_training(data), data))


def test_planted_faults_are_found(audit):
    """The image, the track, the box, and the copy that `check` finds; nothing else."""
    found = {number: [one.paths[0] for one in suspects] for number, suspects in audit.by_rule.items() if number < "RS5"}

    assert found["RS204"] == ["ferry/2_2.png"]
    assert found["RS303"] == ["bus/3_0.png"]
    assert found["RS401"] == ["stop/90_0.png"]
    assert [path.split("_")[0] for path in found["RS402"]] == ["yield/91"]
    assert set(found) <= {"RS204", "RS303", "RS401", "RS402", "RS403"}
    assert [one.suggested for one in audit.by_rule["RS401"] + audit.by_rule["RS402"]] == [0, 2]


def test_image_that_does_not_decode_is_told(tmp_path):
    """Its prediction was made when it still did; nothing is said of its pixels."""
    data = write_tracks(tmp_path / "signs")
    cross = write_cross_validation(tmp_path / "cross", data)
    (data / "bus" / "0_0.png").write_bytes(b"x")

    result = audit_samples(data, read_evidence(cross, read_training(data), data))

    assert any(note.startswith("1 image cannot be decoded") for note in result.notes)


def test_errors_are_what_is_certain(audit):
    """The copy. All else is a suspicion."""
    assert audit.errors == 1
    (copy,) = audit.by_rule["RS303"]
    assert [audit.classes[one].name for one in (copy.class_id, copy.other_class_id)] == ["bus", "stop"]
    assert audit.warnings == len(audit.suspects) - 1


def test_data_that_decode_get_no_note_on_it(audit):
    assert not any("decoded" in note for note in audit.notes)


def test_nothing_in_the_data_is_changed(data, audit):
    """The same files, of the same age."""
    before = {path: path.stat().st_mtime_ns for path in data.rglob("*")}

    audit_samples(data, read_evidence(data.parent / "cross", read_training(data), data))

    assert {path: path.stat().st_mtime_ns for path in data.rglob("*")} == before


def test_json_holds_everything(data, audit):
    """As plain values, with names of classes and paths as they were given."""
    values = json.loads(json.dumps(audit.as_dict(), allow_nan=False))

    (suspect,) = [one for one in values["suspects"] if one["rule"] == "RS401"]
    assert suspect["paths"][0] == str(data / "stop" / "90_0.png")
    assert (suspect["name"], suspect["suggested_name"], suspect["level"]) == ("stop", "bus", "warning")
    assert values["images"] == values["predicted"] == len(read_training(data).samples)
    assert (values["errors"], values["warnings"]) == (audit.errors, audit.warnings)


def test_summary_says_by_what_it_was_judged(audit):
    """And how well the networks read the images."""
    assert "2-fold cross-validation" in summary(audit)
    assert "% are read as labelled" in summary(audit)


def test_data_of_one_class_have_no_suspected_label(tmp_path):
    """Of one class there is nothing to confuse; the check says that as an error."""
    data = write_tracks(tmp_path / "signs", classes=("stop",))
    cross = write_cross_validation(tmp_path / "cross", data)

    audit = audit_samples(data, read_evidence(cross, read_training(data), data))

    assert audit.errors == 1
    assert set(audit.by_rule) == {"RS501", "RS506"}


def test_three_images_are_audited(tmp_path):
    """Few as they are, nothing fails, and it is said that they are few."""
    data = write_tracks(tmp_path / "signs", classes=NAMES[:3], tracks=2, frames=1)
    for name in NAMES[:3]:
        (data / name / "1_0.png").unlink()
    cross = write_cross_validation(tmp_path / "cross", data, folds=3)
    evidence = read_evidence(cross, read_training(data), data)

    audit = audit_samples(data, evidence)

    assert truth_of(read_training(data)) == evidence.labels.tolist()
    assert len(audit.by_rule["RS506"]) == 3


def test_class_of_a_single_sign_is_told_with_its_number_and_its_images(tmp_path):
    """As a class of few signs is, and not in a heading of many classes."""
    data = write_tracks(tmp_path / "signs")
    for path in (data / "ferry").glob("*.png"):
        if not path.name.startswith("0_"):
            path.unlink()
    cross = write_cross_validation(tmp_path / "cross", data)

    (one,) = audit_samples(data, read_evidence(cross, read_training(data), data)).by_rule["RS504"]

    assert (NAMES[one.class_id], one.images) == ("ferry", 5)
    assert one.reason.startswith("'ferry' shows a single physical sign: it can train or validate, not both.")
