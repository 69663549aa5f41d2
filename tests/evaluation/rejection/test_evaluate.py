"""Known and unknown images in one evaluation: what cannot be done is said before the model reads anything."""

import pytest
from fixtures.errors import raises
from PIL import Image

from roadsigns.errors import DataError, ModelError
from roadsigns.evaluation.evaluate import evaluate
from roadsigns.evaluation.rejection import evaluate as module
from roadsigns.evaluation.rejection.evaluate import evaluate_unknown, with_judgements


@pytest.fixture(scope="module")
def scenes(tmp_path_factory):
    """Thirteen scenes of noise without a sign. Not to be changed."""
    folder = tmp_path_factory.mktemp("scenes")
    for number in range(13):
        Image.effect_noise((320, 300), 80).convert("RGB").save(folder / f"{number:05d}.png")
    (folder / "gt.txt").write_text("00000.ppm;0;0;20;20;1\n")
    return folder


def test_known_images_are_evaluated_as_ever_beside_unknown_and_background(
    track_model, drawn_folder, unknown_signs, scenes
):
    """One judgement for each, in JSON under one key."""
    evaluation, judgements = evaluate_unknown(
        track_model, drawn_folder, split="validation", unknown=unknown_signs, background=scenes, windows=30
    )
    plain = evaluate(track_model, drawn_folder, split="validation")

    assert evaluation.as_dict() == plain.as_dict()
    assert [(one.source, len(one.images)) for one in judgements] == [("unknown", 8), ("background", 30)]
    assert judgements[1].results[0].interval.unknown_unit == "scene"
    values = with_judgements(evaluation, judgements)
    assert [one["source"] for one in values["unknown"]] == ["unknown", "background"]
    assert with_judgements(plain, ()) == plain.as_dict()


def test_what_cannot_be_judged_is_refused_before_the_model_reads(
    track_model, drawn_folder, unknown_signs, tmp_path, monkeypatch
):
    """An evaluation takes minutes."""
    monkeypatch.setattr(module, "evaluate", None)

    with raises(DataError, problem="no images"):
        evaluate_unknown(track_model, drawn_folder, unknown=tmp_path)
    with raises(DataError, problem="no gt.txt"):
        evaluate_unknown(track_model, drawn_folder, background=tmp_path)
    with raises(ModelError, problem="'known' cannot be computed", expected="max-softmax"):
        evaluate_unknown(track_model, drawn_folder, unknown=unknown_signs, score="known")
