"""The service's paths: their responses and their errors."""

import re

import httpx
import pytest
from fixtures.service import StandIn

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.inference.decide import DecisionRule
from roadsigns.serving import app as app_module
from roadsigns.types import SignClass

PNG = {"Content-Type": "image/png"}


def test_raw_image_is_named(client, png):
    """With all fields of each class, the most probable first."""
    answer = client.post("/v1/predict", content=png(14), headers=PNG, params={"top_k": 2})

    assert answer.status_code == 200
    (prediction,) = answer.json()["predictions"]
    stop, no_vehicles = GTSRB_CLASSES[14:16]
    assert prediction == {
        "file": None,
        "class_id": 14,
        "name": stop.name,
        "name_de": stop.name_de,
        "sign_number": "206",
        "drawing": "/v1/signs/14.svg",
        "probability": 0.5,
        "decision": None,
        "known_score": None,
        "unknown_kind": None,
        "candidates": [],
        "top_k": [
            {
                "class_id": sign.class_id,
                "name": sign.name,
                "name_de": sign.name_de,
                "sign_number": sign.sign_number,
                "drawing": f"/v1/signs/{sign.class_id}.svg",
                "probability": probability,
            }
            for sign, probability in ((stop, 0.5), (no_vehicles, 0.25))
        ],
    }


def test_form_of_many_images_is_answered_in_its_order(client, png):
    """Each with its file name; five classes by default."""
    files = [("image", (f"{class_id}.png", png(class_id))) for class_id in (7, 3, 42)]

    predictions = client.post("/v1/predict", files=files).json()["predictions"]

    assert [(entry["file"], entry["class_id"]) for entry in predictions] == [("7.png", 7), ("3.png", 3), ("42.png", 42)]
    assert [len(entry["top_k"]) for entry in predictions] == [5, 5, 5]


def test_image_that_cannot_be_read_has_an_error_in_its_place(client, png):
    """The other images have predictions."""
    files = [("image", ("a.png", png(1))), ("image", ("b.png", png(2)[:60])), ("image", ("c.png", png(3)))]

    first, second, third = client.post("/v1/predict", files=files).json()["predictions"]

    assert (first["class_id"], third["class_id"]) == (1, 3)
    assert second["file"] == "b.png"
    assert set(second["error"]) == {"detail", "problem", "expected", "hint", "subject"}
    assert "does not decode" in second["error"]["problem"]
    assert second["error"]["expected"] == "a whole PPM, PNG, JPEG, WebP, BMP, TIFF, GIF or AVIF file"
    assert second["error"]["subject"] == "b.png"


def test_model_is_described(client, tiny_metadata):
    """By its metadata, with the limits of a request."""
    model = client.get("/v1/model").json()

    assert (model["model"], model["network"]) == ("stand-in", tiny_metadata.network)
    assert model["detector"] == {"model": "stand-in detector", "min_score": 0.3}
    assert model["limits"] == {"request_bytes": 1_000_000, "image_pixels": 4_000_000, "images": 8}
    # This model does not decide.
    assert (model["known_threshold"], model["keep"], model["coverage"]) == (None, None, None)
    assert [sign["class_id"] for sign in model["classes"]] == list(range(43))
    assert model["classes"][14]["name_de"] == "Halt. Vorfahrt gewähren"


def test_a_model_that_decides_says_by_what(running, tiny_metadata):
    """The threshold, the share of known signs that it keeps, and what the prediction sets promise."""
    stand_in = StandIn(tiny_metadata)
    stand_in.rule = DecisionRule(GTSRB_CLASSES, ("danger",), 0.87, 0.9, keep=0.95, coverage=0.999)

    with running(stand_in) as service:
        model = httpx.get(f"{service.url}/v1/model").json()

    assert (model["known_threshold"], model["keep"], model["coverage"]) == (0.87, 0.95, 0.999)


