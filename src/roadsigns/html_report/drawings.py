"""The drawings of the classes, as symbols that lie once in the page and are shown anywhere."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from roadsigns.datasets.spec import DatasetSpec
from roadsigns.synthesis.designs import designs_of

if TYPE_CHECKING:
    from markupsafe import Markup

__all__ = ["symbols_of"]

# Of a drawing: what the root element says, and what it holds. Titles would be shown as tooltips.
ROOT = re.compile(r"<svg\b([^>]*)>(.*)</svg>", re.DOTALL)
VIEW_BOX = re.compile(r'viewBox="([^"]+)"')
TITLE = re.compile(r"<title>.*?</title>\s*", re.DOTALL)


def symbols_of(spec: DatasetSpec, class_ids: Iterable[int]) -> "dict[int, Markup]":
    """Return the official drawing of each class as an SVG symbol with the id "sign-CLASS", by class id.

    The drawings are the package's own files, so that they are markup that can be trusted.

    Returns:
        No entry for a class that has no drawing.
    """
    if spec.drawings is None:
        return {}
    # An extra, as jinja2 that brings it.
    from markupsafe import Markup

    files = designs_of(spec).files
    symbols = {}
    for class_id in class_ids:
        if files[class_id]:
            found = ROOT.search(min(files[class_id], key=lambda path: len(path.stem)).read_text(encoding="utf-8"))
            view = VIEW_BOX.search(found[1]) if found else None
            if found and view:
                body = TITLE.sub("", found[2]).strip()
                symbols[class_id] = Markup(f'<symbol id="sign-{class_id}" viewBox="{view[1]}">{body}</symbol>')
    return symbols
