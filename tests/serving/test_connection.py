"""Clients that are slow, gone, half gone or speak something else: answered or let go, and the service goes on."""

import json
import socket
import time
from contextlib import contextmanager

import httpx
import pytest

from roadsigns.serving.connection import DROPPED_BODIES, HEAD_BYTES

HEAD = b"POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\n"


@pytest.fixture(scope="module")
def impatient(stand_in_of_the_module, running):
    """A service that waits for nobody."""
    patience = {"head_seconds": 0.4, "pause_seconds": 0.4, "body_seconds": 0.8}
    with running(stand_in_of_the_module, request_bytes=1_000_000, **patience) as service:
        yield service


@pytest.fixture
def connect(impatient):
    """Open a connection to the impatient service."""
    return opener(impatient)


def opener(service):
    """Open a connection to a service and send it something."""

    @contextmanager
    def opened(*parts):
        with socket.create_connection(service.address, timeout=20) as connection:
            for part in parts:
                connection.sendall(part)
            yield connection

    return opened


@pytest.fixture(autouse=True)
def service_goes_on(impatient):
    """After all of it a good request is answered."""
    yield
    assert httpx.get(f"{impatient.url}/health").status_code == 200


def until_closed(connection):
    """Everything that the service still says before it lets go."""
    parts = []
    try:
        while part := connection.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        parts.append(b"")
    return b"".join(parts)


def status_and_json(answer):
    """Of the first answer in these bytes."""
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), json.loads(body)


def test_client_that_says_nothing_is_let_go(connect):
    """Without a word."""
    with connect() as connection:
        assert until_closed(connection) == b""


@pytest.mark.parametrize("start", [b"P", b"POST /v1/predict HTTP/1.1\r\nHost: x\r\n"])
def test_head_that_does_not_end_is_refused(connect, start):
    """In time, however it drips."""
    with connect(start) as connection:
        status, explanation = status_and_json(until_closed(connection))

    assert status == 408
    assert explanation["came"] == "A request whose headers did not end."


def test_second_head_must_end_too(connect):
    """A connection that has earned an answer has no more patience than another."""
    with connect(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n") as connection:
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
        connection.sendall(b"GET /hea")

        assert status_and_json(until_closed(connection))[0] == 408


def test_endless_headers_are_refused(connect):
    """Before they fill the memory."""
    with connect(b"GET /health HTTP/1.1\r\nHost: x\r\nX-Long: " + b"x" * (HEAD_BYTES + 1)) as connection:
        assert status_and_json(until_closed(connection))[0] == 431


def test_body_that_pauses_too_long_is_refused(connect):
    """A client that vanished half way."""
    with connect(HEAD + b"Content-Length: 1000\r\n\r\n" + bytes(500)) as connection:
        status, explanation = status_and_json(until_closed(connection))

    assert status == 408
    assert explanation["came"] == "500 bytes of a body that did not end in time."


def test_body_that_drips_is_refused(connect):
    """It never pauses for long, and would never end."""
    started = time.monotonic()
    with connect(HEAD + b"Content-Length: 1000\r\n\r\n") as connection:
        connection.settimeout(0.1)
        while time.monotonic() - started < 10:
            connection.send(b"x")
            try:
                answer = connection.recv(65_536)
                break
            except TimeoutError:
                continue

    assert status_and_json(answer)[0] == 408


@pytest.mark.parametrize(
    "length", [b"Content-Length: 1000\r\n\r\n" + bytes(500), b"Transfer-Encoding: chunked\r\n\r\n5\r\nab"]
)
def test_client_that_leaves_within_a_body_is_forgotten(connect, impatient, length):
    """And noted in the log."""
    noted = len([line for line in impatient.log.lines if line.get("status") == 499])
    with connect(HEAD + length):
        pass

    deadline = time.monotonic() + 5
    while len([line for line in impatient.log.lines if line.get("status") == 499]) == noted:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_client_that_closed_its_direction_gets_its_answer(connect, png):
    """Half open is open enough."""
    content = png(4)
    service_is_slow_enough = HEAD + b"Content-Length: %d\r\n\r\n" % len(content) + content
    with connect(service_is_slow_enough) as connection:
        connection.shutdown(socket.SHUT_WR)
        status, answer = status_and_json(until_closed(connection))

    assert status == 200
    assert answer["predictions"][0]["class_id"] == 4


@pytest.mark.parametrize(
    "said", [b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"hello\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"]
)
def test_other_protocols_are_refused(connect, said):
    """TLS, chatter, another HTTP."""
    with connect(said) as connection:
        status, explanation = status_and_json(until_closed(connection))

    assert status == 400
    assert "request_id" in explanation


def test_refused_body_may_still_arrive(service):
    """The answer is not torn away, and the connection serves the next request."""
    connect = opener(service)
    head = HEAD.replace(b"image/png", b"text/plain") + b"Content-Length: 300000\r\n\r\n"
    with connect(head + bytes(1000)) as connection:
        answers = connection.recv(65_536)
        connection.sendall(bytes(299_000) + b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        answers += until_closed(connection)

    assert answers.startswith(b"HTTP/1.1 415")
    assert b"HTTP/1.1 200 OK" in answers


def test_refused_body_may_not_arrive_for_ever(connect):
    """What is dropped is bounded in bytes and in time."""
    most = DROPPED_BODIES * 1_000_000
    with connect(HEAD + b"Content-Length: 999999999\r\n\r\n") as connection:
        assert connection.recv(65_536).startswith(b"HTTP/1.1 413")
        # The kernel's buffers take some more.
        with pytest.raises(ConnectionError):
            connection.sendall(bytes(100 * most))
    with connect(HEAD + b"Content-Length: 999999999\r\n\r\n") as connection:
        assert until_closed(connection).startswith(b"HTTP/1.1 413")


def test_body_that_asks_first_is_refused_before_it_is_sent(connect):
    """And the connection ends, since nobody knows whether it comes after all."""
    with connect(HEAD + b"Expect: 100-continue\r\nContent-Length: 99000000\r\n\r\n") as connection:
        answer = until_closed(connection)

    assert answer.startswith(b"HTTP/1.1 413")


def test_requests_in_a_row_are_answered_in_a_row(connect, png):
    """Pipelining: all at once into one connection."""
    requests = [HEAD + b"Content-Length: %d\r\n\r\n" % len(png(n)) + png(n) for n in (3, 1, 2)]
    requests[-1] = requests[-1].replace(b"Host: x", b"Host: x\r\nConnection: close")
    with connect(b"".join(requests)) as connection:
        answers = until_closed(connection).split(b"HTTP/1.1 200 OK")[1:]

    read = [json.loads(answer.partition(b"\r\n\r\n")[2])["predictions"][0]["class_id"] for answer in answers]
    assert read == [3, 1, 2]


def test_idle_connections_end(stand_in, running):
    """So that those who forget theirs do not fill the service."""
    with (
        running(stand_in, idle_seconds=0) as service,
        socket.create_connection(service.address, timeout=10) as connection,
    ):
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n")

        assert until_closed(connection).startswith(b"HTTP/1.1 200")


def test_many_slow_clients_keep_nobody_out(connect, impatient):
    """Two hundred that send half a body, and one that asks."""
    opened = [connect(HEAD + b"Content-Length: 9000\r\n\r\n" + bytes(10)) for _ in range(200)]
    connections = [manager.__enter__() for manager in opened]

    answer = httpx.get(f"{impatient.url}/health", timeout=5)

    for connection in connections:
        connection.close()
    assert answer.status_code == 200
