"""What is no prediction is told apart from a file that is missing."""

from pathlib import Path

import pytest
from fixtures.audits import write_cross_validation
from fixtures.errors import raises

from roadsigns.errors import RunError


@pytest.mark.parametrize("name", ["best", "gtsrb-fast-v7", "detector"])
def test_name_of_a_built_in_model_is_no_prediction(tmp_path, data, read, monkeypatch, name):
    """It is told apart from a file that is missing; a cross-validation may be called so."""
    monkeypatch.chdir(tmp_path)
    with raises(RunError, problem="This is a model", expected="have not seen", subject=name):
        read(Path(name), data)

    write_cross_validation(tmp_path / name, data)

    assert read(Path(name), data).made_by


def test_what_is_no_prediction_is_refused(tmp_path, data, read):
    """A model, nothing, another file, a run folder, a file of class ids that the data do not have."""
    (tmp_path / "model.onnx").write_bytes(b"x")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "model.keras").write_bytes(b"x")
    for name in ("model.onnx", "run"):
        with raises(RunError, problem="This is a model", expected="have not seen", subject=name):
            read(tmp_path / name, data)
    with raises(RunError, problem="There is no such file", hint="roadsigns cross-validate"):
        read(tmp_path / "gone", data)
    (tmp_path / "notes.txt").write_text("x")
    with raises(RunError, problem="not predictions"):
        read(tmp_path / "notes.txt", data)
    (tmp_path / "large.csv").write_text("image,class_id,track,class_1,probability_1\nbus/0_0.png,0,0,99,1\n")
    with raises(RunError, problem="class 99", expected="0 to 4"):
        read(tmp_path / "large.csv", data)
    (tmp_path / "empty.csv").write_text("image,class_id,track,class_1,probability_1\n")
    with raises(RunError, problem="no prediction"):
        read(tmp_path / "empty.csv", data)
