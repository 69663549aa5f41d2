"""A cross-validation that leaves classes out, as it would be if networks told known signs as they are told to."""

import numpy as np
import pytest

from roadsigns.cross_validation.left_out.folds import with_all_class_ids, write_fold_scores
from roadsigns.cross_validation.record import describe_cross_validation, write_record
from roadsigns.cross_validation.store import fold_file
from roadsigns.datasets.folds import Fold, split_folds
from roadsigns.datasets.left_out import kept_classes, partition_of
from roadsigns.datasets.registry import spec_of
from roadsigns.evaluation.predictions import keep_top
from roadsigns.evaluation.predictions_csv import write_predictions
from roadsigns.recipe import load_recipe, to_toml


@pytest.fixture(scope="session")
def write_left_out(drawn_data):
    """Write finished folds: known images get a probability of 0.9 for their class, those left out 0.5 for another."""

    def write(folder, *, finished=(1, 2, 3, 4), fooled=()):
        """Left-out images of the class ids `fooled` get 0.95."""
        partition = partition_of(spec_of(drawn_data.classes))
        splits = split_folds(drawn_data.samples, folds=4, by="group", seed=0)
        folds = [Fold(number, 4, "group", 0, split) for number, split in enumerate(splits, start=1)]
        folder.mkdir()
        recipe = to_toml(load_recipe("tutorial", []))
        record = describe_cross_validation(
            drawn_data, folds, recipe_name="tutorial", recipe=recipe, seed=0, partition=partition
        )
        write_record(record, folder)
        for fold in folds:
            if fold.number not in finished:
                continue
            kept = kept_classes(43, partition.parts[fold.number - 1])
            rows = np.empty((len(fold.split.validation), len(kept)), np.float32)
            for row, sample in zip(rows, fold.split.validation, strict=True):
                known = sample.class_id in kept
                best = 0.9 if known else 0.95 if sample.class_id in fooled else 0.5
                row[:] = (1 - best) / (len(kept) - 1)
                row[kept.index(sample.class_id) if known else sample.class_id % len(kept)] = best
            predictions = keep_top(fold.split.validation, rows, unknown=np.empty((len(rows), 0), np.float32))
            write_fold_scores(predictions, fold, folder)
            predictions = with_all_class_ids(predictions, fold, partition, num_classes=43)
            write_predictions(predictions, fold_file(folder, fold.number))
        return folder

    return write


@pytest.fixture(scope="session")
def fooling_class(drawn_data):
    """A class that the third fold leaves out, and of which it holds images."""
    held = {sample.class_id for sample in split_folds(drawn_data.samples, folds=4, by="group", seed=0)[2].validation}
    return drawn_data.classes[min(held & set(partition_of(spec_of(drawn_data.classes)).parts[2]))]


@pytest.fixture(scope="session")
def left_out_folder(write_left_out, fooling_class, tmp_path_factory):
    """All four folds; the model is fooled by signs of one class. Not to be changed."""
    return write_left_out(tmp_path_factory.mktemp("cross") / "out", fooled=(fooling_class.class_id,))
