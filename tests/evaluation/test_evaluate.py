"""Which images a model is evaluated on, which are refused, and what stands beside the metrics."""

import dataclasses
import shutil

import cv2
import keras
import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.datasets.reader import read_training
from roadsigns.datasets.registry import OWN_SOURCE
from roadsigns.datasets.splits import HoldOutRecord, split_samples, tracks_of
from roadsigns.errors import DataError, DataLeakageError, ModelError
from roadsigns.evaluation.evaluate import evaluate
from roadsigns.inference.recognizer import Recognizer
from roadsigns.model_files.metadata import Ancestor
from roadsigns.model_files.model_file import read_metadata, save_model
from roadsigns.preprocessing.decode import read_image
from roadsigns.preprocessing.prepare import Preparation, prepare
from roadsigns.robustness.box_noise import box_source
from roadsigns.types import SignClass, TrackKey

TEST_IMAGES = 86


def contents_of(folder):
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*")}


def test_probabilities_are_those_of_the_network_itself(tiny_network, track_model, drawn_folder):
    """Each image prepared and read on its own gives the same probabilities, in the samples' order."""
    result = evaluate(track_model, drawn_folder)

    assert len(result.samples) == result.metrics.images == TEST_IMAGES
    for index in (0, 40, 85):
        image = prepare(read_image(result.samples[index].path), Preparation("tutorial", 32))
        expected = keras.ops.convert_to_numpy(tiny_network(image[None], training=False))[0]
        np.testing.assert_allclose(result.probabilities[index], expected, atol=2e-3)
    errors = (result.probabilities.argmax(axis=1) != [sample.class_id for sample in result.samples]).sum()
    assert result.metrics.errors == errors
    assert (result.leakage, result.leaky_split, result.split_label) == (False, False, "test images")


def test_validation_is_found_again_by_the_models_record(track_model, drawn_folder, drawn_data):
    """The very images that were held out in training, with their tracks as the interval's unit."""
    held_out = split_samples(drawn_data.samples, by="track", validation_fraction=0.5, seed=3).validation

    result = evaluate(track_model, drawn_folder, split="validation")

    assert result.samples == held_out
    assert result.leakage is False
    assert result.metrics.interval.unit == "track"
    assert result.metrics.tracks.tracks == 43


@pytest.fixture
def box_model(tmp_path, tiny_network, tiny_metadata):
    """A model that looks at boxes."""
    metadata = dataclasses.replace(tiny_metadata, preparation="box", margin=0.1)
    save_model(tiny_network, metadata, tmp_path / "model.keras")
    return tmp_path / "model.keras"


@pytest.mark.parametrize(("boxes", "label"), [("none", "without boxes"), ("jittered", "boxes jittered by 10 %")])
def test_other_boxes_give_other_metrics_and_are_named_beside_them(box_model, drawn_folder, boxes, label):
    """Each image is cropped to the box that was requested."""
    result = evaluate(box_model, drawn_folder, boxes=boxes)
    given = evaluate(box_model, drawn_folder)

    assert (result.boxes, result.split_label) == (boxes, f"test images, {label}")
    assert (given.boxes, given.split_label) == ("given", "test images")
    for index in (0, 85):
        sample, image = result.samples[index], read_image(result.samples[index].path)
        box = box_source(boxes)(image, sample)
        expected = Recognizer.load(box_model).predict_one(image, box=box, top_k=1)
        assert result.probabilities[index].max() == pytest.approx(expected.probability, abs=1e-4)
    assert not np.allclose(result.probabilities, given.probabilities, atol=1e-4)


def test_other_boxes_for_a_model_that_uses_none_are_refused(track_model, drawn_folder):
    """The metrics would be the same, and called otherwise."""
    with pytest.raises(ModelError) as raised:
        evaluate(track_model, drawn_folder, boxes="none")
    assert "uses no boxes" in raised.value.problem
    assert "--boxes" in raised.value.hint


def test_builtin_model_is_called_by_its_name(drawn_folder):
    """As it was given, not by the path of its file in the package."""
    with raises(DataError, problem="trained on every image", hint="--split test") as raised:
        evaluate("fast", drawn_folder, split="validation")
    assert raised.value.subject == "fast"


