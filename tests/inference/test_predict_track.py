"""Several images of one sign told as one, by the built-in `tiny`: from drawn tracks to one decision."""

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.errors import ImageError
from roadsigns.inference import batches
from roadsigns.inference.decide import decide
from roadsigns.inference.inputs import ImageInput
from roadsigns.inference.prepared_batch import prepare_batch
from roadsigns.inference.recognizer import Recognizer
from roadsigns.inference.track import fuse, quality_of
from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_track

STOP, YIELD = 14, 13


@pytest.fixture(scope="module")
def recognizer():
    return Recognizer.load("tiny", engine="onnxruntime", threads=1)


def drawn(class_id, frames, seed=0, **drawing):
    """The images and the boxes of a drawn track."""
    rng = np.random.default_rng(seed)
    track = draw_track(class_id, designs=official_designs(), drawing=Drawing(**drawing), frames=frames, rng=rng)
    return [image for image, _ in track], [box for _, box in track]


def test_a_drawn_sign_that_comes_nearer_is_told_once(recognizer):
    """With one class and one decision."""
    images, boxes = drawn(STOP, 6)

    prediction = recognizer.predict_track(images, boxes=boxes, top_k=2)

    assert (prediction.name, prediction.decision) == ("stop", "known")
    assert len(prediction.top_k) == 2


def test_a_frame_that_shows_something_else_is_outvoted(recognizer):
    """Even one that is as sure of its class."""
    images, boxes = drawn(STOP, 4)
    (other,), (box,) = drawn(YIELD, 1)

    prediction = recognizer.predict_track([*images, other], boxes=[*boxes, box])

    assert recognizer.predict_one(other, box=box).class_id == YIELD
    assert prediction.class_id == STOP


def test_a_single_image_is_told_as_by_predict_one(recognizer):
    """Exactly, with and without a box."""
    (image,), (box,) = drawn(STOP, 1)

    for where in (None, box):
        expected = recognizer.predict_one(image, box=where, top_k=5)
        assert recognizer.predict_track([image], boxes=[where], top_k=5) == expected


def test_images_are_fused_by_the_size_of_their_boxes(recognizer):
    """Or of the images, where they have none; across batches."""
    images, boxes = drawn(STOP, 3, seed=2)
    given = [ImageInput(image, box, "") for image, box in zip(images, [*boxes[:2], None], strict=True)]
    outputs = recognizer.outputs(prepare_batch(given, recognizer.preparation).crops)
    sizes = [(box.x2 - box.x1, box.y2 - box.y1) for box in boxes[:2]] + [images[2].shape[1::-1]]
    fused = fuse(outputs, [quality_of(*size) for size in sizes], num_classes=43)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batches, "BATCH", 2)
        prediction = recognizer.predict_track(images, boxes=[*boxes[:2], None])

    assert prediction.probability == pytest.approx(
        decide(fused[None], recognizer.rule, top_k=1)[0].probability, rel=1e-4
    )


def test_any_iterable_of_images_will_do(recognizer):
    images, boxes = drawn(STOP, 2)

    assert recognizer.predict_track(iter(images), boxes=iter(boxes)) == recognizer.predict_track(images, boxes=boxes)


def test_an_image_that_does_not_decode_is_an_error(recognizer):
    """The first one is named."""
    with raises(ImageError, problem="not in a known image format", subject="Image 1"):
        recognizer.predict_track([*drawn(STOP, 1)[0], b"nothing", b""])


def test_no_image_is_refused(recognizer):
    """There is no sign to tell."""
    with pytest.raises(ValueError, match="There are no images"):
        recognizer.predict_track([])


def test_what_is_not_several_images_is_refused(recognizer):
    with pytest.raises(TypeError, match="Use predict_one"):
        recognizer.predict_track("a.png")
    with pytest.raises(ValueError, match="top_k is 0"):
        recognizer.predict_track([b""], top_k=0)
    with pytest.raises(ValueError, match="1 images and 2 boxes"):
        recognizer.predict_track([b""], boxes=[None, None])
