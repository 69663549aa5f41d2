"""A fold without some classes: a network of the others is trained, and its labels are not those of the data set."""

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.cross_validation.left_out.folds import (
    require_unseen_classes,
    training_data,
    training_recipe,
    with_all_class_ids,
)
from roadsigns.cross_validation.left_out.metrics import compute_left_out_metrics
from roadsigns.cross_validation.left_out.scores_file import read_scores, scores_file
from roadsigns.cross_validation.run import cross_validate, opened_cross_validation
from roadsigns.cross_validation.settings import CrossSettings
from roadsigns.cross_validation.store import read_cross_validation
from roadsigns.datasets.folds import Fold, split_folds
from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.datasets.left_out import PARTITIONS, kept_classes
from roadsigns.errors import DataError, DataLeakageError, RunError
from roadsigns.evaluation.evaluate import predict_outputs
from roadsigns.evaluation.predictions import keep_top
from roadsigns.inference.recognizer import Recognizer
from roadsigns.loading.crops import Crops
from roadsigns.loading.load import load_prepared
from roadsigns.model_files.model_file import read_metadata
from roadsigns.recipe import load_recipe
from roadsigns.training import training_images
from roadsigns.types import DataSet, Sample, SignClass, TrackKey

PARTITION = PARTITIONS["GTSRB"]
LEFT_OUT = PARTITION.parts[1]
KEPT = kept_classes(43, LEFT_OUT)
SMALL = ("data.image_size=32", "training.epochs=1", "training.batch_size=16")


def settings(data, out, **options):
    """Of a cross-validation by a small recipe that leaves classes out."""
    return CrossSettings(data=data, out=out, recipe="tutorial", overrides=SMALL, leave_classes_out=True, **options)


@pytest.fixture(scope="module")
def fold(drawn_data):
    """The second of four, by group."""
    splits = split_folds(drawn_data.samples, folds=4, by="group", seed=0)
    return Fold(2, 4, "group", 0, splits[1])


@pytest.fixture(scope="module")
def trained(drawn_folder, tmp_path_factory):
    """This fold, really trained for an epoch, with its model."""
    out = tmp_path_factory.mktemp("cross") / "out"
    assert cross_validate(settings(drawn_folder, out, keep_models=True), only_fold=2)
    return out


def test_fold_trains_on_the_other_classes_in_its_training_tracks(drawn_data, fold):
    """No image of a class that is left out, and none of a track that the fold holds."""
    data, remaining = training_data(drawn_data, fold, PARTITION)

    assert len(data.classes) == 32
    assert remaining.record == fold.record
    assert {KEPT[sample.class_id] for sample in data.samples} == set(KEPT)
    held_out = {(sample.class_id, sample.track) for sample in fold.split.validation}
    assert not held_out & {(KEPT[sample.class_id], sample.track) for sample in remaining.split.train}


def test_signs_of_classes_that_are_left_out_do_not_stand_beside_negatives(drawn_data, fold, monkeypatch):
    """Also where the known signs are real images alone."""
    shown = []

    def load_negatives(recipe, designs, *_, **__):
        shown.extend(sign.name for sign in designs.classes)
        return Crops.collect([], recipe.data.as_preparation()), np.empty(0, np.int32)

    monkeypatch.setattr(training_images, "load_negatives", load_negatives)
    data, remaining = training_data(drawn_data, fold, PARTITION)
    recipe = load_recipe("tutorial", ["data.image_size=32", "negatives.share=0.2"])

    training_images.load_images(recipe, data, remaining.split, seed=0, cache_folder=None)

    assert shown == [GTSRB_CLASSES[class_id].name for class_id in KEPT]


def test_corruptions_are_refused_where_classes_are_left_out(drawn_folder, tmp_path):
    """Before anything is made: the network has other labels."""
    with raises(RunError, problem="Images with corruptions are not predicted where classes are left out"):
        cross_validate(settings(drawn_folder, tmp_path / "out", corruptions=True))
    assert list(tmp_path.iterdir()) == []


def test_negatives_of_own_classes_show_none_that_is_left_out():
    """Nor one of the others; drawings of GTSRB's own classes are never among them."""
    recipe = load_recipe("fine-tune", ["negatives.leave_out=stop"])
    own = DataSet((), (SignClass(0, "duck"), SignClass(1, "zebra crossing"), SignClass(2, "206")), "own")

    assert training_recipe(recipe, own).negatives.leave_out == ("stop", "zebra crossing", "206")
    assert training_recipe(recipe, DataSet((), GTSRB_CLASSES, "GTSRB")) == recipe


