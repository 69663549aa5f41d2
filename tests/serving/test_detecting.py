"""Photographs: POST /v1/detect."""

import asyncio
import re
import threading
import time

import httpx
import pytest

from roadsigns.datasets.gtsrb import GTSRB_CLASSES

PNG = {"Content-Type": "image/png"}


def test_all_signs_of_a_photograph_are_answered(client, photograph):
    """Where each is, how sure that is, and all that a prediction has."""
    answer = client.post("/v1/detect", content=photograph(2), headers=PNG, params={"top_k": 2})

    assert answer.status_code == 200
    found = answer.json()
    stop, no_vehicles = GTSRB_CLASSES[14:16]
    assert (found["width"], found["height"], len(found["signs"])) == (60, 40, 2)
    of_class = {
        "class_id": 14,
        "name": stop.name,
        "name_de": stop.name_de,
        "sign_number": "206",
        "drawing": "/v1/signs/14.svg",
        "probability": 0.5,
    }
    second = {**of_class, "class_id": 15, "name": no_vehicles.name, "name_de": no_vehicles.name_de}
    assert found["signs"][1] == {
        "box": [1, 1.2, 11, 12],
        "score": 0.9,
        **of_class,
        "decision": "known",
        "known_score": 0.9,
        "unknown_kind": None,
        "candidates": [14],
        "top_k": [of_class, {**second, "sign_number": no_vehicles.sign_number, "drawing": "/v1/signs/15.svg"}],
    }


def test_photograph_may_come_in_a_form(client, photograph):
    """Five classes of each sign by default."""
    found = client.post("/v1/detect", files={"image": ("street.png", photograph(1))}).json()

    assert [len(sign["top_k"]) for sign in found["signs"]] == [5]


def test_photograph_without_signs_has_an_empty_list(client, photograph):
    assert client.post("/v1/detect", content=photograph(0), headers=PNG).json()["signs"] == []


@pytest.mark.parametrize(
    ("request_of", "status", "said"),
    [
        (lambda photo: {"content": b"", "headers": PNG}, 422, "The body is empty"),
        (lambda photo: {"content": photo[:60], "headers": PNG}, 422, "does not decode"),
        (lambda photo: {"content": photo, "headers": {"Content-Type": "text/plain"}}, 415, "not supported"),
        (lambda photo: {"content": photo, "headers": PNG, "params": {"box": "1,1,5,5"}}, 422, "unknown"),
        (lambda photo: {"content": photo, "headers": PNG, "params": {"top_k": "44"}}, 422, "at most 43"),
        (lambda photo: {"content": bytes(1_000_001), "headers": PNG}, 413, "at most 1000000 bytes"),
        (lambda photo: {"files": {"image": ("a.png", photo)}, "data": {"box": "1,1,5,5"}}, 422, "one file named"),
        (lambda photo: {"files": [("image", ("a.png", photo))] * 2}, 400, "with one file."),
    ],
)
def test_bad_requests_are_errors_as_of_predict(client, photograph, request_of, status, said):
    answer = client.post("/v1/detect", **request_of(photograph(1)))

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert said in answer.json()["detail"]


def test_photograph_of_too_many_pixels_is_refused(client, photograph):
    """Before it is decoded."""
    answer = client.post("/v1/detect", content=photograph(1, size=(2001, 2000)), headers=PNG)

    assert answer.status_code == 422
    assert answer.json()["expected"] == "at most 4000000 pixels"


def test_service_without_a_detector_says_so(stand_in, running, photograph):
    """And what to do; its model has none."""
    with running(stand_in) as service:
        answer = httpx.post(f"{service.url}/v1/detect", content=photograph(1), headers=PNG)
        model = httpx.get(f"{service.url}/v1/model").json()

    assert answer.status_code == 404
    assert answer.json()["problem"].startswith("This service has no detector")
    assert "--detector" in answer.json()["hint"]
    assert model["detector"] is None


