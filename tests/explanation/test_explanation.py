"""An image explained, from its file."""

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.errors import ImageError
from roadsigns.explanation.explain import explain
from roadsigns.explanation.explanation import explain_image
from roadsigns.preprocessing.decode import read_image
from roadsigns.preprocessing.prepare import prepare_crop


@pytest.fixture(scope="module")
def sample(drawn_folder):
    """A drawn sign with its box."""
    from roadsigns.datasets.reader import read_training

    return next(sample for sample in read_training(drawn_folder).samples if sample.class_id == 14)


def test_explanation_is_of_the_prepared_sign_and_its_prediction(tiny, sample):
    """The same as step by step."""
    prepared = prepare_crop(read_image(sample.path), tiny.preparation, sample.box)

    explanation = explain_image(tiny, sample.path, box=sample.box, top_k=3)

    np.testing.assert_array_equal(explanation.prepared, prepared)
    assert explanation.prediction.class_id == tiny.predict_one(sample.path, box=sample.box).class_id
    assert len(explanation.prediction.top_k) == 3
    assert explanation.explained == tiny.classes[explanation.prediction.class_id]
    np.testing.assert_array_equal(explanation.heat_map.values, explain(tiny, prepared).values)
    assert explanation.picture().shape[2] == 3


def test_another_class_can_be_explained(tiny, sample):
    """What would have spoken for it."""
    explanation = explain_image(tiny, sample.path, box=sample.box, class_id=17)

    assert explanation.explained.name == "no entry"
    assert explanation.prediction.class_id == 14
    assert explanation.heat_map.class_id == 17


def test_tutorials_preparation_is_explained_too(drawn_folder):
    """It gives floats."""
    from roadsigns.inference.recognizer import Recognizer

    tutorial = Recognizer.load("tutorial-augmented", engine="onnxruntime")
    path = min(drawn_folder.glob("Final_Test/Images/*.ppm"))

    explanation = explain_image(tutorial, path)

    assert explanation.prepared.dtype == np.uint8
    assert explanation.heat_map.values.max() == 1


def test_image_that_does_not_decode_is_an_error_that_names_it(tiny, tmp_path):
    """Like that of a prediction."""
    path = tmp_path / "a.png"
    path.write_bytes(b"no image")

    with pytest.raises(ImageError) as caught:
        explain_image(tiny, path)

    with raises(ImageError, problem=caught.value.problem, subject=str(path)):
        tiny.predict_one(path)
    assert caught.value.subject == str(path)