@pytest.fixture
def twins_folder(drawn_folder, tmp_path):
    """The drawn signs passed off as GTSRB's, where tracks 6 and 16 of class 26 are twins and track 3 stands alone."""
    data = tmp_path / "data"
    shutil.copytree(drawn_folder / "Final_Training", data / "Final_Training")
    folder = data / "Final_Training" / "Images" / "00026"
    table = folder / "GT-00026.csv"
    lines = table.read_text().splitlines()
    renamed = [line.replace("00000_", "00006_").replace("00001_", "00016_") for line in lines]
    more = [line.replace("00000_", "00003_") for line in lines if line.startswith("00000_")]
    table.write_text("\n".join([*renamed, *more]) + "\n")
    for path in sorted(folder.glob("*.ppm")):
        if path.name.startswith("00000_"):
            shutil.copy(path, folder / path.name.replace("00000_", "00003_"))
        path.rename(folder / path.name.replace("00000_", "00006_").replace("00001_", "00016_"))
    return data


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_validation_by_groups_is_found_again(model_split_by, twins_folder, seed):
    """The groups come from the package, so the record need not hold them; twins are on one side."""
    samples = read_training(twins_folder).samples
    record = HoldOutRecord("group", validation_fraction=0.5, seed=seed)
    split = record.split(samples)
    model = model_split_by("group", split=record, source="GTSRB", trained_on=tracks_of(split.train))

    result = evaluate(model, twins_folder, split="validation")

    assert result.samples == split.validation
    assert (result.leakage, result.split_label) == (False, "validation by (class, track), look-alike tracks together")
    held_out = {sample.track for sample in result.samples if sample.class_id == 26}
    assert held_out in ({"00006", "00016"}, {"00003"})


def test_seen_signs_are_refused(track_model, drawn_folder):
    """All labelled images contain those trained on; the message counts the signs, names one, and says what to do."""
    with pytest.raises(DataLeakageError) as raised:
        evaluate(track_model, drawn_folder, split="all")
    assert "frames of 43 of these 86 signs" in raised.value.problem
    assert "speed limit 20" in raised.value.problem
    assert "--split validation" in raised.value.hint


def test_random_validation_is_refused_as_seen(model_split_by, drawn_folder):
    """Frames of its signs were trained on; the message names the leak."""
    with pytest.raises(DataLeakageError) as raised:
        evaluate(model_split_by("random"), drawn_folder, split="validation")
    assert "single images" in raised.value.problem
    assert "data.split=group" in raised.value.hint


@pytest.mark.parametrize(("by", "hint"), [("none", "train the model's recipe"), ("group", "--split validation")])
def test_without_test_images_there_is_another_way(model_split_by, own_folder, by, hint):
    """The images that were held out, if any were; else a training of one's own, and not one refusal after the other."""
    with raises(DataError, problem="no test images", hint=hint):
        evaluate(model_split_by(by), own_folder, split="test")


def test_model_trained_on_everything_has_no_validation(model_split_by, drawn_folder):
    """It says so, and what to use."""
    with pytest.raises(DataError) as raised:
        evaluate(model_split_by("none"), drawn_folder, split="validation")
    assert "every image" in raised.value.problem
    assert "--split test" in raised.value.hint


def test_equal_track_numbers_of_another_source_are_other_signs(model_split_by, drawn_folder):
    """A model trained elsewhere has seen none of these."""
    result = evaluate(model_split_by("none", source="elsewhere"), drawn_folder, split="all")

    assert result.leakage is False


def test_data_that_changed_since_training_are_refused(model_split_by, drawn_folder):
    """Another folder's split falls elsewhere: the trained keys show it."""
    model = model_split_by("track", trained_on=frozenset(TrackKey(id_, "00001") for id_ in range(43)))

    with raises(DataLeakageError, problem="not the one that it was trained on"):
        evaluate(model, drawn_folder, split="validation")


def test_model_without_a_record_of_its_split_is_refused(model_split_by, drawn_folder):
    """Guessing would risk judging on trained images."""
    with raises(ModelError, problem="does not record", hint="--split test"):
        evaluate(model_split_by("track", split=None), drawn_folder, split="validation")


def test_other_classes_are_refused(model_split_by, tiny_metadata, drawn_folder):
    """By number, and by the first name that differs."""
    fewer = model_split_by("track", classes=tiny_metadata.classes[:42])
    renamed = model_split_by("track", classes=(*tiny_metadata.classes[:42], SignClass(42, "sheep")))

    with pytest.raises(DataError) as raised:
        evaluate(fewer, drawn_folder)
    assert "42 in the model" in raised.value.problem
    with pytest.raises(DataError) as raised:
        evaluate(renamed, drawn_folder)
    assert raised.value.problem.startswith("Class 42 is 'sheep' in the model and 'end of no overtaking by lorries'")


