"""A trained model in use. The tiny model knows nothing; what is tested is the way of an image to its answer."""

import pickle
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, replace
from itertools import repeat

import numpy as np
import pytest
from fixtures.errors import raises
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.errors import DataError, ImageError, ModelError
from roadsigns.inference import batches
from roadsigns.inference.prediction import ClassProbability, Prediction
from roadsigns.inference.recognizer import Recognizer
from roadsigns.model_files import model_file
from roadsigns.model_files.model_file import METADATA_MEMBER, save_model
from roadsigns.preprocessing.crop import crop_sign
from roadsigns.preprocessing.decode import read_image
from roadsigns.preprocessing.prepare import Preparation, prepare


@pytest.fixture(scope="module", params=["onnxruntime", "openvino", "keras"])
def tiny(tiny_onnx, tiny_run, request):
    """A recognizer of the tiny model, in each engine, in float32 whatever the machine would choose."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("roadsigns.inference.engines.openvino_engine.gains_from_bfloat16", lambda: False)
        yield Recognizer.load(tiny_run if request.param == "keras" else tiny_onnx, engine=request.param)


def noise(height, width, seed=0):
    """An RGB image."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def assert_same(predictions, others):
    """The same answers, to the last digits of float32: a batch is not computed in the order of a single image."""
    for prediction, other in zip(predictions, others, strict=True):
        assert prediction.class_id == other.class_id
        assert prediction.probability == pytest.approx(other.probability, rel=1e-5)


def test_prediction_is_what_the_network_says_of_the_prepared_image(tiny, tiny_network, paths):
    """One image walked from file to name."""
    prepared = prepare(read_image(paths[0]), Preparation("tutorial", 32))
    probabilities = np.asarray(tiny_network(prepared[None]))[0]

    prediction = tiny.predict_one(paths[0])

    assert prediction.class_id == probabilities.argmax()
    assert prediction.name == GTSRB_CLASSES[prediction.class_id].name
    assert prediction.probability == pytest.approx(probabilities.max(), rel=1e-5)
    assert prediction.top_k == (ClassProbability(prediction.class_id, prediction.name, prediction.probability),)


def test_recognizer_knows_its_classes_and_metadata(tiny):
    """In label order."""
    assert tiny.classes == GTSRB_CLASSES
    assert tiny.metadata.epoch == 3


def test_paths_bytes_pillow_images_and_arrays_give_the_same(tiny, paths):
    """Whatever an image came as."""
    kinds = (
        [str(path) for path in paths],
        [path.read_bytes() for path in paths],
        [Image.open(path) for path in paths],
        [read_image(path) for path in paths],
        [paths[0], str(paths[1]), paths[2].read_bytes(), Image.open(paths[3]), *map(read_image, paths[4:])],
    )
    expected = tiny.predict(paths)

    for images in kinds:
        assert_same(tiny.predict(images), expected)


def test_array_of_equal_images_is_a_list_of_images(tiny):
    """Shape (count, height, width, 3)."""
    images = np.stack([noise(40, 50, seed) for seed in range(3)])

    assert_same(tiny.predict(images), tiny.predict(list(images)))


@settings(max_examples=10)
@given(st.lists(st.tuples(st.integers(2, 90), st.integers(2, 90)), max_size=6))
def test_images_of_mixed_sizes_are_answered_in_order(tiny, sizes):
    """Each as if it were alone; no image, no answer."""
    images = [noise(height, width, seed) for seed, (height, width) in enumerate(sizes)]

    assert_same(tiny.predict(images), [tiny.predict_one(image) for image in images])


def test_batches_follow_each_other(tiny, monkeypatch):
    """Two in each of the first ones, four in each of the rest."""
    images = [noise(30, 30, seed) for seed in range(8 * tiny.threads + 7)]
    expected = tiny.predict(images, top_k=2)
    monkeypatch.setattr(batches, "BATCH", 2)

    assert_same(tiny.predict(images, top_k=2), expected)


def test_box_takes_the_sign_out_of_its_image(tiny):
    """With GTSRB's margin; no box takes the whole image."""
    image = noise(200, 250)
    boxes = [(50, 40, 150, 120), None, (0, 0, 30, 30)]

    predictions = tiny.predict([image] * 3, boxes=boxes)

    assert_same(predictions, tiny.predict([crop_sign(image, boxes[0]), image, crop_sign(image, boxes[2])]))


