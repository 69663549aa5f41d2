"""The page with the built-in model `best`."""

import numpy as np
import pytest
from fixtures.page_driver import DESKTOP, OpenPage, answer_after, choose, file_of

from roadsigns.inference.recognizer import Recognizer
from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.negatives.unknown_signs import unknown_signs
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_design

FRAMES = 6
ZEBRA_CROSSING = "de-350"


@pytest.fixture(scope="module")
def best():
    return Recognizer.load("best")


@pytest.fixture(scope="module")
def page(chromium, running, best):
    """The service's page on a large screen."""
    with running(best) as service, OpenPage(chromium, f"{service.url}/", viewport=DESKTOP) as opened:
        yield opened.page


@pytest.fixture(params=[1, 2, 3])
def zebra_crossing(request):
    """A sign of a zebra crossing as a car sees it from near: pixels and box."""
    svg = next(sign.svg for sign in unknown_signs() if sign.sign_id == ZEBRA_CROSSING)
    rng = np.random.default_rng(request.param)
    return draw_design(svg, neighbours=official_designs(), drawing=Drawing(), frames=FRAMES, rng=rng)[-1]


def test_a_zebra_crossing_is_not_a_sign_that_it_knows(page, best, zebra_crossing):
    """It is none of the 43; the first version called it "pedestrians", 99.3 %."""
    pixels, box = zebra_crossing
    sign = pixels[box.y1 : box.y2, box.x1 : box.x2]
    prediction = best.predict_one(sign)

    answer = answer_after(page, choose, page, file_of(sign))

    assert answer.name == "Not a sign that I know"
    assert answer.verdict.startswith(f"Decision: unknown ({prediction.unknown_kind}).")
    assert page.is_hidden("#drawing")
