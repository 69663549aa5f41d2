"""A street: its signs are marked on the picture and listed, and each shows its result."""

import json

import numpy as np
import pytest
from fixtures.page_driver import (
    DESKTOP,
    PHONE,
    OpenPage,
    answer_after,
    assert_agrees,
    choose,
    file_of,
    found_after,
    shown_box,
)

PLACES = (800, 400), (104, 64), (1200, 600)
MARKS_IN_PICTURE = """(marks) => {
  const canvas = document.getElementById("canvas");
  const picture = canvas.getBoundingClientRect();
  const scale = canvas.width / picture.width;
  return marks.map((mark) => {
    const { left, top, right, bottom } = mark.getBoundingClientRect();
    const inside = [left - picture.left, top - picture.top, right - picture.left, bottom - picture.top];
    return inside.map((corner) => corner * scale);
  });
}"""


@pytest.fixture(scope="module")
def picture(grey_picture):
    """A street with three signs."""
    return grey_picture(*PLACES)


def test_all_signs_are_marked_and_listed_as_in_python(street, detector, picture):
    """In the same order, with the same boxes and names."""
    signs = detector.detect(picture)
    assert len(signs) == len(PLACES)

    found = found_after(street.page, choose, street.page, file_of(picture))

    boxes = street.page.locator(".mark").evaluate_all(MARKS_IN_PICTURE)
    order = np.lexsort(np.array([sign.box[:2] for sign in signs]).T)
    shown = np.lexsort(np.array(boxes)[:, :2].round(-1).T)
    np.testing.assert_allclose(np.array(boxes)[shown], np.array([sign.box for sign in signs])[order], atol=3)
    assert found.words.startswith("3 signs found: ")
    assert [mark.split(":")[0] for mark in found.marks] == ["Sign 1", "Sign 2", "Sign 3"]
    assert [name for name, _ in found.listed] == [
        f"{number}. {mark.partition(': ')[2]}" for number, mark in enumerate(found.marks, 1)
    ]
    for sign, place in zip(np.array(signs, object)[order], shown, strict=True):
        assert found.listed[place][1].startswith(sign.prediction.decision)
        assert f"score {sign.score:.2f}" in found.listed[place][1]


def chosen_sign(page, detector, picture):
    """What Python reads in the chosen mark's box."""
    ((x, y, _, _),) = page.locator(".mark[aria-pressed=true]").evaluate_all(MARKS_IN_PICTURE)
    near = min(detector.detect(picture, top_k=5), key=lambda sign: abs(sign.box.x1 - x) + abs(sign.box.y1 - y))
    return near.prediction


def test_a_click_on_a_mark_shows_the_five_best(street, detector, picture):
    """Below the sign in the list; a second click closes it."""
    page = street.page
    found_after(page, choose, page, file_of(picture))

    answer = answer_after(page, page.locator(".mark").nth(1).click)

    assert_agrees(answer, chosen_sign(page, detector, picture))
    assert page.locator("#found > li").nth(1).locator("#answer").is_visible()
    pressed = page.locator(".mark").evaluate_all("marks => marks.map((mark) => mark.ariaPressed)")
    expanded = page.locator("#found > li > button").evaluate_all("all => all.map((one) => one.ariaExpanded)")
    assert pressed == expanded == ["false", "true", "false"]
    page.locator("#found > li > button").nth(1).click()
    assert page.is_hidden("#answer")


def test_signs_are_chosen_by_keyboard(street, detector, picture):
    """Tab goes from mark to mark, Enter chooses."""
    page = street.page
    found_after(page, choose, page, file_of(picture))
    page.focus("#choose")
    while page.evaluate("document.activeElement.ariaLabel ?? ''")[:6] != "Sign 2":
        page.keyboard.press("Tab")

    answer = answer_after(page, page.keyboard.press, "Enter")

    assert_agrees(answer, chosen_sign(page, detector, picture))
    assert page.evaluate("document.activeElement.ariaLabel")[:6] == "Sign 2"


def test_the_only_sign_is_shown_at_once(street, detector, grey_picture):
    """There is nothing to choose."""
    picture = grey_picture(PLACES[0])

    found = found_after(street.page, choose, street.page, file_of(picture))

    assert found.words == "1 sign found."
    assert street.page.locator("#found > li #answer").is_visible()
    assert street.page.inner_text("#name") in found.listed[0][0]


def test_a_street_without_signs_says_so(street, grey_picture):
    """And what to do where one was overlooked; an earlier picture's signs are gone."""
    page = street.page
    found_after(page, choose, page, file_of(grey_picture(PLACES[0])))

    found = found_after(page, choose, page, file_of(grey_picture()))

    assert found.words.startswith("No sign found.")
    assert (found.marks, found.listed) == ([], [])
    assert page.is_hidden("#answer")


