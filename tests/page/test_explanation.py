"""The button “What decided?”, in both forms of the page."""

import base64
import io
import re

import numpy as np
import pytest
from fixtures.page_driver import answer_after, choose, file_of, type_box
from PIL import Image

from roadsigns.explanation.explanation import explain_image
from roadsigns.explanation.overlay import overlay
from roadsigns.inference.recognizer import Recognizer
from roadsigns.types import Box

WAIT = 60_000


def shown_on(page, name):
    """The picture on a canvas."""
    address = page.evaluate("(id) => document.getElementById(id).toDataURL()", name)
    with Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))) as picture:
        assert picture.getextrema()[3] == (255, 255)
        return np.asarray(picture)[..., :3].astype(int)


def explain_on(page):
    """Press the button; wait for the maps. Gives the words."""
    page.click("#explain")
    page.locator("#explained").wait_for(timeout=WAIT)
    return page.inner_text("#explanation-words")


@pytest.fixture(scope="module")
def explained_as(model, recognizer):
    """What Python says of a sign: Keras by gradients, as the service computes, or by occlusion, as the browser does."""
    in_browser = Recognizer.load(model, engine="onnxruntime")

    def explain(form, pixels, box=None):
        return explain_image(in_browser if form == "browser" else recognizer, pixels, box=box)

    return explain


def test_button_shows_what_python_says(opened, drawn_signs, explained_as):
    """The sign as the network sees it, and the map over it; of a sign in a box, too."""
    page, (pixels, box) = opened.page, drawn_signs[-1]
    for at in (None, Box(*box)):
        answer_after(page, choose, page, file_of(pixels)) if at is None else answer_after(page, type_box, page, at)
        assert page.is_hidden("#explained")

        words = explain_on(page)

        expected = explained_as(opened.form, pixels, at)
        assert expected.heat_map.method == ("occlusion" if opened.form == "browser" else "gradient")
        heat = overlay(expected.prepared, expected.heat_map, scale=9).astype(int)
        # The networks agree to a rounding, so outlines may move by a pixel.
        assert np.mean(np.abs(shown_on(page, "heat") - heat).max(axis=2) <= 4) > 0.98
        assert shown_on(page, "sign").shape == heat.shape
        assert f"“{expected.explained.name}”" in words
        assert page.inner_text("#seen").startswith("As the model sees it")
        assert re.search(r"\(\d+\u00a0%\)", words)


def test_another_picture_takes_the_map_away(opened, drawn_signs):
    """It was of the one before."""
    page = opened.page
    answer_after(page, choose, page, file_of(drawn_signs[-1][0]))
    explain_on(page)

    answer_after(page, choose, page, file_of(drawn_signs[2][0]))

    assert page.is_hidden("#explained")
    assert page.inner_text("#explanation-words") == ""


def test_keyboard_and_screen_reader_get_all_of_it(opened, drawn_signs):
    """The button is reached by Tab and pressed by Enter, keeps the focus, and the words are read out."""
    page = opened.page
    answer_after(page, choose, page, file_of(drawn_signs[-1][0]))
    page.focus("#explain")
    page.keyboard.press("Enter")
    page.locator("#explained").wait_for(timeout=WAIT)

    assert page.evaluate("document.activeElement.id") == "explain"
    assert page.get_attribute("#explanation-words", "role") == "status"
    assert "not why, and not how sure it is" in page.inner_text("#explanation-words")
    for name in ("sign", "heat"):
        assert page.get_by_role("img", name=page.get_attribute(f"#{name}", "aria-label")).is_visible()


def test_maps_fit_on_a_phone(phone, drawn_signs):
    """Beside each other, and nothing is wider than the screen."""
    answer_after(phone, choose, phone, file_of(drawn_signs[-1][0]))
    explain_on(phone)

    boxes = [phone.locator(f"#{name}").bounding_box() for name in ("sign", "heat")]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["width"] > 140 for box in boxes)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    assert phone.locator("#explain").bounding_box()["height"] >= 44


def test_failure_of_the_service_is_shown(opened, drawn_signs):
    """In its own words; pressed again, it works."""
    if opened.form == "browser":
        pytest.skip("it asks no service")
    page = opened.page
    answer_after(page, choose, page, file_of(drawn_signs[-1][0]))
    page.route("**/v1/explain*", lambda route: route.fulfill(status=429, body='{"detail": "The queue is full."}'))
    page.click("#explain")
    page.locator("#error", has_text="The queue is full.").wait_for()
    page.unroute("**/v1/explain*")

    explain_on(page)
