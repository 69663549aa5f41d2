"""The box around the sign: drawn, tapped, moved by keys, typed."""

import numpy as np
import pytest
from fixtures.page_driver import answer_after, assert_agrees, choose, file_of, shown_box


def test_a_box_drawn_with_the_mouse_is_used_as_in_python(opened, recognizer, scene):
    """The result is for the box; without one, the page suggests to draw one."""
    pixels, (x1, y1, x2, y2) = scene
    page = opened.page
    whole = answer_after(page, choose, page, file_of(pixels))
    assert_agrees(whole, recognizer.predict_one(pixels, top_k=5))
    assert "put a box around the sign" in whole.notes
    stage = page.locator("#stage").bounding_box()
    scale = stage["width"] / pixels.shape[1]

    def draw():
        page.mouse.move(stage["x"] + x1 * scale, stage["y"] + y1 * scale)
        page.mouse.down()
        page.mouse.move(stage["x"] + x2 * scale, stage["y"] + y2 * scale, steps=3)
        page.mouse.up()

    answer = answer_after(page, draw)

    box = shown_box(page)
    assert np.abs(np.subtract(box, (x1, y1, x2, y2))).max() <= 2
    assert_agrees(answer, recognizer.predict_one(pixels, box=box, top_k=5))
    assert answer.notes == ""


def test_the_box_is_placed_moved_resized_and_removed_by_keys(opened, recognizer, scene):
    """Nothing needs a pointer, and the result follows each change."""
    pixels, _ = scene
    page = opened.page
    answer_after(page, choose, page, file_of(pixels))
    page.focus("#choose")
    while page.evaluate("document.activeElement.id") != "add-box":
        page.keyboard.press("Tab")

    answer_after(page, page.keyboard.press, "Enter")
    placed = shown_box(page)
    assert page.evaluate("document.activeElement.id") == "box"
    assert str(placed[0]) in page.get_attribute("#box", "aria-label")
    for key in ("ArrowRight", "ArrowDown", "Shift+ArrowLeft", "Shift+ArrowLeft", "-"):
        page.keyboard.press(key)
    answer = answer_after(page, page.keyboard.press, "+")

    assert shown_box(page) == tuple(np.add(placed, (7, 7, -7, 7)))
    assert_agrees(answer, recognizer.predict_one(pixels, box=shown_box(page), top_k=5))
    answer_after(page, page.keyboard.press, "Delete")
    assert shown_box(page) is None
    assert page.evaluate("document.activeElement.id") == "add-box"


def test_the_box_is_set_in_numbers(opened, recognizer, scene):
    """Numbers outside the picture are clamped; a narrow box needs the most surroundings."""
    pixels, (x1, y1, _, _) = scene
    narrow = (x1, y1, x1 + 8)
    page = opened.page
    answer_after(page, choose, page, file_of(pixels))
    page.click("summary")

    def fill():
        for name, value in zip(("x1", "y1", "x2", "y2"), (*narrow, 9999), strict=True):
            page.fill(f"#{name}", str(value))
        page.keyboard.press("Tab")

    answer = answer_after(page, fill)

    page.click("summary")
    assert shown_box(page) == (*narrow, 500)
    assert_agrees(answer, recognizer.predict_one(pixels, box=(*narrow, 500), top_k=5))


def test_on_a_phone_a_tap_places_the_box_and_a_corner_resizes_it(phone, recognizer, scene):
    """A finger on the picture scrolls the page; a tap marks the sign; the corners follow a finger."""
    pixels, box = scene
    answer_after(phone, choose, phone, file_of(pixels))
    stage = phone.locator("#stage").bounding_box()
    scale = stage["width"] / pixels.shape[1]
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)

    answer_after(phone, phone.touchscreen.tap, stage["x"] + middle[0] * scale, stage["y"] + middle[1] * scale)

    placed = shown_box(phone)
    assert placed[0] < middle[0] < placed[2]
    assert placed[1] < middle[1] < placed[3]
    corner = phone.locator('[data-corner="right bottom"]').bounding_box()
    at = {"pointerId": 1, "isPrimary": True, "button": 0, "bubbles": True, "pointerType": "touch"}
    at |= {"clientX": corner["x"] + corner["width"] / 2, "clientY": corner["y"] + corner["height"] / 2}
    phone.evaluate("Element.prototype.setPointerCapture = () => {}")
    phone.dispatch_event('[data-corner="right bottom"]', "pointerdown", at)
    moved = {**at, "clientX": at["clientX"] - 20, "clientY": at["clientY"] - 20}
    phone.dispatch_event("#box", "pointermove", moved)
    answer_after(phone, phone.dispatch_event, "#box", "pointerup", moved)
    sized = shown_box(phone)
    assert sized[:2] == placed[:2]
    assert sized[2] == pytest.approx(placed[2] - 20 / scale, abs=2)
