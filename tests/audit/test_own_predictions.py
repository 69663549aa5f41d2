"""An audit without predictions makes its own: trained, kept, and gone on with."""

import shutil

import pytest
from fixtures.errors import raises

from roadsigns.audit import own_predictions
from roadsigns.audit.own_predictions import FOLDER, predict_out_of_fold
from roadsigns.cross_validation import fold_trainer as module
from roadsigns.errors import DataError, OutputError, RunError
from roadsigns.synthesis.dataset import draw_dataset

SMALL = ("data.image_size=32", "training.epochs=1", "training.batch_size=4")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Two classes of three drawn signs, two frames each."""
    drawn = tmp_path_factory.mktemp("drawn") / "gtsrb"
    draw_dataset(drawn, tracks=3, frames=2, test_tracks=0, seed=0)
    folder = drawn.parent / "own"
    for number, name in (("00013", "give way"), ("00017", "no entry")):
        (folder / name).mkdir(parents=True)
        for image in (drawn / "Final_Training" / "Images" / number).glob("*.ppm"):
            shutil.copy(image, folder / name)
    return folder


def predict(data, out, **options):
    return predict_out_of_fold(data, out, **{"recipe": "tutorial", "overrides": SMALL, "use_cache": False} | options)


def test_every_image_is_predicted_once_and_nothing_is_trained_twice(data, tmp_path, monkeypatch, capsys):
    """The second call finds what the first has left."""
    first = predict(data, tmp_path / "out")
    monkeypatch.setattr(module.FoldTrainer, "_train", lambda *_: pytest.fail("trained again"))
    second = predict(data, tmp_path / "out")

    assert len(first.samples) == 12
    assert (first.probabilities == second.probabilities).all()
    assert "2-fold cross-validation by (class, track)" in first.made_by
    assert "2 networks of the recipe tutorial are trained" in capsys.readouterr().err
    assert (tmp_path / "out" / FOLDER / "cross-validation.json").is_file()


@pytest.mark.parametrize(
    ("recipe", "overrides", "added"),
    [
        ("fast", (), ("data.train_on=real",)),
        ("fast", ("drawing.templates=signs",), ()),
        ("tutorial", (), ()),
    ],
)
def test_own_classes_are_learned_without_drawings(data, tmp_path, monkeypatch, recipe, overrides, added):
    """Nobody has drawn them, unless templates are given; what draws nothing is left as it is."""
    given = []
    monkeypatch.setattr(own_predictions, "cross_validate", lambda settings: given.append(settings.overrides))

    assert predict(data, tmp_path / "out", recipe=recipe, overrides=overrides) is None
    assert given == [(*overrides, *added)]


def test_what_cannot_be_divided_is_an_error(data, tmp_path):
    """Fewer signs than folds, and a single class: nothing is left behind."""
    with raises(DataError):
        predict(data, tmp_path / "out", folds=20)
    shutil.copytree(data / "give way", tmp_path / "one" / "give way")
    with raises(DataError):
        predict(tmp_path / "one", tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_folder_of_another_cross_validation_is_refused(data, tmp_path, monkeypatch):
    """With other options it would not be the same predictions. Inside the data nothing is written at all."""
    monkeypatch.setattr(module.FoldTrainer, "finish", lambda *_: True)
    with raises(RunError, problem="No fold is finished"):
        predict(data, tmp_path / "out")
    with raises(RunError):
        predict(data, tmp_path / "out", seed=3)
    with raises(OutputError, problem="in the data folder"):
        predict(data, data / "out")
