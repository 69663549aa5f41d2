"""POST /v1/explain: what decided, over HTTP."""

import base64
import io
import threading
import time

import httpx
import numpy as np
import pytest
from fixtures.service import EXPLAINED_SIZE, StandIn
from PIL import Image

from roadsigns.errors import ImageError
from roadsigns.explanation.explanation import explain_image
from roadsigns.preprocessing.decode import decode_image
from roadsigns.serving.explaining import ExplainWorker
from roadsigns.serving.worker import Upload

PNG = {"Content-Type": "image/png"}


def pixels_of(sign):
    """The sign as the network sees it."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(sign))))


@pytest.fixture(scope="module")
def quarters(encode):
    """The bytes of a PNG whose upper left quarter is red."""
    image = np.zeros((40, 40, 3), np.uint8)
    image[:20, :20, 0] = 200
    return encode(Image.fromarray(image))


def test_answer_is_that_of_python(client, quarters, tiny_metadata):
    """The prediction, the sign as the network sees it, and the map."""
    expected = explain_image(StandIn(tiny_metadata), decode_image(quarters))

    response = client.post("/v1/explain?top_k=2", content=quarters, headers=PNG)

    (answer,) = response.json()["explanations"]
    assert response.status_code == 200
    assert answer["class_id"] == answer["explained"] == expected.prediction.class_id
    assert len(answer["top_k"]) == 2
    assert answer["method"] == "occlusion"
    np.testing.assert_array_equal(pixels_of(answer["sign"]), expected.prepared)
    np.testing.assert_allclose(answer["heat_map"], expected.heat_map.values, atol=0.001)
    assert np.shape(answer["heat_map"]) == (EXPLAINED_SIZE, EXPLAINED_SIZE)
    assert np.max(answer["heat_map"]) == 1


def test_box_is_cut_out_first(client, quarters):
    """As for a prediction."""
    boxed = client.post("/v1/explain?box=20,20,40,40", content=quarters, headers=PNG).json()["explanations"][0]

    assert pixels_of(boxed["sign"])[4:, 4:].max() == 0


def test_form_of_several_images_is_answered_in_its_order(client, png):
    """One that cannot be read has its error, as in /v1/predict."""
    files = [("image", (name, content)) for name, content in (("a.png", png(3)), ("b.png", b"x"), ("c.png", png(5)))]

    answers = client.post("/v1/explain", files=files).json()["explanations"]

    assert [answer["file"] for answer in answers] == ["a.png", "b.png", "c.png"]
    assert [answer.get("explained") for answer in answers] == [3, None, 5]
    assert answers[1]["error"]["subject"] == "b.png"


@pytest.mark.parametrize(
    ("path", "content", "headers", "status"),
    [
        ("/v1/explain", b"no image", PNG, 422),
        ("/v1/explain", b"", PNG, 422),
        ("/v1/explain", b"x", {"Content-Type": "text/plain"}, 415),
        ("/v1/explain?box=1,2", b"x", PNG, 422),
        ("/v1/explain?class=1", b"x", PNG, 422),
        ("/v1/explain?top_k=44", b"x", PNG, 422),
        ("/v1/explain", b"x" * 1_000_001, PNG, 413),
    ],
)
def test_errors_are_those_of_predict(client, path, content, headers, status):
    """Word for word."""
    answers = [client.post(one, content=content, headers=headers) for one in (path, path.replace("explain", "predict"))]

    assert [answer.status_code for answer in answers] == [status, status]
    assert answers[0].json()["detail"] == answers[1].json()["detail"]


def test_explanations_have_a_queue_of_their_own(running, stand_in, png):
    """While it is full, signs are read all the same."""
    with running(stand_in, queue=1, images=1) as service:
        request = {"content": png(3), "headers": PNG, "timeout": 30}
        stand_in.explaining.clear()
        post = threading.Thread(target=httpx.post, args=(f"{service.url}/v1/explain",), kwargs=request)
        post.start()
        while httpx.get(f"{service.url}/ready").status_code == 200:
            time.sleep(0.01)
        busy = httpx.post(f"{service.url}/v1/explain", **request)
        read = httpx.post(f"{service.url}/v1/predict", **request)
        stand_in.explaining.set()
        post.join()

    assert (busy.status_code, read.status_code) == (429, 200)
    assert busy.headers["Retry-After"]


def test_image_larger_than_allowed_is_refused(tiny_metadata, png):
    """Before it is decompressed."""
    worker = ExplainWorker(lambda *_, **__: None, max_pixels=1000)

    (outcome,) = worker.explain([Upload(png(3, side=40))])

    assert isinstance(outcome, ImageError)