@pytest.mark.parametrize("top_k", [1, 3, 43])
def test_top_k_are_the_most_probable_classes_best_first(tiny, top_k):
    """The first is the prediction; of all 43 the probabilities add up to 1."""
    prediction = tiny.predict_one(noise(48, 48), top_k=top_k)

    probabilities = [entry.probability for entry in prediction.top_k]
    assert len(prediction.top_k) == top_k
    assert probabilities == sorted(probabilities, reverse=True)
    assert len({entry.class_id for entry in prediction.top_k}) == top_k
    assert prediction.top_k[0] == ClassProbability(prediction.class_id, prediction.name, prediction.probability)
    if top_k == 43:
        assert sum(probabilities) == pytest.approx(1, abs=1e-5)


def test_top_k_beyond_the_classes_gives_all_of_them(tiny):
    """A model of two classes has no third."""
    assert len(tiny.predict_one(noise(48, 48), top_k=100).top_k) == 43


def test_results_are_plain_frozen_values(tiny):
    """Python's own numbers, which JSON knows."""
    prediction = tiny.predict_one(noise(48, 48))

    assert type(prediction.class_id) is int
    assert type(prediction.probability) is float
    assert isinstance(prediction, Prediction)
    with pytest.raises(FrozenInstanceError):
        prediction.class_id = 3


def test_image_that_does_not_decode_is_an_error(tiny, paths):
    """Of the first such image."""
    with raises(ImageError, problem="not in a known image format", subject="Image 1"):
        tiny.predict([paths[0], b"nothing", b""])


def test_box_outside_its_image_is_refused(tiny, paths):
    """The image is named."""
    with raises(ImageError, problem="0,0,5000,5", subject=str(paths[0])):
        tiny.predict_one(paths[0], box=(0, 0, 5000, 5))


def test_each_image_is_answered_though_others_fail(tiny, paths, monkeypatch):
    """Errors come as values, in their places, across batches."""
    monkeypatch.setattr(batches, "BATCH", 2)
    images = [b"", paths[0], paths[1], None, b"", paths[2], 5]

    answers = list(tiny.predict_each(images))

    assert [isinstance(answer, ImageError) for answer in answers] == [True, False, False, True, True, False, True]
    assert_same([answers[1], answers[2], answers[5]], tiny.predict(paths[:3]))
    assert answers[3].subject == "Image 3"


def test_image_in_a_broken_archive_is_an_error_like_others(tiny, paths, tmp_path):
    """The images after it are read."""
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 cut off")

    answers = list(tiny.predict_each([tmp_path / "broken.zip" / "a.png", paths[0]]))

    assert isinstance(answers[0], ImageError)
    assert "broken.zip" in answers[0].subject
    assert_same(answers[1:], tiny.predict(paths[:1]))


def test_images_are_read_a_few_batches_ahead(tiny, monkeypatch):
    """So that memory does not grow with their number, and in the calling thread: generators are not for several."""
    monkeypatch.setattr(batches, "BATCH", 2)
    read = []

    def images():
        for seed in range(40):
            read.append(threading.current_thread())
            yield noise(20, 20, seed)

    answers = tiny.predict_each(images())
    next(answers)

    assert len(read) <= 2 * (2 * tiny.threads + 1)
    assert len(list(answers)) == 39
    assert set(read) == {threading.current_thread()}


def test_unused_predictions_stop_the_work(tiny, monkeypatch):
    """A generator that is closed leaves no thread behind."""
    monkeypatch.setattr(batches, "BATCH", 2)
    answers = tiny.predict_each(repeat(noise(20, 20)))
    next(answers)

    answers.close()

    assert not [thread for thread in threading.enumerate() if thread.name.startswith("predict")]


def test_many_threads_get_their_own_answers(tiny):
    """Eight at once, with few images and with many."""
    images = [noise(20 + seed, 30, seed) for seed in range(40)]
    expected = tiny.predict(images, top_k=2)

    def work(start):
        count = 1 + 5 * (start % 8)
        return tiny.predict(images[start : start + count], top_k=2)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(work, range(40)))

    for start, result in enumerate(results):
        assert_same(result, expected[start : start + 1 + 5 * (start % 8)])


def test_unknown_engine_and_no_threads_are_refused(tiny_onnx):
    """With what there is."""
    with raises(ModelError, problem="tensorrt", expected="auto, onnxruntime, openvino, keras"):
        Recognizer.load(tiny_onnx, engine="tensorrt")
    with raises(DataError, problem="'threads' is 0", expected="at least 1"):
        Recognizer.load(tiny_onnx, threads=0)
    with pytest.raises(TypeError, match=r"'threads' is 2\.5\. Expected a whole number"):
        Recognizer.load(tiny_onnx, threads=2.5)


