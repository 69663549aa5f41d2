"""Recognition by the service: what is sent, and what is shown if it fails."""

import json

import numpy as np
import pytest
from fixtures.page_driver import DESKTOP, OpenPage, answer_after, choose, file_of, type_box
from fixtures.service import StandIn, StandInDetector

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.inference.decide import DecisionRule


def test_errors_of_the_service_are_shown(chromium, service_url, drawn_signs):
    """In its own words, or that it does not respond; the next result clears the message."""
    problem = json.dumps({"status": 429, "detail": "The queue is full. Try again in 1 s."})
    with OpenPage(chromium, service_url, viewport=DESKTOP) as opened:
        page, file = opened.page, file_of(drawn_signs[-1][0])
        for answer, expected in (
            (lambda route: route.abort(), "The service does not respond"),
            (lambda route: route.fulfill(status=429, body=problem), "The queue is full. Try again in 1 s."),
            (lambda route: route.fulfill(status=502, body="<html>"), "The service responded with status 502"),
        ):
            page.route("**/v1/predict*", answer)
            choose(page, file)
            page.locator("#error", has_text=expected).wait_for()
            assert page.is_hidden("#answer")
            page.unroute("**/v1/predict*")

        answer_after(page, choose, page, file)

        assert page.is_hidden("#error")


def test_model_of_three_classes_shows_three(chromium, running, tiny_metadata):
    """More are not asked for, which the service would refuse, nor promised."""
    stand_in = StandIn(tiny_metadata)
    stand_in.classes, stand_in.rule = GTSRB_CLASSES[:3], DecisionRule(GTSRB_CLASSES[:3])
    with running(stand_in) as service, OpenPage(chromium, f"{service.url}/", viewport=DESKTOP) as opened:
        answer = answer_after(opened.page, choose, opened.page, file_of(np.zeros((40, 40, 3), np.uint8)))
        heading = opened.page.inner_text("#top-heading")

    assert [name for name, _ in answer.top] == [sign.name for sign in GTSRB_CLASSES[:3]]
    assert heading == "The most likely signs"


NOTE_SENT = """() => {
  const send = fetch;
  window.sent = [];
  window.fetch = (url, options) => {
    sent.push(createImageBitmap(options.body).then(({ width, height }) => [width, height]));
    return send(url, options);
  };
}"""


def test_only_the_sign_and_its_surroundings_are_sent(chromium, service_url, scene):
    """With a box, not the rest of the picture; without one, a large picture is halved first."""
    pixels, box = scene
    with OpenPage(chromium, service_url, viewport=DESKTOP) as opened:
        page = opened.page
        page.evaluate(NOTE_SENT)
        large = np.repeat(np.repeat(pixels, 2, axis=0), 2, axis=1)
        whole = answer_after(page, choose, page, file_of(large))
        same = answer_after(page, choose, page, file_of(pixels))
        answer_after(page, type_box, page, box)

        sizes = page.evaluate("Promise.all(sent)")

    assert sizes[:2] == [[700, 500]] * 2
    assert max(sizes[-1]) < 460
    assert whole.top == same.top


@pytest.mark.parametrize(("size", "halved"), [((2, 3000), [3000, 2]), ((3000, 7), [3, 1500])])
def test_thin_picture_is_halved_only_as_far_as_the_service_reads_it(chromium, service_url, size, halved):
    """It has a result too."""
    with OpenPage(chromium, service_url, viewport=DESKTOP) as opened:
        page = opened.page
        page.evaluate(NOTE_SENT)
        answer_after(page, choose, page, file_of(np.full((*size, 3), 100, np.uint8)))

        assert page.evaluate("Promise.all(sent)") == [halved]


def test_thin_picture_that_is_too_large_for_the_service_is_refused_in_its_words(chromium, running, tiny_metadata):
    """In a street, which is halved until it is small enough."""
    service = running(StandIn(tiny_metadata), detector=StandInDetector(), image_pixels=1000)
    with service as started, OpenPage(chromium, f"{started.url}/", viewport=DESKTOP) as opened:
        choose(opened.page, file_of(np.full((5, 3000, 3), 100, np.uint8)))
        opened.page.locator("#error", has_text="1500x2 pixels").wait_for()
