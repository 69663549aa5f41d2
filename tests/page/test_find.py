"""The page finds the boxes that Python finds."""

import base64
import json

import numpy as np
import pytest

from roadsigns.detection.find import find_boxes, suppress
from roadsigns.detection.locations import locations_of, to_boxes
from roadsigns.detection.second_look import look_again
from roadsigns.model_files.detector_metadata import DetectorMetadata

MIN_SCORE = 0.3
HEIGHT, WIDTH = 96, 160

BOXES = """async ({ output, height, width, least }) => {
  const { suppress, toBoxes } = await import(new URL("page/boxes.js", location));
  const flat = (found) => found.map(({ box: { x1, y1, x2, y2 }, score }) => [x1, y1, x2, y2, score]);
  const found = toBoxes(Float32Array.from(output), height, width, least);
  return [flat(found), flat(suppress(found))];
}"""


def test_outputs_mean_the_same_boxes(phone):
    """All of them, and those that are left where several show one sign."""
    rng = np.random.default_rng(0)
    places = locations_of(HEIGHT, WIDTH)
    output = rng.normal((-1, 0.7, 0.7, 0.7, 0.7), (1.5, 0.5, 0.5, 0.5, 0.5), (len(places.x), 5)).astype(np.float32)
    # A distance that nobody believes.
    output[0] = (5, 30, -30, 0, 0)
    boxes, scores = to_boxes(output, places)
    likely = scores > MIN_SCORE
    boxes, scores = boxes[likely], scores[likely]
    kept = suppress(boxes, scores)
    assert len(kept) < len(boxes)

    values = {"output": output.ravel().tolist(), "height": HEIGHT, "width": WIDTH, "least": MIN_SCORE}
    found, left = phone.evaluate(BOXES, values)

    order = np.argsort(-scores, kind="stable")
    together = np.column_stack([boxes, scores])
    np.testing.assert_allclose(found, together[order], rtol=1e-4)
    np.testing.assert_allclose(left, together[kept], rtol=1e-4)


RUN = """async ({ model, rgba, width, height, least }) => {
  const ort = await import(new URL("page/onnxruntime-web/ort.js", location));
  // Where its WebAssembly is.
  await import(new URL("page/recognise.js", location));
  const { findBoxes } = await import(new URL("page/find.js", location));
  const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const session = await ort.InferenceSession.create(bytes(model), { executionProviders: ["wasm"] });
  const shares = [];
  const outputs = [];
  const network = async (pixels, height, width) => {
    const input = new ort.Tensor("uint8", pixels, [1, height, width, 3]);
    const { locations } = await session.run({ images: input });
    outputs.push([...locations.data]);
    return locations.data;
  };
  const picture = { data: new Uint8ClampedArray(bytes(rgba).buffer), width, height };
  const found = await findBoxes(network, picture, least, (share) => shares.push(share));
  return JSON.stringify([found.map(({ box: { x1, y1, x2, y2 }, score }) => [x1, y1, x2, y2, score]), shares, outputs]);
}"""


def in_the_browser(page, content, picture):
    """What the page finds with a network, the shares of its progress, and the outputs of the network."""
    rgba = np.dstack([picture, np.full_like(picture[:, :, 0], 255)])
    values = {
        "model": base64.b64encode(content).decode(),
        "rgba": base64.b64encode(rgba.tobytes()).decode(),
        "width": picture.shape[1],
        "height": picture.shape[0],
        "least": MIN_SCORE,
    }
    return json.loads(page.evaluate(RUN, values))


def in_python(content, picture):
    """The same, without shares."""
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    outputs = []

    def network(part):
        outputs.append(session.run(None, {"images": part[np.newaxis]})[0][0])
        return outputs[-1]

    boxes, scores = find_boxes(network, picture, min_score=MIN_SCORE)
    return np.column_stack([boxes, scores]), outputs


@pytest.fixture(scope="module")
def random_detector():
    """An ONNX file of the real architecture, narrow and not trained, that finds something nearly everywhere."""
    import keras

    from roadsigns.models.detector import detector_network
    from roadsigns.onnx_writer.detector import detector_to_onnx

    keras.utils.set_random_seed(0)
    network = detector_network(dtype="float32", width=0.25)
    metadata = DetectorMetadata("detector", "detector", "none", scenes=0, epoch=0)
    return detector_to_onnx(network, metadata, half=True)