def test_single_image_given_as_a_list_is_recognised(tiny, paths):
    """A path is a sequence of letters, and bytes one of numbers."""
    for image in (str(paths[0]), paths[0], b"P6", Image.open(paths[0])):
        with pytest.raises(TypeError, match="Use predict_one"):
            tiny.predict(image)
        with pytest.raises(TypeError, match="Use predict_one"):
            tiny.predict_each(image)


def test_boxes_that_are_not_one_for_each_image_are_refused(tiny, paths):
    """None stands for no box. Where both lengths are known, before any image is read."""
    with pytest.raises(ValueError, match="2 images and 1 boxes"):
        tiny.predict(paths[:2], boxes=[(0, 0, 5, 5)])
    with pytest.raises(ValueError, match="2 images and 3 boxes"):
        tiny.predict_each(paths[:2], boxes=[None] * 3)


@pytest.mark.parametrize(("images", "boxes"), [(3, 1), (1, 3), (100, 99), (99, 100), (0, 1), (1, 0)])
def test_boxes_of_unknown_number_that_are_not_one_for_each_image_are_an_error(tiny, images, boxes):
    """As with lists, no image is dropped silently; the error is raised while iterating."""
    predictions = tiny.predict_each(repeat(noise(20, 20), images), boxes=(None for _ in range(boxes)))

    with pytest.raises(ValueError, match="Give one box for each image"):
        list(predictions)


def test_top_k_of_nothing_is_refused(tiny):
    """At least the prediction itself; at the call, not when somebody iterates."""
    with pytest.raises(ValueError, match="top_k is 0"):
        tiny.predict_one(noise(20, 20), top_k=0)
    with pytest.raises(ValueError, match="top_k is -1"):
        tiny.predict_each([], top_k=-1)


def test_default_model_is_the_builtin_one(tiny_model, monkeypatch):
    """`Recognizer.load()` needs no argument."""
    monkeypatch.setattr(model_file, "builtin_models", lambda: {model_file.DEFAULT_MODEL: tiny_model})

    assert Recognizer.load().metadata.epoch == 3


def test_model_of_an_unknown_preparation_is_refused(tmp_path, tiny_network, tiny_metadata):
    """Before any image is read: predictions without it would be quietly wrong."""
    path = tmp_path / "model.keras"
    save_model(tiny_network, replace(tiny_metadata, preparation="clahe"), path)

    with raises(ModelError, problem="no preparation 'clahe'", hint="later version", subject=str(path)):
        Recognizer.load(path)


def test_model_without_our_metadata_is_refused(tmp_path, tiny_model):
    """A .keras file from elsewhere."""
    path = tmp_path / "model.keras"
    with zipfile.ZipFile(tiny_model) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            if name != METADATA_MEMBER:
                target.writestr(name, source.read(name))

    with raises(ModelError, problem="not a roadsigns model"):
        Recognizer.load(path)


def test_recogniser_is_pickled_by_the_path_of_its_model(tiny_onnx, paths):
    """Another process loads the same file into the same engine."""
    recognizer = Recognizer.load(tiny_onnx, engine="onnxruntime", threads=1)

    copy = pickle.loads(pickle.dumps(recognizer))

    assert (copy.engine.name, copy.threads) == ("onnxruntime", 1)
    assert_same(copy.predict(paths[:3]), recognizer.predict(paths[:3]))


def test_recogniser_that_no_file_made_is_not_pickled(tiny):
    """It says why."""
    with pytest.raises(TypeError, match=r"not made by Recognizer\.load"):
        pickle.dumps(replace(tiny, loaded_with=None))


@pytest.mark.parametrize(
    "crops",
    [
        np.zeros((2, 30, 30, 3), np.uint8),
        np.zeros((40, 40, 3), np.uint8),
        np.zeros((2, 40, 40, 3), np.float32),
        [[0.5]],
    ],
)
def test_crops_of_another_kind_are_refused_before_the_network(crops):
    """It would say so in its own words, or compute something."""
    recognizer = Recognizer.load("tiny", engine="onnxruntime")

    with pytest.raises(TypeError, match="makes uint8 of shape"):
        recognizer.outputs(crops)