def test_a_small_picture_is_one_sign(street, recognizer, drawn_signs):
    """As without a detector; it can be searched all the same."""
    page = street.page
    pixels, _ = drawn_signs[-1]
    assert max(pixels.shape) <= 300

    answer = answer_after(page, choose, page, file_of(pixels))

    assert_agrees(answer, recognizer.predict_one(pixels, top_k=5))
    assert page.is_checked("#one-sign")
    assert page.is_hidden("#marks")
    found_after(page, page.check, "#all-signs")
    assert page.is_hidden("#boxing")
    answer_after(page, page.check, "#one-sign")
    assert page.is_visible("#boxing")


def test_the_box_of_a_chosen_sign_can_be_changed(street, detector, picture):
    """Whoever switches to one sign finds the box around it."""
    page = street.page
    found_after(page, choose, page, file_of(picture))
    answer_after(page, page.locator(".mark").first.click)
    wanted = page.locator(".mark").first.evaluate_all(MARKS_IN_PICTURE)[0]

    answer = answer_after(page, page.check, "#one-sign")

    box = shown_box(page)
    np.testing.assert_allclose(box, wanted, atol=3)
    assert_agrees(answer, detector.recognizer.predict_one(picture, box=box, top_k=5))
    assert page.locator("main > section").nth(1).locator("> #answer").is_visible()
    assert found_after(page, page.check, "#all-signs").words.startswith("3 signs found")


def test_a_newer_picture_replaces_a_search(street, drawn_signs, picture):
    """Its result is the one that is shown in the end."""
    page = street.page
    choose(page, file_of(picture))

    answer_after(page, choose, page, file_of(drawn_signs[-1][0]))
    page.wait_for_timeout(1500)

    assert page.is_hidden("#marks")
    assert page.is_visible("#answer")
    assert page.is_checked("#one-sign")


def test_the_street_has_names_for_screen_readers(street, picture):
    """The found signs are a list, the marks a group of buttons, the switch a group of radio buttons."""
    page = street.page
    found = found_after(page, choose, page, file_of(picture))

    told = page.locator("main").aria_snapshot()

    assert 'group "Signs in the picture"' in told
    assert f'button "{found.marks[0]}"' in told
    assert 'list "Found signs"' in told
    assert told.count("- listitem:") == len(PLACES)
    assert 'radio "all signs in the picture" [checked]' in told
    assert f'status: "{found.words}"' in told


@pytest.mark.parametrize("width", [320, 390])
def test_a_street_fits_on_a_phone(street_phone, picture, width):
    """No horizontal scrolling, and marks that a finger hits."""
    page = street_phone
    page.set_viewport_size({"width": width, "height": 844})
    found_after(page, choose, page, file_of(picture))
    answer_after(page, page.locator(".mark").first.tap)

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    area = "(mark) => { const { width, height } = getComputedStyle(mark, '::after'); return [width, height]; }"
    sides = [float(side.removesuffix("px")) for side in page.locator(".mark").first.evaluate(area)]
    assert min(sides) >= 24
    picture_area = page.locator("#stage").bounding_box()
    for tag in page.locator(".tag").all():
        box = tag.bounding_box()
        assert picture_area["x"] - 1 <= box["x"]
        assert box["x"] + box["width"] <= picture_area["x"] + picture_area["width"] + 1
    page.set_viewport_size(PHONE)


def test_errors_of_the_service_are_shown_for_a_street(chromium, street_service_url, picture):
    """In its own words; the next search clears the message."""
    problem = json.dumps({"status": 429, "detail": "The queue is full. Try again in 1 s."})
    with OpenPage(chromium, street_service_url, viewport=DESKTOP) as opened:
        page = opened.page
        page.route("**/v1/detect*", lambda route: route.fulfill(status=429, body=problem))
        choose(page, file_of(picture))
        page.locator("#error", has_text="The queue is full. Try again in 1 s.").wait_for()
        page.unroute("**/v1/detect*")

        found_after(page, choose, page, file_of(picture))

        assert page.is_hidden("#error")


def test_a_picture_beyond_the_limits_of_the_service_is_sent_smaller(chromium, running, recognizer, detector, picture):
    """The marks are where the signs are in the whole picture."""
    large = np.repeat(np.repeat(picture, 2, axis=0), 2, axis=1)
    limits = {"image_pixels": 2_000_000}
    with (
        running(recognizer, detector=detector, **limits) as service,
        OpenPage(chromium, f"{service.url}/", viewport=DESKTOP) as opened,
    ):
        found_after(opened.page, choose, opened.page, file_of(large))
        boxes = opened.page.locator(".mark").evaluate_all(MARKS_IN_PICTURE)

    expected = sorted(tuple(2 * corner for corner in sign.box) for sign in detector.detect(picture))
    np.testing.assert_allclose(sorted(map(tuple, boxes)), expected, atol=6)


def test_page_without_a_detector_has_no_switch(opened, scene):
    """A street is one sign, or what is in a box."""
    answer_after(opened.page, choose, opened.page, file_of(scene[0]))

    assert opened.page.is_hidden("#modes")
    assert opened.page.is_hidden("#detector-limits")
