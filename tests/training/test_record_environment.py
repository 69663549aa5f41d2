"""What a run was started with."""

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
