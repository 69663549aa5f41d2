"""The OpenAPI document is correct: schemathesis calls each path with valid and with invalid requests."""

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

# All but positive_data_acceptance: bytes that fit the schema need not be an image.
CHECKS = [
    allow_header_conformance,
    content_type_conformance,
    negative_data_rejection,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
]


ADDRESSES = (
    "POST /v1/predict",
    "POST /v1/explain",
    "POST /v1/detect",
    "GET /v1/model",
    "GET /v1/signs/{class_id}.svg",
    "GET /ready",
    "GET /metrics",
)


@pytest.fixture(scope="module")
def operations(service):
    """The document's operations, by labels such as "GET /health"."""
    document = schemathesis.openapi.from_url(f"{service.url}/openapi.json")
    return {operation.label: operation for operation in (found.ok() for found in document.get_all_operations())}


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
@pytest.mark.parametrize("address", ADDRESSES)
def test_responses_fit_the_document(operations, address, mode):
    """Every request gets a documented status, the JSON that belongs to it, and never a server error."""
    operation = operations[address]
    if mode.is_negative and not (operation.body or operation.path_parameters or operation.query):
        pytest.skip("no part of this request can be invalid")

    @settings(max_examples=20 if operation.body else 5, suppress_health_check=list(HealthCheck))
    @given(operation.as_strategy(generation_mode=mode))
    def check(case):
        case.call_and_validate(checks=CHECKS)

    check()


def test_document_lists_every_path(client):
    document = client.get("/openapi.json").json()

    assert {path: sorted(item) for path, item in document["paths"].items()} == {
        "/v1/predict": ["post"],
        "/v1/explain": ["post"],
        "/v1/detect": ["post"],
        "/v1/model": ["get"],
        "/v1/signs/{class_id}.svg": ["get"],
        "/health": ["get"],
        "/ready": ["get"],
        "/metrics": ["get"],
    }
    predict = document["paths"]["/v1/predict"]["post"]
    assert sorted(predict["responses"]) == ["200", "400", "408", "413", "415", "422", "429", "503"]
    assert "multipart/form-data" in predict["requestBody"]["content"]
    for other in ("/v1/detect", "/v1/explain"):
        assert list(document["paths"][other]["post"]["responses"]) == list(predict["responses"])


def test_document_of_a_service_without_a_detector_does_not_promise_one(stand_in, running):
    with running(stand_in) as service:
        document = httpx.get(f"{service.url}/openapi.json").json()

    assert "/v1/detect" not in document["paths"]
    assert not {"DetectResponse", "FoundSign"} & document["components"]["schemas"].keys()