def test_a_detector_computes_the_same_in_the_browser(phone, random_detector):
    """The real architecture, at every scale, on a picture that is enlarged, shrunk and padded."""
    picture = np.random.default_rng(0).integers(0, 256, (170, 250, 3), dtype=np.uint8)
    picture = np.repeat(np.repeat(picture[:43, :63], 4, axis=0), 4, axis=1)

    _, shares, outputs = in_the_browser(phone, random_detector, picture)

    _, expected = in_python(random_detector, picture)
    # One for each of two scales. Windows around boxes may lie a pixel aside where a level differs.
    for ours, theirs in zip(outputs[:2], expected[:2], strict=True):
        # A level of one in a resized pixel changes little.
        np.testing.assert_allclose(np.reshape(ours, theirs.shape), theirs, atol=0.05)
    assert shares == sorted(shares)
    assert 0 <= shares[0] < shares[-1] < 1


LOOK_AGAIN = """async ({ rgba, width, height, found, output }) => {
  const { lookAgain } = await import(new URL("page/second_look.js", location));
  const data = Uint8ClampedArray.from(atob(rgba), (letter) => letter.charCodeAt(0));
  const windows = [];
  const network = async (pixels) => {
    windows.push([...pixels]);
    return Float32Array.from(output);
  };
  const boxes = found.map(([x1, y1, x2, y2, score]) => ({ box: { x1, y1, x2, y2 }, score }));
  const seen = await lookAgain(network, { data, width, height }, boxes);
  return JSON.stringify([windows, seen.map(({ box: { x1, y1, x2, y2 }, score }) => [x1, y1, x2, y2, score])]);
}"""


def test_boxes_are_looked_at_again_as_in_python(phone):
    """Small and large ones, beyond the edges, an unlikely one; the same windows, boxes and scores."""
    rng = np.random.default_rng(0)
    height, width = 230, 300
    picture = np.repeat(np.repeat(rng.integers(0, 256, (23, 30, 3), dtype=np.uint8), 10, axis=0), 10, axis=1)
    boxes = np.array(
        [[50.3, 60.2, 90.4, 99], [0, 0, 9, 8], [20, 10, 280, 220], [270, 200, 300, 230], [5, 5, 50, 50]], np.float32
    )
    scores = np.array([1, 0.9, 0.8, 0.31, 0.29], np.float32)
    output = rng.normal((-3, 0.5, 0.5, 0.5, 0.5), (2, 0.4, 0.4, 0.4, 0.4), (84, 5)).astype(np.float32)
    windows = []

    def network(window):
        windows.append(window)
        return output

    expected, expected_scores = look_again(network, picture, boxes, scores)

    values = {
        "rgba": base64.b64encode(np.dstack([picture, np.full_like(picture[:, :, 0], 255)]).tobytes()).decode(),
        "width": width,
        "height": height,
        "found": np.column_stack([boxes, scores]).tolist(),
        "output": output.ravel().tolist(),
    }
    ours, found = json.loads(phone.evaluate(LOOK_AGAIN, values))
    assert len(ours) == len(windows) == 8
    for one, other in zip(ours, windows, strict=True):
        np.testing.assert_allclose(np.reshape(one, other.shape), other, atol=1)
    np.testing.assert_allclose(found, np.column_stack([expected, expected_scores]), rtol=1e-4, atol=1e-4)
    assert not np.allclose(expected[:4], boxes[:4])


@pytest.mark.parametrize(
    ("height", "width", "places"),
    [(800, 1360, [(800, 400), (104, 64)]), (700, 2300, [(1024, 400), (1152, 96), (8, 8), (2280, 680)])],
    ids=["whole", "in tiles"],
)
def test_signs_are_found_as_in_python(phone, red_detector, grey_picture, height, width, places):
    """Each once, also where tiles meet."""
    picture = grey_picture(*places, width=width, height=height)

    found, _, _ = in_the_browser(phone, red_detector.read_bytes(), picture)

    expected, _ = in_python(red_detector.read_bytes(), picture)
    assert len(expected) == len(places)
    np.testing.assert_allclose(sorted(found), sorted(expected.tolist()), atol=1e-2)


def test_nothing_is_found_in_a_line(phone, red_detector):
    """A picture of three pixels in height shows no sign."""
    assert in_the_browser(phone, red_detector.read_bytes(), np.full((3, 200, 3), (255, 0, 0), np.uint8))[0] == []
