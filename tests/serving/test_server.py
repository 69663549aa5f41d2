"""The service under load, at its limits, and while it shuts down."""

import asyncio
import json
import re
import socket
import sys
import threading
import time

import httpx
import pytest

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.errors import ServiceError
from roadsigns.inference.decide import DecisionRule
from roadsigns.serving import server
from roadsigns.serving.limits import Limits
from roadsigns.serving.logs import make_logger
from roadsigns.serving.server import bind, url_of


def ppm(class_id):
    """The bytes of a PPM that the stand-in reads as this class."""
    return b"P6 4 4 255\n" + bytes([class_id]) * 48


async def post(address, content, ready):
    """Connect, wait until all are ready, post an image; return status, headers and JSON."""
    reader, writer = await asyncio.open_connection(*address)
    await ready.wait()
    head = "POST /v1/predict?top_k=1 HTTP/1.1\r\nHost: x\r\nContent-Type: image/x-portable-pixmap\r\n"
    writer.write(f"{head}Connection: close\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content)
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    status, *lines = head.decode().split("\r\n")
    return int(status.split()[1]), dict(line.lower().split(": ", 1) for line in lines), json.loads(body)


def post_all(service, class_ids):
    """Post an image of each class, all at once over separate connections; return the responses in order."""

    async def main():
        ready = asyncio.Barrier(len(class_ids))
        return await asyncio.gather(*(post(service.address, ppm(class_id), ready) for class_id in class_ids))

    return asyncio.run(main())


def require_right_or_refused(class_ids, answers):
    """Check that each response is for its own image, or 429 with Retry-After; return the number of predictions."""
    for class_id, (status, headers, body) in zip(class_ids, answers, strict=True):
        if status == 200:
            assert [entry["class_id"] for entry in body["predictions"]] == [class_id]
        else:
            assert status == 429
            assert 1 <= int(headers["retry-after"]) <= 60
            assert body["hint"].startswith("Send the request again in")
    return sum(status == 200 for status, _, _ in answers)


def test_thousand_parallel_connections_get_their_own_answers(stand_in, running):
    """All are open before the first request; requests beyond the queue get 429, and there are no other errors."""
    class_ids = [n * 7 % 43 for n in range(1000)]

    with running(stand_in) as service:
        answers = post_all(service, class_ids)

    assert require_right_or_refused(class_ids, answers) >= Limits().queue
    assert max(stand_in.batches) > 8


def test_overload_gives_each_its_own_right_answer_or_429(stand_in, running):
    """No response is lost or swapped, and the queue is empty afterwards."""
    stand_in.seconds = 0.02
    class_ids = [n * 7 % 43 for n in range(300)]
    with running(stand_in, queue=40, images=8, batch=8) as service:
        answers = post_all(service, class_ids)
        metrics = httpx.get(f"{service.url}/metrics").text

    assert 40 <= require_right_or_refused(class_ids, answers) < 300
    assert "roadsigns_unanswered_images 0.0" in metrics
    assert max(stand_in.batches) == 8


def test_service_that_is_full_is_not_ready(stand_in, running):
    """Until it has answered the request."""
    stand_in.free.clear()
    with running(stand_in, queue=1, images=1) as service:
        post = threading.Thread(target=post_all, args=(service, [1]))
        post.start()
        while not stand_in.batches:
            time.sleep(0.01)
        full = httpx.get(f"{service.url}/ready")
        stand_in.free.set()
        post.join()

        assert (full.status_code, full.json()["problem"]) == (503, "The queue is full.")
        assert httpx.get(f"{service.url}/ready").status_code == 200


def test_service_that_is_full_refuses_before_it_reads(stand_in, running):
    """So that refusing costs next to nothing: it does not even see that this is not a valid form."""
    stand_in.free.clear()
    with running(stand_in, queue=1, images=1) as service:
        waiting = threading.Thread(target=post_all, args=(service, [1]))
        waiting.start()
        while not stand_in.batches:
            time.sleep(0.01)
        headers = {"Content-Type": "multipart/form-data; boundary=x"}
        refused = httpx.post(f"{service.url}/v1/predict", content=b"no form", headers=headers)
        stand_in.free.set()
        waiting.join()
        broken = httpx.post(f"{service.url}/v1/predict", content=b"no form", headers=headers)

    assert (refused.status_code, broken.status_code) == (429, 400)
    assert refused.headers["retry-after"] == "1"


def test_bodies_in_memory_are_bounded(stand_in, running):
    """By the bytes that clients have sent, not by those they announce."""
    half = b"POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 100000\r\n\r\n" + bytes(
        90_000
    )
    with running(stand_in, held_bytes=200_000) as service:
        slow = [socket.create_connection(service.address, timeout=10) for _ in range(3)]
        for connection in slow:
            connection.sendall(half)
        answers = [connection.recv(12) for connection in slow[-1:]]
        for connection in slow:
            connection.close()

        assert answers == [b"HTTP/1.1 429"]
        assert post_all(service, [3])[0][0] == 200


def test_prediction_that_takes_too_long_is_given_up(stand_in, running):
    """With 503, without waiting for the network's thread."""
    stand_in.seconds = 0.5
    with running(stand_in, answer_seconds=0.1) as service:
        ((status, headers, _),) = post_all(service, [1])

    assert status == 503
    assert "retry-after" in headers


def test_exception_in_the_network_fails_one_request(stand_in, running):
    """With 500 and the id under which the log has the traceback; the next request succeeds."""
    stand_in.fault = ZeroDivisionError("inside")
    with running(stand_in) as service:
        ((status, _, body),) = post_all(service, [1])
        stand_in.fault = None
        ((next_status, _, _),) = post_all(service, [2])

    assert (status, next_status) == (500, 200)
    assert (body["title"], body["status"]) == ("Internal Server Error", 500)
    assert "inside" not in str(body)
    (fault,) = [line for line in service.log.lines if line["event"] == "fault"]
    assert fault["request_id"] == body["request_id"]
    assert "ZeroDivisionError: inside" in fault["exception"]


def test_body_that_does_not_end_is_refused(stand_in, running):
    """The connection is closed, since the rest may come at any time."""
    head = b"POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 1000\r\n\r\n"
    with (
        running(stand_in, body_seconds=0.2) as service,
        socket.create_connection(service.address, timeout=10) as connection,
    ):
        connection.sendall(head + bytes(500))
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))

    assert answer.startswith(b"HTTP/1.1 408")
    assert "500 bytes" in json.loads(answer.partition(b"\r\n\r\n")[2])["problem"]


