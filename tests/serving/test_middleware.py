"""The id and the log line of each request."""

import re

import pytest


@pytest.mark.parametrize("given", [None, "", "two words", "x" * 65, "{}", "ä"])
def test_request_gets_an_id(client, service, given):
    """A new one unless a proxy sent a valid one; response and log have the same."""
    headers = {} if given is None else {"X-Request-ID": given.encode()}

    request_id = client.get("/v1/model", headers=headers).headers["X-Request-ID"]

    assert re.fullmatch("[0-9a-f]{32}", request_id)
    assert [line["path"] for line in service.log.lines if line.get("request_id") == request_id] == ["/v1/model"]


def test_request_id_of_a_proxy_is_kept(client, service):
    """So that a request can be found in all logs."""
    client.get("/nothing", headers={"X-Request-ID": "proxy-1.2_3"})

    (line,) = [line for line in service.log.lines if line.get("request_id") == "proxy-1.2_3"]
    assert line["event"] == "request"
    assert (line["method"], line["path"], line["status"], line["client"]) == ("GET", "/nothing", 404, "127.0.0.1")
    assert line["ms"] > 0
    assert line["detail"].startswith("GET /nothing: Not Found.")


def test_prediction_is_logged_with_its_size(client, service, png):
    """With the number of images and bytes, but neither the image nor the prediction."""
    content = png(3)
    answer = client.post("/v1/predict", content=content, headers={"Content-Type": "image/png"})

    (line,) = [line for line in service.log.lines if line.get("request_id") == answer.headers["X-Request-ID"]]
    assert (line["images"], line["bytes"], line["level"]) == (1, len(content), "info")
    assert set(line) == {
        "event", "level", "timestamp", "request_id", "method", "path", "status", "ms", "client", "images", "bytes"
    }  # fmt: skip


def test_log_line_cannot_be_forged(client, service):
    """What a client sends stays in its field, and is shortened."""
    client.get('/a%0A{"event":"fault"}' + "x" * 500)

    line = next(line for line in reversed(service.log.lines) if line["event"] == "request" and line["status"] == 404)
    assert line["path"].startswith('/a\n{"event":"fault"}x')
    assert len(line["path"]) == 200


def test_monitoring_is_logged_for_debugging_only(client, service):
    """Since it happens every few seconds."""
    request_id = client.get("/health").headers["X-Request-ID"]

    assert [line["level"] for line in service.log.lines if line.get("request_id") == request_id] == ["debug"]
