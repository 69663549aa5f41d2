"""A report as one HTML file, which asks nobody for anything: styles, script, drawings and pictures lie in it."""

import base64
import hashlib
import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from roadsigns.errors import MissingExtraError
from roadsigns.html_report.drawings import symbols_of
from roadsigns.html_report.pictures import thumbnails
from roadsigns.html_report.report import Report
from roadsigns.html_report.section import pictured_by
from roadsigns.html_report.sign_images import SignImages
from roadsigns.palette import DARK, LIGHT
from roadsigns.printable import printable, shortened
from roadsigns.progress import progress
from roadsigns.version import __version__
from roadsigns.wording import counted

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

__all__ = ["render_page"]

TEMPLATES = "templates"
# Characters of the names on a page, which stand there thousands of times. The JSON file has them whole.
LONGEST_CLASS, LONGEST_NAME = 60, 100


def render_page(report: Report, images: SignImages | None = None) -> str:
    """Render a report.

    Args:
        report: Its sections.
        images: Where the pictures that the sections show are read; None for nowhere.

    Raises:
        MissingExtraError: If jinja2 is not installed.
    """
    environment = _environment()
    wanted = pictured_by(report.parts)
    pictures: dict[int, str] = {}
    if images is not None and wanted:
        with progress("Making pictures", total=len(wanted)) as advance:
            pictures = thumbnails(wanted, images, done=advance)
    symbols = symbols_of(report.about.spec, range(len(report.about.spec.classes)))
    script, style = _asset("report.js"), _asset("report.css")
    if report.about.subject == "detector":
        style += _asset("detector.css")
    return environment.get_template("page.html.j2").render(
        about=report.about,
        parts=report.parts,
        names=[shortened(printable(name), LONGEST_CLASS) for name in report.about.class_names],
        pictures=pictures,
        symbols=symbols,
        light=LIGHT,
        dark=DARK,
        style=style,
        script=script,
        # Nothing but this script runs, whatever a name on the page holds.
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        version=__version__,
    )


@cache
def _environment() -> "Environment":
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
    except ImportError as error:
        raise MissingExtraError("Reports need jinja2.", hint="Install it: pip install 'roadsigns[report]'.") from error
    environment = Environment(
        loader=PackageLoader("roadsigns.html_report", TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "percent": lambda value, digits=2: "–" if value is None else _unbroken(f"{100 * value:.{digits}f} %"),
        "unbroken": _unbroken,
        "number": lambda value: f"{value:,}",
        "counted": counted,
        "printable": printable,
        "short": lambda name: shortened(printable(name), LONGEST_NAME),
        "breakable": _breakable,
    }
    return environment


def _unbroken(text: str) -> str:
    """Keep each number and its percent sign on one line."""
    return text.replace(" %", "\N{NO-BREAK SPACE}%")


def _breakable(name: str) -> "Markup":
    """Let the name of a file break behind its folders and its parts, so that no line ends within its suffix."""
    from markupsafe import Markup, escape

    return Markup(re.sub("([/_])", r"\1<wbr>", str(escape(name))))


@cache
def _asset(name: str) -> str:
    return resources.files("roadsigns.html_report").joinpath(TEMPLATES, name).read_text(encoding="utf-8")