def test_client_that_disconnects_within_a_body_is_forgotten(stand_in, running):
    """It is logged, its bytes are no longer counted, and the next request is answered."""
    head = b"POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 1000\r\n\r\n"
    with running(stand_in, held_bytes=1000) as service:
        for count in (1, 2, 3):
            with socket.create_connection(service.address, timeout=10) as connection:
                connection.sendall(head + bytes(900))
            deadline = time.monotonic() + 10
            while sum(line.get("status") == 499 for line in service.log.lines) < count:
                assert time.monotonic() < deadline
                time.sleep(0.01)

        assert post_all(service, [7])[0][0] == 200


def test_idle_connections_are_closed(stand_in, running):
    """So that clients that forget theirs do not fill the service."""
    with (
        running(stand_in, idle_seconds=0) as service,
        socket.create_connection(service.address, timeout=10) as connection,
    ):
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")

        assert b"".join(iter(lambda: connection.recv(65_536), b"")).startswith(b"HTTP/1.1 200")


def test_connections_are_limited(stand_in, running):
    """Requests beyond the limit get 503 from uvicorn, and as soon as there is room they are answered again."""
    with running(stand_in, connections=2) as service:
        with socket.create_connection(service.address, timeout=10), httpx.Client(base_url=service.url) as client:
            full = client.get("/health").status_code
        deadline = time.monotonic() + 10
        while httpx.get(f"{service.url}/health").status_code != 200:
            assert time.monotonic() < deadline

    assert full == 503


def test_shutdown_finishes_accepted_requests(stand_in, running):
    """They get their predictions; later connections are refused."""
    stand_in.seconds = 0.3
    class_ids = list(range(20))
    answers = []
    with running(stand_in, batch=4) as service:
        post = threading.Thread(target=lambda: answers.extend(post_all(service, class_ids)), daemon=True)
        post.start()
        state = service.server.server_state
        # On a busy machine the first are answered before the last have come.
        while len(state.tasks) + state.total_requests < len(class_ids):
            time.sleep(0.005)
        service.server.should_exit = True
        post.join(20)
        service.thread.join(10)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(service.address)

    assert require_right_or_refused(class_ids, answers) == len(class_ids)


class ConnectingLog:
    """A log whose reader connects to the address as soon as it is written."""

    def __init__(self):
        self.connected = []

    def write(self, text):
        for line in map(json.loads, text.splitlines()):
            if line["event"] == "serving":
                url = httpx.URL(line["url"])
                with socket.create_connection((url.host, url.port), timeout=5) as connection:
                    self.connected.append(connection.getpeername())

    def flush(self):
        """Nothing waits."""


