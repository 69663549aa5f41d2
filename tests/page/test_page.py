"""The page as a whole: its results, its content security policy, its layout and its accessibility."""

import re

import numpy as np
import pytest
from fixtures.page_driver import PHONE, answer_after, assert_agrees, choose, file_of

from roadsigns.page.static import PAGE_FOLDER


def test_a_cropped_sign_is_recognised_as_in_python(opened, recognizer, drawn_signs):
    """With its name in two languages, five probabilities, and a drawing."""
    pixels, _ = drawn_signs[-1]

    answer = answer_after(opened.page, choose, opened.page, file_of(pixels))

    assert_agrees(answer, recognizer.predict_one(pixels, top_k=5))
    assert opened.page.locator("#drawing").evaluate("async (image) => (await image.decode(), image.naturalWidth)") > 0
    assert answer.name in opened.page.get_attribute("#drawing", "alt")
    widths = opened.page.locator("#top .bar span").evaluate_all("bars => bars.map((bar) => bar.offsetWidth)")
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 0


def test_a_picture_without_a_sign_gets_no_name(opened, recognizer):
    """It is unknown, as in Python; the signs that it resembles are named as such, without a probability."""
    blank = np.full((40, 40, 3), 128, np.uint8)
    prediction = recognizer.predict_one(blank)
    assert (prediction.decision, prediction.unknown_kind) == ("unknown", "no sign")

    answer = answer_after(opened.page, choose, opened.page, file_of(blank))

    assert (answer.name, answer.name_de) == ("Not a sign that I know", "")
    assert answer.certainty.startswith("There seems to be no sign here.")
    assert answer.verdict == f"Decision: unknown (no sign). Known score: {prediction.known_score:.3f}."
    assert opened.page.is_hidden("#drawing")
    assert opened.page.inner_text("#top-heading") == "The most similar known signs"
    assert [share for _, share in answer.top] == [None] * 5


def test_a_model_that_can_refuse_says_so(opened):
    """In the footer, with its threshold."""
    assert "Below 0.1 it calls the picture unknown." in opened.page.inner_text("footer")


def test_the_policy_blocks_foreign_scripts_and_requests(opened, service_url, browser_url):
    """No inline code and no requests to other servers; WebAssembly only where it is needed."""
    page = opened.page
    faults = len(opened.faults)
    other = browser_url if opened.form == "service" else service_url

    page.evaluate("document.body.append(Object.assign(document.createElement('script'), { text: 'window.ran = 1' }))")
    ran = page.evaluate("window.ran")
    sent = page.evaluate("(url) => fetch(url, { mode: 'no-cors' }).then(() => 'sent', () => 'refused')", other)
    empty_module = "WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])).then(() => true, () => false)"

    assert (ran, sent) == (None, "refused")
    # In the page's own words: what Playwright evaluates is no more allowed than the page is.
    assert page.evaluate(empty_module) is (opened.form == "browser")
    del opened.faults[faults:]
    opened.asked[:] = [url for url in opened.asked if url != other]


@pytest.mark.parametrize("width", [320, 390, 1100])
def test_nothing_is_wider_than_the_screen(phone, scene, width):
    """From the width of a small phone on, there is no horizontal scrolling, and the name is visible at once."""
    phone.set_viewport_size({"width": width, "height": 844})
    answer_after(phone, choose, phone, file_of(scene[0]))
    phone.evaluate("scrollTo(0, 0)")

    assert phone.evaluate("document.documentElement.scrollWidth") <= width
    name = phone.locator("#name").bounding_box()
    assert name["y"] + name["height"] < 844
    phone.set_viewport_size(PHONE)


def test_everything_has_a_name_for_screen_readers(opened, drawn_signs):
    """Every control has a name, results are announced as a whole, and German is marked as German."""
    page = opened.page
    answer_after(page, choose, page, file_of(drawn_signs[-1][0]))

    told = page.locator("body").aria_snapshot()

    for expected in ('button "Choose a picture"', 'heading "Result"', 'button "Add a box"', "status:", "- list"):
        assert expected in told, told
    assert page.get_attribute("#name-de", "lang") == "de"
    assert page.get_attribute("#said", "role") == "status"
    unnamed = "[...document.querySelectorAll('button, input, img, canvas, [tabindex]')].filter((e) => !e.labels?.length"
    unnamed += " && !e.ariaLabel && !e.textContent.trim() && e.getAttribute('alt') === null).map((e) => e.outerHTML)"
    assert page.evaluate(unnamed) == []


def _luminance(colour):
    """Relative luminance of "#rrggbb" (WCAG 2.2)."""
    levels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [level / 12.92 if level <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4 for level in levels]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_have_enough_contrast(scheme):
    """WCAG AA in light and dark: 4.5 to 1 for text, 3 to 1 for lines and bars."""
    blocks = re.findall(r":root \{(.*?)\}", (PAGE_FOLDER / "style.css").read_text(), re.DOTALL)
    colours = dict(re.findall(r"--([\w-]+): (#\w{6})", blocks[scheme]))

    def contrast(one, other):
        low, high = sorted((_luminance(colours[one]), _luminance(colours[other])))
        return (high + 0.05) / (low + 0.05)

    for ground in ("ground", "raised"):
        for words in ("text", "soft", "accent", "wrong"):
            assert contrast(words, ground) >= 4.5
        assert contrast("line", ground) >= 3
    assert contrast("on-accent", "accent") >= 4.5