def test_labels_of_the_network_become_class_ids(drawn_data, fold):
    """Label 12 of 32 is another sign than class 12 of 43."""
    samples = [sample for sample in fold.split.validation if sample.class_id in KEPT]
    right = np.eye(len(KEPT), dtype=np.float32)[[KEPT.index(sample.class_id) for sample in samples]]
    predictions = keep_top(samples, right)

    mapped = with_all_class_ids(predictions, fold, PARTITION, num_classes=43)

    assert not mapped.wrong.any()
    assert mapped.class_ids[:, 0].tolist() == [sample.class_id for sample in samples]
    assert not set(mapped.class_ids.ravel().tolist()) & set(LEFT_OUT)
    assert mapped.full is None


def test_trained_network_knows_the_other_classes_and_no_track_of_the_fold(trained, fold):
    """Its file says so."""
    metadata = read_metadata(trained / "fold-2" / "model.keras")

    assert [sign.name for sign in metadata.classes] == [GTSRB_CLASSES[class_id].name for class_id in KEPT]
    seen = {TrackKey(KEPT[key.class_id], key.track) for key in metadata.trained_on}
    assert len(seen) > 32
    assert not seen & {sample.track_key for sample in fold.split.validation}


def test_every_image_of_the_fold_is_read_by_that_network(trained, fold):
    """Those of the classes left out too, whose class is never right; scores are those of the model."""
    predictions = read_cross_validation(trained, left_out=True).parts[2]
    model = trained / "fold-2" / "model.keras"
    prepared = load_prepared(fold.split.validation, read_metadata(model).as_preparation(), cache_folder=None)
    probabilities = predict_outputs(Recognizer.load(model), prepared.crops)

    expected = np.array(KEPT)[probabilities.argmax(axis=1)]
    assert predictions.class_ids[:, 0].tolist() == expected.tolist()
    assert predictions.labels.tolist() == [sample.class_id for sample in fold.split.validation]
    assert predictions.wrong[np.isin(predictions.labels, LEFT_OUT)].all()
    scores = read_scores(scores_file(trained, 2), predictions)
    np.testing.assert_allclose(scores["max-softmax"], probabilities.max(axis=1), rtol=1e-6)


def test_images_of_classes_left_out_are_the_unknown_ones(trained, fold):
    """And the others the known ones; the figures are of this fold alone."""
    result = compute_left_out_metrics(read_cross_validation(trained, left_out=True))

    (only,) = result.folds
    unknown = sum(sample.class_id in LEFT_OUT for sample in fold.split.validation)
    (score,) = only.scores
    assert (only.fold, score.unknown_images) == (2, unknown)
    assert score.known_images == len(fold.split.validation) - unknown
    assert {kind.kind for kind in score.kinds} <= {GTSRB_CLASSES[class_id].name for class_id in LEFT_OUT}


def test_finished_fold_is_not_trained_again(trained, drawn_folder, monkeypatch):
    """As in any cross-validation."""
    monkeypatch.setattr("roadsigns.training.train.run_training", None)

    assert cross_validate(settings(drawn_folder, trained), only_fold=2)


@pytest.mark.parametrize("classes", [8, 10, 12])
def test_folds_that_cannot_be_judged_are_refused_before_any_training(classes, tmp_path):
    """With two signs in each class, some folds hold none of the classes that they leave out."""
    signs = tuple(SignClass(number, f"sign {number}") for number in range(classes))
    samples = tuple(
        Sample(tmp_path / "data" / f"{sign.class_id}" / f"{track}.png", sign.class_id, track=str(track))
        for sign in signs
        for track in range(2)
    )
    asked = settings(tmp_path / "data", tmp_path / "out")

    with (
        raises(DataError, problem="holds no image of the classes that it leaves out", hint="--seed", subject="data"),
        opened_cross_validation(asked, data_set=DataSet(samples, signs, "own")),
    ):
        pass

    assert not (tmp_path / "out").exists()


def test_model_that_knows_the_classes_cannot_be_fine_tuned(drawn_data):
    """It has seen the signs that are to be unknown."""
    with raises(DataLeakageError, problem="43 classes", hint="random weights", subject="best"):
        require_unseen_classes(load_recipe("fine-tune", ["model.init=best"]), drawn_data)


def test_model_of_other_classes_can_be_fine_tuned(three_signs, tiny_model):
    """One of the three is named after a class of GTSRB."""
    recipe = load_recipe("fine-tune", [f"model.init={tiny_model}"])
    with raises(DataLeakageError, problem="1 class", subject="model.keras"):
        require_unseen_classes(recipe, three_signs)

    renamed = [type(sign)(sign.class_id, f"our {sign.name}") for sign in three_signs.classes]
    require_unseen_classes(recipe, type(three_signs)(three_signs.samples, tuple(renamed), "own"))
    require_unseen_classes(load_recipe("tutorial", []), three_signs)
