"""The figures of classes left out: for each fold, by class, and their mean."""

import json

import pytest
from fixtures.errors import raises

from roadsigns.cross_validation.comparing.sides import read_sides
from roadsigns.cross_validation.left_out.metrics import compute_left_out_metrics
from roadsigns.cross_validation.store import read_cross_validation
from roadsigns.datasets.left_out import PARTITIONS
from roadsigns.errors import RunError
from roadsigns.evaluation.rejection.metrics import RejectionFigures


def metrics_of(folder):
    return compute_left_out_metrics(read_cross_validation(folder, left_out=True))


def test_folds_have_figures_of_their_own(left_out_folder, fooling_class):
    """Only the third leaves the class out by which the model is fooled."""
    result = metrics_of(left_out_folder)

    aurocs = [fold.scores[0].figures.auroc for fold in result.folds]
    third = result.folds[2].scores[0]
    assert [aurocs[number] for number in (0, 1, 3)] == [1, 1, 1]
    share = third.kinds[0].images / third.unknown_images
    assert aurocs[2] == third.figures.auroc == pytest.approx(1 - share)
    assert (third.kinds[0].kind, third.kinds[0].accepted) == (fooling_class.name, 1)
    assert third.figures.accepted == pytest.approx(share)
    assert [fold.errors for fold in result.folds] == [0, 0, 0, 0]
    assert [len(fold.left_out) for fold in result.folds] == [11, 11, 11, 10]


def test_mean_is_that_of_the_folds(left_out_folder):
    """Each counts alike, however many images it holds."""
    result = metrics_of(left_out_folder)
    (mean,) = result.mean

    for figure in ("auroc", "fpr95", "accepted"):
        values = [getattr(fold.scores[0].figures, figure) for fold in result.folds]
        assert getattr(mean, figure) == pytest.approx(sum(values) / 4)
    assert isinstance(mean.by_track, RejectionFigures)


def test_json_says_which_folds_are_there(write_left_out, tmp_path):
    """And by which division classes were left out."""
    result = metrics_of(write_left_out(tmp_path / "out", finished=(2, 4)))
    values = json.loads(json.dumps(result.as_dict(), allow_nan=False))

    assert (values["complete"], values["partition"], values["all_folds"]) == (False, "gtsrb-1", 4)
    assert [fold["fold"] for fold in values["folds"]] == [2, 4]
    assert values["mean"][0]["score"] == "max-softmax"


def test_record_names_the_classes_that_are_left_out(left_out_folder):
    """So that a later version, or somebody else, can repeat it."""
    values = json.loads((left_out_folder / "cross-validation.json").read_text())

    assert values["left_out"] == [list(part) for part in PARTITIONS["GTSRB"].parts]
    assert read_cross_validation(left_out_folder, left_out=True).record.left_out == PARTITIONS["GTSRB"].parts


def test_without_a_finished_fold_there_are_no_figures(write_left_out, tmp_path):
    """Nothing to average."""
    with raises(RunError, problem="No fold is finished"):
        metrics_of(write_left_out(tmp_path / "out", finished=()))


def test_folder_is_no_cross_validation_on_all_classes(left_out_folder, write_cross, three_signs, tmp_path):
    """Its models cannot read every image, so its accuracy says nothing; nor the other way round."""
    plain = write_cross(tmp_path / "plain", three_signs)

    with raises(RunError, problem="without some classes", expected="without --leave-classes-out"):
        read_sides(left_out_folder, plain, corruptions=False)
    with raises(RunError, problem="on all classes", expected="with --leave-classes-out"):
        metrics_of(plain)
