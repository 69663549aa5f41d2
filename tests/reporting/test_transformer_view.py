"""The picture of where a network looks shows the frame that the network chose, and what lies in it."""

import cv2
import numpy as np
import pytest
from fixtures.errors import raises
from PIL import Image

from roadsigns.bulk.entries import Entry
from roadsigns.errors import DataError, ImageError, ModelError, OutputError
from roadsigns.reporting.transformer_view import (
    MAX_IMAGES,
    TransformerView,
    draw_views,
    view_transformer,
    write_transformer_view,
)

SIZE = 32
CLASSES = ["stop", "give way", "no entry"]
# The middle of the right half, half as wide and half as high.
HALF = (0.5, 0.0, 0.25, 0.0, 0.5, 0.0)


@pytest.fixture(scope="module")
def network():
    """One that looks at the same place of every image."""
    import keras

    from roadsigns.models.build import build_inference_network
    from roadsigns.models.spatial_transformer import IDENTITY, THETA_SCALE

    keras.utils.set_random_seed(0)
    network = build_inference_network("spatial-transformer", num_classes=len(CLASSES), image_size=SIZE)
    dense = next(layer for layer in network.layers if getattr(layer, "units", None) == len(HALF))
    dense.set_weights([dense.get_weights()[0], (np.subtract(HALF, IDENTITY) / THETA_SCALE).astype(np.float32)])
    return network


def smooth(count=2):
    """Images without sharp edges."""
    rng = np.random.default_rng(0)
    return np.stack([cv2.resize(rng.random((5, 5, 3), np.float32), (SIZE, SIZE)) for _ in range(count)])


def test_frame_and_what_is_seen_are_the_networks(network):
    """An image of the part that is in the frame, enlarged to the whole; what was read is the network's answer."""
    images = smooth()

    views = view_transformer(network, images, names=["a", "b"], classes=CLASSES)

    part = images[0][8:24, 12:28]
    answers = np.asarray(network(images))
    assert [view.name for view in views] == ["a", "b"]
    np.testing.assert_allclose(views[0].theta, np.reshape(HALF, (2, 3)), atol=1e-6)
    np.testing.assert_allclose(views[0].corners, [[0.375, 0.875, 0.875, 0.375], [0.25, 0.25, 0.75, 0.75]], atol=1e-6)
    # The outermost pixels lie between two, of which the cut part has but one.
    enlarged = cv2.resize(part, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)
    np.testing.assert_allclose(views[0].seen[1:-1, 1:-1], enlarged[1:-1, 1:-1], atol=1e-4)
    assert [view.predicted for view in views] == [CLASSES[label] for label in answers.argmax(axis=1)]
    assert views[1].probability == pytest.approx(answers[1].max(), abs=1e-5)


def test_probabilities_are_those_of_predict(network):
    """By the model's temperature: at a half, squares of the network's own, which again add up to 1."""
    images = smooth()
    squares = np.asarray(network(images)) ** 2

    (first, _) = view_transformer(network, images, names=["a", "b"], classes=CLASSES, temperature=0.5)

    assert first.probability == pytest.approx(squares[0].max() / squares[0].sum(), abs=1e-5)


def test_window_is_drawn_where_it_is(tmp_path):
    """Orange on grey, at the window's edges and not within; the image seen through it stands beside."""
    grey, green = np.full((SIZE, SIZE, 3), 0.5, np.float32), np.zeros((SIZE, SIZE, 3), np.float32)
    green[..., 1] = 1
    path = tmp_path / "look.png"

    draw_views([TransformerView("a.png", grey, np.reshape(HALF, (2, 3)), green, "stop", 0.98)], path, title="mine")

    pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)
    is_grey, is_green = ((np.abs(pixels - np.array(colour)).max(axis=2) < 3) for colour in ((128,) * 3, (0, 255, 0)))
    is_orange = np.abs(pixels - np.array([255, 140, 0])).max(axis=2) < 40
    # Letters have a few grey pixels, too.
    rows, columns = np.nonzero(is_grey & (is_grey.sum(axis=1, keepdims=True) > SIZE) & (is_grey.sum(axis=0) > SIZE))
    top, left, side = rows.min(), columns.min(), columns.max() - columns.min() + 1
    marked = np.nonzero(is_orange)
    assert is_green.sum() == pytest.approx(side**2, rel=0.05)
    assert np.nonzero(is_green)[1].min() > columns.max()
    # A line and a dot reach a few pixels beyond the frame.
    assert (marked[1].min() - left) / side == pytest.approx(0.375, abs=0.05)
    assert (marked[1].max() - left) / side == pytest.approx(0.875, abs=0.03)
    assert (marked[0].min() - top) / side == pytest.approx(0.25, abs=0.05)
    assert (marked[0].max() - top) / side == pytest.approx(0.75, abs=0.03)
    assert not is_orange[top + side // 2, left + side // 2]


@pytest.mark.parametrize("count", [1, 7, 60])
def test_page_holds_any_number(tmp_path, count):
    image = np.full((SIZE, SIZE, 3), 0.5, np.float32)
    theta = np.array([[3.0, 1, 5], [-1, 3, -5]])

    draw_views(
        [TransformerView("$name$", image, theta, image, "stop", 0.5)] * count, tmp_path / "look.png", title="mine"
    )

    with Image.open(tmp_path / "look.png") as page:
        assert max(page.size) < 4000


def entries(count):
    """Images of noise, as they come from the command line."""
    images = np.random.default_rng(0).integers(0, 256, (count, 40, 40, 3), np.uint8)
    contents = [cv2.imencode(".png", image)[1].tobytes() for image in images]
    return [Entry(f"{index}.png", content) for index, content in enumerate(contents)]


@pytest.fixture(scope="module")
def model(tmp_path_factory, tiny_metadata, network):
    """A model file of the network."""
    from dataclasses import replace

    from roadsigns.model_files.model_file import save_model

    path = tmp_path_factory.mktemp("model") / "model.keras"
    metadata = replace(
        tiny_metadata, network="spatial-transformer", preparation="box", classes=tiny_metadata.classes[: len(CLASSES)]
    )
    save_model(network, metadata, path)
    return path


def test_what_cannot_be_read_is_left_out_and_named(tmp_path, model):
    """With its reason; nothing at all that can be read is an error."""
    bad = [Entry("link", ImageError("link is a link")), Entry("text.png", b"no image")]

    problems = write_transformer_view(model, [*entries(2), *bad], tmp_path / "look.png")

    assert (tmp_path / "look.png").is_file()
    assert problems[0] == "link is a link"
    assert problems[1].startswith("text.png")
    with raises(DataError, problem="2 images can be read. The first: link is a link"):
        write_transformer_view(model, bad, tmp_path / "other.png")


def test_too_many_images_are_refused(tmp_path, model):
    """Before anything is drawn."""
    with raises(DataError, problem=f"{MAX_IMAGES} images"):
        write_transformer_view(model, entries(1) * (MAX_IMAGES + 1), tmp_path / "look.png")
    assert not (tmp_path / "look.png").exists()


@pytest.mark.parametrize("name", ["look.jpg", "missing/look.png"])
def test_name_that_cannot_be_written_is_refused_first(tmp_path, name):
    """Before the model is looked for."""
    with raises(OutputError, subject=name):
        write_transformer_view("no such model", [], tmp_path / name)


def test_network_without_a_transformer_is_refused(tmp_path, tiny_run):
    """With what to train instead."""
    with raises(ModelError, problem="no spatial transformer", expected="spatial-transformer"):
        write_transformer_view(tiny_run, entries(1), tmp_path / "look.png")
