"""What a run was started with."""

import sys
from dataclasses import replace

from fixtures.errors import raises

from roadsigns.datasets.reader import read_training
from roadsigns.errors import RunError
from roadsigns.training.record_environment import DataRecord, record_environment
from roadsigns.training.run_folder import RunFolder


def test_a_run_without_a_checkpoint_is_not_resumed_with_other_data_either(drawn_folder, tmp_path):
    """Stopped in its first epoch, it is already about its data."""
    data_set = read_training(drawn_folder)
    run = RunFolder(tmp_path)
    options = {"name": "tutorial-augmented", "seed": 7, "precision": "float32", "initial": None, "teacher": None}
    record_environment(run, DataRecord.of(data_set), **options)

    record_environment(run, DataRecord.of(data_set), **options)
    with raises(RunError, problem="the data changed"):
        record_environment(run, DataRecord.of(replace(data_set, samples=data_set.samples[1:])), **options)
    with raises(RunError, problem="(was float32, now mixed_bfloat16)"):
        record_environment(run, DataRecord.of(data_set), **{**options, "precision": "mixed_bfloat16"})


def test_a_resumed_run_keeps_how_it_was_started(drawn_folder, tmp_path, monkeypatch):
    """And says when, how and where it went on."""
    data, run = DataRecord.of(read_training(drawn_folder)), RunFolder(tmp_path)
    options = {"name": "tutorial-augmented", "seed": 7, "precision": "float32"}
    monkeypatch.setattr(sys, "argv", ["roadsigns", "train"])
    record_environment(run, data, **options)
    monkeypatch.setattr(sys, "argv", ["roadsigns", "train", "--resume"])

    for times in (1, 2):
        record_environment(run, data, **options)

        record = run.read_json("environment.json")
        assert record["command"] == ["roadsigns", "train"]
        assert [one["command"][-1] for one in record["resumed"]] == ["--resume"] * times


def test_the_folder_is_the_one_that_holds_all_images(drawn_folder):
    """Of images of one class in a flat folder, that folder; never one above."""
    data = read_training(drawn_folder)
    one_class = replace(data, samples=tuple(sample for sample in data.samples if sample.class_id == 3))

    assert DataRecord.of(data).folder == str(drawn_folder / "Final_Training" / "Images")
    assert DataRecord.of(one_class).folder == str(drawn_folder / "Final_Training" / "Images" / "00003")
