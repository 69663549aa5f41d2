"""The site builds without a warning, and needs no other host."""

import json
import re
import subprocess
import sys

import pytest
from fixtures.documents import DOCS

# What a browser fetches by itself; links that a reader may follow are not among it.
FETCHED = re.compile(r"<(?:script|img|link|iframe|source)\b[^>]*?\b(?:src|href)=\"(?P<address>[^\"]+)\"")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site as `make docs` builds it: references that lead nowhere are errors."""
    folder = tmp_path_factory.mktemp("site")
    options = ["--nitpicky", "--fail-on-warning", "--keep-going", "--quiet", "-d", folder / "doctrees"]
    command = [sys.executable, "-m", "sphinx", *options, DOCS, folder / "html"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    return folder / "html"


def test_pages_fetch_nothing_from_another_host(site):
    """Scripts, styles, fonts and pictures lie beside the pages."""
    fetched = {match["address"] for page in site.rglob("*.html") for match in FETCHED.finditer(page.read_text())}
    styles = "".join(path.read_text() for path in site.rglob("*.css"))

    assert len(fetched) > 10
    assert not [address for address in fetched if re.match(r"(https?:)?//", address)]
    assert not re.search(r"url\([\"']?(https?:)?//|@import", styles)


def test_search_works_without_a_server(site):
    """The index is a script, which a page may load from a file system too, and knows the words of the pages."""
    index = (site / "searchindex.js").read_text()
    values = json.loads(index[index.index("(") + 1 : index.rindex(")")])

    assert "searchindex.js" in (site / "search.html").read_text()
    assert "how-to/predict" in values["docnames"]
    assert "temperatur" in values["terms"]
