"""The page of a detector's report: in text, in Chromium, and how large it gets."""

import re

import numpy as np
import pytest
from fixtures.detector_evaluations import BOX, ELSEWHERE, EVERYTHING, STOP, YIELD, MadeUp, input_of, sign
from PIL import Image

from roadsigns.html_report.make import detector_report
from roadsigns.html_report.page import render_page
from roadsigns.html_report.report import About
from roadsigns.html_report.write import place_of, write_report
from roadsigns.synthesis.scenes.draw import draw_scene
from roadsigns.synthesis.settings import Drawing

EVIL = "</title><script>alert(1)</script>\" onload='x' <b>"
MAX_BYTES = 5_000_000


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The files of a report on drawn scenes, of which the detector misses and misreads some signs."""
    folder = tmp_path_factory.mktemp("scenes")
    made_up = list(EVERYTHING)
    for number in range(6, 9):
        picture, drawn = draw_scene(np.random.default_rng(number), Drawing(), (320, 240))
        Image.fromarray(picture).save(folder / f"{number:05d}.png")
        made_up.append(MadeUp([(one.box, one.class_id) for one in drawn], [sign(17, ELSEWHERE, score=0.8)], run=3))
    drawn_scenes = {path.name: path.read_bytes() for path in folder.iterdir()}
    made = input_of(made_up, folder)
    for name, content in drawn_scenes.items():
        (folder / name).write_bytes(content)
    files = place_of(tmp_path_factory.mktemp("report"))
    write_report(detector_report(made), files, made.images)
    return files


def test_the_page_holds_every_section_and_picture_and_no_address_of_elsewhere(page):
    text = page.page.read_text(encoding="utf-8")

    assert text.count("<section id=") == 11
    assert text.count("data:image/webp") == text.count('class="window"') > 6
    assert re.findall(r"(?:src|href)=\"(?!#|data:)[^\"]*\"", text) == []
    assert re.findall(r"https?://(?!www\.w3\.org/)", text) == []
    assert page.figures.is_file()


def test_a_count_of_zero_has_a_bound_and_no_interval(tmp_path):
    """Of scenes in which nothing false was seen."""
    made = input_of([MadeUp([(BOX, STOP)], [sign()])] * 6, tmp_path)

    text = render_page(detector_report(made), made.images)

    assert text.count("none seen in 6 scenes; up to 50 % of such scenes may still have one") == 2
    assert "0.000 to 0.000" not in text
    assert "100.00 to 100.00" not in text


def test_names_are_text_and_never_markup(tmp_path):
    """Of models, data and scenes."""
    made = input_of(EVERYTHING, label=EVIL, notes=(EVIL,), unknown_classes=(EVIL,), detector=EVIL)
    about = made.about
    made = type(made)(About(about.subject, EVIL, EVIL, EVIL, (EVIL,), about.facts, about.spec), made.evaluation)

    text = render_page(detector_report(made), made.images)

    assert len(re.findall(r"<script\b", text)) == 1
    assert re.findall(r"<b>", text) == []


def test_scenes_that_are_gone_leave_their_places(tmp_path):
    """The figures are there, and each mistake without its picture."""
    made = input_of(EVERYTHING, tmp_path / "gone")

    text = render_page(detector_report(made), made.images)

    assert text.count("no picture") == 5
    assert "data:image/webp" not in text


def test_a_page_of_many_mistakes_stays_below_five_megabytes(tmp_path):
    """Noise is what takes most bytes."""
    rng = np.random.default_rng(0)
    large = [(x, 20, x + 60, 80) for x in (10, 90, 170, 250)]
    made_up = [
        MadeUp([(BOX, STOP)] if number % 2 else [], [sign(number % 43, box) for box in large]) for number in range(40)
    ] + [MadeUp([(BOX, STOP)], [sign(YIELD)]), MadeUp([(BOX, STOP)], [sign(decision="unknown")])] * 65
    made = input_of(made_up, tmp_path, write=False)
    noise = Image.fromarray(rng.integers(0, 256, (240, 320, 3), np.uint8))
    for path in made.evaluation.scenes:
        noise.save(path, compress_level=1)

    text = render_page(detector_report(made), made.images)

    # Of the 200 that there would be in quieter pictures.
    assert 150 < text.count("data:image/webp") < 200
    assert "no picture" in text
    assert len(text.encode()) < MAX_BYTES


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_is_wider_than_the_screen(chromium, page, width):
    opened = chromium.new_page(viewport={"width": width, "height": 800})
    opened.goto(page.page.as_uri())

    assert opened.evaluate("document.documentElement.scrollWidth") <= width
    opened.close()


def test_a_reader_orders_mistakes_and_follows_links(chromium, page):
    """By keyboard, and without an error of the script or a request."""
    errors, requests = [], []
    opened = chromium.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    opened.on("request", lambda request: requests.append(request.url))
    opened.goto(page.page.as_uri())

    opened.locator("select[data-sort=false-list]").focus()
    opened.keyboard.press("End")
    sizes = opened.eval_on_selector_all("#false-list > li", "items => items.map(item => Number(item.dataset.size))")
    opened.locator("#empty_scenes a").first.click()
    target = opened.evaluate("document.querySelector(':target').closest('ul').id")

    assert sizes == sorted(sizes)
    assert target == "false-list"
    assert opened.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    assert errors == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    opened.close()


def test_a_screen_reader_finds_names_and_headings(chromium, page):
    opened = chromium.new_page()
    opened.goto(page.page.as_uri())

    described = opened.evaluate(
        "[...document.querySelectorAll('[role=img], [role=region], select')]"
        ".every(one => one.getAttribute('aria-label') || one.labels?.length)"
    )
    assert described
    assert opened.get_by_role("heading", name="Missed signs").count() == 1
    assert opened.get_by_role("combobox", name="Order").count() >= 3
    opened.close()