def test_address_is_logged_once_it_can_be_connected_to(stand_in, running):
    log = ConnectingLog()
    with running(stand_in, log=log) as service:
        # Answered after all that comes with the start.
        assert httpx.get(f"{service.url}/health").status_code == 200
        assert log.connected == [service.address]


def test_start_names_both_models(stand_in, detector, running):
    """Or says that photographs are not searched, and what to do about it."""
    with running(stand_in, detector=detector) as service:
        (with_one,) = [line for line in service.log.lines if line["event"] == "serving"]
    with running(stand_in) as service:
        (without,) = [line for line in service.log.lines if line["event"] == "serving"]

    assert (with_one["model"], with_one["detector"]) == ("stand-in", "stand-in detector")
    assert "detail" not in with_one
    assert without["detector"] is None
    assert "--detector" in without["detail"]


def test_start_says_what_decides(stand_in, running):
    """The threshold, which share of known signs it keeps, and what sets promise; nothing where the model has none."""
    with running(stand_in) as service:
        (without,) = [line for line in service.log.lines if line["event"] == "serving"]
    stand_in.rule = DecisionRule(GTSRB_CLASSES, ("danger",), 0.87, 0.9, keep=0.99, coverage=0.999)
    with running(stand_in) as service:
        (with_one,) = [line for line in service.log.lines if line["event"] == "serving"]

    assert (without["keep"], without["known_threshold"], without["coverage"]) == (None, None, None)
    assert (with_one["keep"], with_one["known_threshold"], with_one["coverage"]) == (0.99, 0.87, 0.999)


@pytest.fixture
def logged_before_serving(stand_in, monkeypatch, capsys):
    """What `serve` logs before it accepts connections: {event: line}."""
    monkeypatch.setattr(server.Recognizer, "load", lambda *_, **__: stand_in)
    monkeypatch.setattr(server.Server, "run", lambda *_, **__: None)
    monkeypatch.setattr(server, "make_logger", lambda level: make_logger(sys.stderr, level=level))
    monkeypatch.setattr(server, "take_over_uvicorn", lambda: None)

    def logged(**options):
        server.serve("best", host="127.0.0.1", port=0, limits=Limits(), log_level="info", **options)
        return {line["event"]: line for line in map(json.loads, capsys.readouterr().err.splitlines())}

    return logged


@pytest.mark.parametrize("threshold", [None, 0.87])
def test_a_model_without_thresholds_is_told_in_words(stand_in, logged_before_serving, threshold):
    """It would name a class for a zebra crossing, too."""
    stand_in.rule = DecisionRule(GTSRB_CLASSES, ("danger",), threshold=threshold, keep=threshold and 0.95)

    logged = logged_before_serving()

    assert ("no_thresholds" in logged) == (threshold is None)
    if threshold is None:
        assert "names a class for any image" in logged["no_thresholds"]["detail"]


@pytest.mark.parametrize(("keep", "told"), [(0.93, True), (0.95, False), (None, False)])
def test_another_share_than_asked_for_is_logged(stand_in, logged_before_serving, keep, told):
    stand_in.rule = DecisionRule(GTSRB_CLASSES, ("danger",), threshold=0.87, keep=0.95)

    logged = logged_before_serving(keep=keep)

    assert ("keep" in logged) == told
    if told:
        assert "no threshold that keeps 93 %" in logged["keep"]["detail"]
        assert "keeps 95 %" in logged["keep"]["detail"]


def test_port_in_use_is_an_error():
    """With the options that choose another port."""
    with bind("127.0.0.1", 0) as first:
        first.listen()
        port = first.getsockname()[1]
        with pytest.raises(ServiceError) as raised:
            bind("127.0.0.1", port)

    assert raised.value.subject == f"127.0.0.1:{port}"
    assert "Address already in use" in raised.value.problem
    assert "--port" in raised.value.hint


@pytest.mark.parametrize("host", ["no such host", "203.0.113.1"])
def test_address_of_another_machine_is_an_error(host):
    """With the option's name."""
    with pytest.raises(ServiceError) as raised:
        bind(host, 0)

    assert raised.value.subject in {host, f"{host}:0"}
    assert "--host" in raised.value.hint


def test_url_is_one_that_browsers_understand():
    """For IPv6, too."""
    with bind("127.0.0.1", 0) as listener:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+", url_of(listener))
    if socket.has_ipv6:
        try:
            listener = bind("::1", 0)
        except ServiceError:
            pytest.skip("no IPv6 here")
        with listener:
            assert url_of(listener).startswith("http://[::1]:")


def test_queue_that_could_never_hold_a_request_is_refused():
    """A request of so many images could never be accepted."""
    with pytest.raises(ServiceError) as raised:
        Limits(images=10, queue=9)

    assert "--queue" in raised.value.hint