def test_drawings_show_the_most_common_design(client):
    """As SVG that cannot run scripts; unknown classes have none."""
    answer = client.get("/v1/signs/14.svg")

    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert answer.text.lstrip().startswith("<svg")
    assert client.get("/v1/signs/43.svg").status_code == 404
    assert client.get("/v1/signs/stop.svg").status_code == 404


def test_custom_classes_have_no_drawing(stand_in, running):
    """Class 14 of a custom model is not the stop sign."""
    stand_in.classes = tuple(SignClass(class_id, f"mine {class_id}") for class_id in range(15))

    with running(stand_in) as service:
        drawing, model = httpx.get(f"{service.url}/v1/signs/14.svg"), httpx.get(f"{service.url}/v1/model")

    assert drawing.status_code == 404
    assert {sign["drawing"] for sign in model.json()["classes"]} == {None}


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_monitoring_is_answered(client, path):
    """With 200 while all is well."""
    assert client.get(path).status_code == 200


def test_metrics_count_requests_images_and_batches(client, png):
    """In Prometheus's format, by route and not by path."""

    def value(name):
        text = client.get("/metrics").text
        return float(match[1]) if (match := re.search(rf"^{re.escape(name)} (\S+)$", text, re.MULTILINE)) else 0.0

    names = (
        'roadsigns_requests_total{method="POST",route="/v1/predict",status="200"}',
        'roadsigns_images_total{result="read"}',
        'roadsigns_images_total{result="unread"}',
        "roadsigns_batch_images_sum",
        'roadsigns_requests_total{method="GET",route="none",status="404"}',
    )
    before = [value(name) for name in names]
    client.post("/v1/predict", files=[("image", ("a", png(1))), ("image", ("b", b"no image"))])
    client.get("/one")
    client.get("/two")

    assert [value(name) - past for name, past in zip(names, before, strict=True)] == [1, 1, 1, 2, 2]


def test_page_is_served_with_a_strict_policy(client):
    """No content from elsewhere, and no embedding in a frame."""
    answer = client.get("/")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-security-policy"].startswith("default-src 'self'; img-src 'self' blob: data:;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    for path in re.findall(r'(?:href|src)="(page/[^"]+)"', answer.text):
        assert client.get(f"/{path}").status_code == 200, path


@pytest.mark.parametrize("path", ["/page/../app.py", "/page/%2e%2e/app.py", "/page/none.js", "/page/"])
def test_nothing_else_is_served_as_a_page(client, path):
    """Neither files outside of its folder nor a directory listing."""
    assert client.request("GET", httpx.URL(str(client.base_url), raw_path=path.encode())).status_code == 404


def test_missing_page_is_reported(stand_in, running, monkeypatch, tmp_path):
    """The API works without it."""
    monkeypatch.setattr(app_module, "PAGE_FOLDER", tmp_path / "none")

    with running(stand_in) as service:
        page, script, health = (httpx.get(service.url + path) for path in ("/", "/page/page.js", "/health"))

    assert [answer.status_code for answer in (page, script, health)] == [404, 404, 200]
    assert page.json()["hint"] == "Install roadsigns again."


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nothing", 404), ("GET", "/v1/predict", 405), ("POST", "/v1/model", 405), ("GET", "/v1/predict/", 404)],
)
def test_unknown_paths_and_methods_are_errors(client, method, path, status):
    """With a hint to the OpenAPI document."""
    answer = client.request(method, path)

    assert answer.status_code == answer.json()["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["subject"] == f"{method} {path}"
    assert "/openapi.json" in answer.json()["hint"]


def test_other_sites_are_given_nothing(client):
    """CORS is off: no header lets scripts of another site read a response."""
    answer = client.get("/v1/model", headers={"Origin": "https://example.org"})
    asked = client.options(
        "/v1/predict", headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    )

    assert asked.status_code == 405
    assert not [name for name in (*answer.headers, *asked.headers) if name.startswith("access-control")]