@pytest.mark.parametrize("place", ["beside", "inside", "among the images"])
def test_test_set_alone_is_enough_and_is_left_as_it_was(track_model, drawn_folder, tmp_path, place):
    """A read-only folder with Final_Test and its CSV at any of the three places."""
    data = tmp_path / "data"
    shutil.copytree(drawn_folder / "Final_Test", data / "Final_Test")
    folder = {"beside": data, "inside": data / "Final_Test", "among the images": data / "Final_Test" / "Images"}[place]
    shutil.copy(drawn_folder / "GT-final_test.csv", folder)
    # The official archive brings it; it has no labels.
    (data / "Final_Test" / "Images" / "GT-final_test.test.csv").write_text("Filename;Width;Height\n")
    folders = [data, data / "Final_Test", data / "Final_Test" / "Images"]
    for path in folders:
        path.chmod(0o555)
    before = contents_of(data)

    result = evaluate(track_model, data, cache_folder=tmp_path / "cache")

    assert result.metrics.images == TEST_IMAGES
    assert contents_of(data) == before
    for path in folders:
        path.chmod(0o755)


def test_undecodable_image_is_left_out_named_and_counted(track_model, drawn_folder, tmp_path):
    """The others are evaluated."""
    data = tmp_path / "data"
    shutil.copytree(drawn_folder, data)
    broken = data / "Final_Test" / "Images" / "00007.ppm"
    broken.write_bytes(broken.read_bytes()[:100])

    with pytest.warns(UserWarning, match=r"Left out: .*00007\.ppm"):
        result = evaluate(track_model, data)

    assert result.metrics.images == TEST_IMAGES - 1
    assert [sample.path for sample, _ in result.undecodable] == [broken]
    assert broken not in {sample.path for sample in result.samples}


def test_signs_of_the_model_that_it_began_from_are_seen(tmp_path, tiny_network, tiny_metadata, drawn_folder):
    """Fine-tuned on other images, it still knows them; what is evaluated are their classes, not its own numbers."""
    data = read_training(drawn_folder)
    names = tuple(sign.name for sign in data.classes)
    start = Ancestor("first", "", data.source, names, frozenset({TrackKey(3, "00001")}))
    path = tmp_path / "second.keras"
    save_model(
        tiny_network,
        dataclasses.replace(tiny_metadata, source=OWN_SOURCE, trained_on=frozenset(), ancestors=(start,)),
        path,
    )
    assert read_metadata(path).ancestors == (start,)

    with pytest.raises(
        DataLeakageError, match="trained on frames of 1 of these 86 signs, such as track 00001 of 'speed"
    ):
        evaluate(path, drawn_folder, split="all")
    assert evaluate(path, drawn_folder, split="all", allow_seen=True).leakage


@pytest.fixture
def own_folder(tmp_path):
    """Two custom classes, without tracks."""
    folder = tmp_path / "own"
    for name, grey in (("duck", 40), ("goose", 200)):
        (folder / name).mkdir(parents=True)
        for index in range(4):
            cv2.imwrite(str(folder / name / f"{name}{index}.png"), np.full((20, 20, 3), grey + index, np.uint8))
    return folder


@pytest.fixture
def own_model(tmp_path, tiny_metadata):
    """A model of these two classes, split by track, which without tracks is by image."""
    network = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(2, "softmax")])
    metadata = dataclasses.replace(
        tiny_metadata,
        classes=(SignClass(0, "duck"), SignClass(1, "goose")),
        source=OWN_SOURCE,
        trained_on=frozenset(),
        split=HoldOutRecord("track", validation_fraction=0.5, seed=0),
    )
    save_model(network, metadata, tmp_path / "own.keras")
    return tmp_path / "own.keras"


@pytest.mark.parametrize(("split", "images"), [("validation", 4), ("all", 8)])
def test_own_images_without_tracks_may_or_may_not_be_seen(own_model, own_folder, split, images):
    """That is unknown, so nothing is claimed; there are no subsets, and the unit is the image."""
    result = evaluate(own_model, own_folder, split=split)

    assert result.metrics.images == images
    assert result.leakage is None
    assert result.metrics.subsets is None
    assert result.metrics.interval.unit == "image"


def test_model_that_answers_with_nan_is_refused(tmp_path, tiny_metadata, own_model, own_folder):
    """The first class would win everywhere, and nothing would show it."""
    network = keras.saving.load_model(own_model)
    network.set_weights([np.full_like(weights, np.nan) for weights in network.get_weights()])
    classes = (SignClass(0, "duck"), SignClass(1, "goose"))
    save_model(network, dataclasses.replace(tiny_metadata, classes=classes), tmp_path / "nan.keras")

    with raises(ModelError, problem="not numbers", subject="nan.keras"):
        evaluate(tmp_path / "nan.keras", own_folder, split="all")
