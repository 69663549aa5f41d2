"""The page as text: names are escaped, and nothing in it leads elsewhere."""

import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

from roadsigns.datasets.spec import DatasetSpec
from roadsigns.html_report.make import classifier_report
from roadsigns.html_report.page import render_page
from roadsigns.html_report.report import About
from roadsigns.types import SignClass

EVIL = "</title><script>alert(1)</script>\" onload='x' ' onclick=y <b>"


def tags_of(page):
    """Every tag that a browser sees, with its attributes."""
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda name, attributes: found.append((name, attributes))
    parser.feed(page)
    return found


def test_page_holds_every_section_with_its_sentence(made_up):
    report = classifier_report(made_up())

    page = render_page(report)

    assert "10 of 860 images are misread" in page
    assert [part.name for part in report.parts if f'<section id="{part.name}"' not in page] == []


def test_numbers_and_their_percent_signs_stay_on_one_line(made_up):
    """In sentences and in figures."""
    page = render_page(classifier_report(made_up()))

    assert "98.84\N{NO-BREAK SPACE}% are right" in page
    assert "<dd>98.84\N{NO-BREAK SPACE}%</dd>" in page


def test_names_are_text_and_never_markup(made_up):
    """Of classes, images, the model and the data."""
    spec = DatasetSpec(name=EVIL, classes=tuple(SignClass(number, f"{EVIL} {number}") for number in range(3)))
    about = About("classifier", EVIL, EVIL, EVIL, (EVIL,), (("Model", EVIL),), spec)
    made = made_up(spec=spec, misread={0: (1, 3)}, about=about)

    found = tags_of(render_page(classifier_report(made), made.images))

    assert [name for name, _ in found].count("script") == 1
    assert [name for _, attributes in found for name, _ in attributes if name.startswith("on")] == []


def test_drawing_of_the_class_stands_for_an_image_that_is_not_shown(made_up):
    """And a caption says that it is one; the name breaks between its parts."""
    made = made_up()
    without, shown = (render_page(classifier_report(made), images) for images in (None, made.images))

    assert without.count('<svg class="drawn" aria-hidden="true"><use href="#sign-1"/></svg>') == 7
    assert "A drawing of the sign's class stands in place of each image that is not shown." in without
    assert ">00001/<wbr>00000_<wbr>00000.png</span>" in without
    assert '<svg class="drawn"' not in shown
    assert "A drawing of" not in shown


def test_page_has_no_address_of_elsewhere(made_up):
    """But for names of XML."""
    made = made_up()

    page = render_page(classifier_report(made), made.images)

    assert re.findall(r"(?:src|href)=\"(?!#|data:)[^\"]*\"", page) == []
    assert re.findall(r"url\((?!data:)", page) == []
    assert re.findall(r"https?://(?!www\.w3\.org/)", page) == []


def test_enormous_names_do_not_make_an_enormous_page(made_up):
    """Of classes, which stand in every cell of the matrix, of images and of tracks; their ends tell them apart."""
    long = "x" * 20_000
    classes = tuple(SignClass(number, f"{long} {number}") for number in range(20))
    misread = {number: ((number + 1) % 20, 20) for number in range(20)}
    made = made_up(spec=DatasetSpec(name="own", classes=classes), misread=misread)
    rows = tuple(row._replace(image=f"{long}/{row.image}", track=f"{long}{row.track}") for row in made.rows)

    page = render_page(classifier_report(replace(made, rows=rows)))

    assert len(page) < 1_000_000
    assert "x… 19" not in page
    assert "x 19" in page
    assert "00019/00001_00009.png" in page


WITHOUT_THE_EXTRA = """
import sys
from pathlib import Path

sys.modules["jinja2"] = sys.modules["markupsafe"] = None
from roadsigns.__main__ import main

Path("own.csv").write_text("image,truth,prediction\\na.png,0,0\\nb.png,1,0\\n")
sys.argv = ["roadsigns", "report", "own.csv", "--out", "page.html"]
main()
"""


def test_without_jinja_it_is_said_how_to_install_it(tmp_path):
    """Nothing is imported that comes with it, either."""
    command = [sys.executable, "-c", WITHOUT_THE_EXTRA]

    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert ended.returncode == 1
    assert "pip install 'roadsigns[report]'" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"own.csv"}
