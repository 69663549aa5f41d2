"""The page in Chromium: it asks nobody, fits a phone, and works by keyboard."""

from dataclasses import replace

import numpy as np
import pytest

from roadsigns.html_report.make import classifier_report
from roadsigns.html_report.page import render_page
from roadsigns.html_report.write import place_of, write_report

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
MEGABYTE = 1_000_000


class NoisyImages:
    """Images that do not compress: the worst case for the size of a page."""

    def read(self, index):
        return np.random.default_rng(index).integers(0, 255, (80, 80, 3)).astype(np.uint8), None


@pytest.fixture(scope="module")
def report_file(made_up, tmp_path_factory):
    """A report on made-up predictions with an error in most classes. Not to be changed."""
    made = made_up(misread={class_id: (class_id + 1, 3) for class_id in range(42)}, official_test=True)
    files = place_of(tmp_path_factory.mktemp("report"))
    write_report(classifier_report(made), files, made.images)
    return files.page


@pytest.fixture
def opened(chromium, report_file, request):
    """The page; at the end, that it asked for nothing and nothing failed."""
    options = {"viewport": DESKTOP} | getattr(request, "param", {})
    context = chromium.new_context(**options)
    page = context.new_page()
    asked, faults = [], []
    page.route("**/*", lambda route: route.continue_() if route.request.url == report_file.as_uri() else route.abort())
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text))
    page.goto(report_file.as_uri())
    yield page
    context.close()
    assert [url for url in asked if not url.startswith("data:")] == [report_file.as_uri()]
    assert faults == []


@pytest.mark.parametrize(
    "opened",
    [{"viewport": PHONE, "color_scheme": "dark"}, {"viewport": PHONE}, {"color_scheme": "dark"}],
    indirect=True,
)
def test_page_never_scrolls_sideways(opened):
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("opened", [{"viewport": PHONE}], indirect=True)
def test_captions_of_wide_tables_end_on_a_phones_screen(opened):
    """However wide the table is, and however far it was scrolled."""
    opened.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    opened.evaluate("document.querySelectorAll('.wide').forEach((one) => { one.scrollLeft = 200; })")

    wide = opened.locator(".wide").evaluate_all("all => all.filter((one) => one.scrollWidth > one.clientWidth).length")
    ends = opened.locator("caption").evaluate_all(
        "all => all.map((one) => one.getBoundingClientRect()).map((one) => [one.left, one.right])"
    )

    assert wide > 0
    assert min(left for left, _ in ends) >= 0
    assert max(right for _, right in ends) <= PHONE["width"]


def test_numbers_behind_charts_are_printed(opened):
    """And what is for a pointer is not."""
    table = opened.locator("details table").first
    assert not table.is_visible()
    assert opened.locator("#confusion-readout").is_visible()

    opened.emulate_media(media="print")

    assert table.is_visible()
    assert not opened.locator("#confusion-readout").is_visible()


def test_dark_and_light_differ(chromium, report_file):
    grounds = set()
    for scheme in ("dark", "light"):
        page = chromium.new_page(color_scheme=scheme)
        page.goto(report_file.as_uri())
        grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        page.close()
    assert len(grounds) == 2


def test_confusion_leads_to_its_images_by_keyboard(opened):
    """Focus says the pair; Enter shows its images only; a button shows all again."""
    cell = opened.locator(".matrix a[data-truth='3']")
    cell.focus()
    assert opened.inner_text("#confusion-readout") == "3 images of 'speed limit 60' read as 'speed limit 70'."

    opened.keyboard.press("Enter")

    assert opened.locator("#gallery li:visible").count() == 3
    assert opened.inner_text("#filter") == "3 images of 'speed limit 60' read as 'speed limit 70': 3 shown."
    assert opened.evaluate("document.activeElement.id") == "filter"
    opened.click("#show-all")
    assert opened.locator("#gallery li:visible").count() == 126


def test_gallery_is_sorted_by_confidence(opened):
    opened.select_option("select[data-sort=gallery]", "sure")

    sure = opened.locator("#gallery article").evaluate_all("all => all.map((one) => Number(one.dataset.sure))")
    assert sure == sorted(sure)


def test_page_has_landmarks_headings_and_names(opened):
    """What a screen reader needs: no image, table or region without a name, one h1, the skip link first."""
    assert opened.locator("main, nav[aria-label], header, footer").count() >= 4
    assert opened.locator("h1").count() == 1
    unnamed = "all => all.filter((one) => !(one.ariaLabel || one.alt || one.caption)).length"
    assert opened.locator("img, svg[role=img], [role=region]").evaluate_all(unnamed) == 0
    assert opened.locator(".wide table").evaluate_all("all => all.filter((one) => !one.caption).length") == 0
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.className") == "skip"
    assert opened.locator("section[aria-labelledby]").count() == opened.locator("section").count()


def test_images_and_drawings_are_shown(opened):
    first = opened.locator("#gallery img").first
    first.scroll_into_view_if_needed()
    assert first.evaluate("async (image) => { await image.decode(); return image.naturalWidth; }") > 0
    assert opened.locator("use").first.get_attribute("href").startswith("#sign-")


def test_page_prints(opened):
    """In colour, without what is of no use on paper."""
    assert opened.pdf()[:4] == b"%PDF"
    opened.emulate_media(media="print")
    assert not opened.locator("nav").is_visible()
    assert not opened.locator(".controls").first.is_visible()


def test_thousands_of_misread_images_stay_below_five_megabytes(made_up):
    """Even if they do not compress; those without a picture are named."""
    made = made_up(signs=10, misread={class_id: (class_id + 1, 100) for class_id in range(42)}, images=False)
    report = classifier_report(made)

    page = render_page(report, replace(made, images=NoisyImages()).images)

    assert made.metrics.errors == 4200
    assert "3,000 are left out" in page
    assert 3 * MEGABYTE < len(page.encode()) < 5 * MEGABYTE
