"""The query parameters of POST /v1/predict and POST /v1/detect."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from roadsigns.serving.errors import ApiError
from roadsigns.serving.requests.query import TOP_K, DetectQuery, PredictQuery, parse_query, query_model

CLASSES = 43
MODEL = query_model(PredictQuery, classes=CLASSES)


def parse(query):
    """The values of a query string."""
    parsed = parse_query(Request({"type": "http", "query_string": query.encode(), "headers": []}), MODEL)
    return parsed.top_k, parsed.box


@given(st.integers(1, CLASSES))
def test_every_number_of_classes_is_accepted(number):
    """The box is returned as it was sent; `parse_box` checks it."""
    assert parse(f"top_k={number}") == (number, None)
    assert parse(f"box=1%2C2,3,4&top_k={number}") == (number, "1,2,3,4")


def test_without_parameters_there_are_defaults():
    """Five classes, the whole image."""
    assert parse("") == parse("&") == (TOP_K, None)


@given(st.integers(2, 2 * TOP_K))
def test_default_is_not_more_than_the_classes_of_the_model(classes):
    """Nor does the OpenAPI document say so."""
    model = query_model(DetectQuery, classes=classes)

    assert model().top_k == min(TOP_K, classes)
    assert model.model_json_schema()["properties"]["top_k"]["default"] == min(TOP_K, classes)


@pytest.mark.parametrize("number", ["0", "-1", "44", "", "five", "1.5", "1" * 5000])
def test_other_numbers_are_refused(number):
    """With the value, shortened, and the parameter's name."""
    with pytest.raises(ApiError) as raised:
        parse(f"top_k={number}")

    assert raised.value.status == 422
    assert raised.value.error.subject == "top_k"
    assert number[:50] in raised.value.error.problem
    assert raised.value.error.expected in (
        "at least 1",
        "at most 43",
        "a whole number",
        "a whole number with fewer digits",
    )
    assert len(str(raised.value.error)) < 400


def test_unknown_parameter_is_refused():
    """A misspelled box would otherwise mean the whole image."""
    with pytest.raises(ApiError) as raised:
        parse("bx=1,2,3,4&top_k=2")

    assert (raised.value.error.subject, raised.value.error.expected) == ("bx", "top_k or box")


def test_photographs_have_no_box():
    """All their signs are found."""
    request = Request({"type": "http", "query_string": b"box=1,2,3,4", "headers": []})

    with pytest.raises(ApiError) as raised:
        parse_query(request, query_model(DetectQuery, classes=CLASSES))

    assert (raised.value.error.subject, raised.value.error.expected) == ("box", "top_k")