def test_found_signs_are_counted(client, photograph):
    """By their decision, beside the images."""

    def value(name):
        text = client.get("/metrics").text
        return float(match[1]) if (match := re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)) else 0.0

    names = (
        'roadsigns_requests_total{method="POST",route="/v1/detect",status="200"}',
        'roadsigns_images_total{result="read"}',
        'roadsigns_found_signs_total{decision="known"}',
        "roadsigns_batch_images_sum",
    )
    before = [value(name) for name in names]
    client.post("/v1/detect", content=photograph(3), headers=PNG)

    assert [value(name) - past for name, past in zip(names, before, strict=True)] == [1, 1, 3, 1]


def test_overload_gives_each_its_own_answer_or_429(stand_in, detector, running, photograph):
    """With the seconds after which to come again; the queue of single signs has room all the while."""
    detector.free.clear()

    async def post_all(url, counts):
        async with httpx.AsyncClient(timeout=30) as client:
            posts = [client.post(f"{url}/v1/detect", content=photograph(n), headers=PNG) for n in counts]
            waiting = asyncio.gather(*posts)
            while len(detector.batches) < 2:
                await asyncio.sleep(0.01)
            sign = await client.post(f"{url}/v1/predict", content=photograph(1), headers=PNG)
            detector.free.set()
            return await waiting, sign

    counts = list(range(12))
    with running(stand_in, detector=detector, queue=4, images=4) as service:
        answers, sign = asyncio.run(post_all(service.url, counts))

    assert sign.status_code == 200
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {200, 429}
    assert statuses.count(200) >= 4
    for count, answer in zip(counts, answers, strict=True):
        if answer.status_code == 200:
            assert len(answer.json()["signs"]) == count
        else:
            assert 1 <= int(answer.headers["retry-after"]) <= 60


def test_full_queue_of_photographs_is_not_ready(stand_in, detector, running, photograph):
    detector.free.clear()
    with running(stand_in, detector=detector, queue=1, images=1) as service:
        request = {"content": photograph(1), "headers": PNG, "timeout": 30}
        post = threading.Thread(target=httpx.post, args=(f"{service.url}/v1/detect",), kwargs=request)
        post.start()
        while not detector.batches:
            time.sleep(0.01)
        full = httpx.get(f"{service.url}/ready")
        detector.free.set()
        post.join()

    assert (full.status_code, full.json()["problem"]) == (503, "The queue is full.")


def test_detection_that_takes_too_long_is_given_up(stand_in, detector, running, photograph):
    detector.seconds = 0.5
    with running(stand_in, detector=detector, answer_seconds=0.1) as service:
        answer = httpx.post(f"{service.url}/v1/detect", content=photograph(1), headers=PNG)

    assert answer.status_code == 503
    assert "retry-after" in answer.headers


def test_exception_in_the_detector_fails_one_request(stand_in, detector, running, photograph):
    """With 500; the next request succeeds."""
    detector.fault = ZeroDivisionError("inside")
    with running(stand_in, detector=detector) as service:
        request = {"content": photograph(1), "headers": PNG}
        first = httpx.post(f"{service.url}/v1/detect", **request)
        detector.fault = None
        second = httpx.post(f"{service.url}/v1/detect", **request)

    assert (first.status_code, second.status_code) == (500, 200)
    assert "inside" not in first.text


def test_shutdown_finishes_accepted_photographs(stand_in, detector, running, photograph):
    detector.seconds = 0.3
    answers = []
    with running(stand_in, detector=detector) as service:
        request = {"content": photograph(1), "headers": PNG, "timeout": 30}
        post = threading.Thread(target=lambda: answers.append(httpx.post(f"{service.url}/v1/detect", **request)))
        post.start()
        while not detector.batches:
            time.sleep(0.005)
        service.server.should_exit = True
        post.join(20)

    assert [answer.status_code for answer in answers] == [200]
