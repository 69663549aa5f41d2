"""Take docs/images/report.png: two parts of the example report of `best` on the signs that it had not seen.

python docs/pictures/report_picture.py

Wants Playwright (extra dev) and a Chromium on the path.
"""

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import FloatRect, Page, sync_playwright

from roadsigns.files import replace_when_done

DOCS = Path(__file__).absolute().parents[1]
EXAMPLE = DOCS / "examples" / "report-best-halves.html"
SCREEN = {"width": 1280, "height": 900}
PART_WIDTH, PART_HEIGHT = 930, 720
# Around a part, in pixels.
EDGE = 20
# A palette keeps the file small.
COLOURS = 64


def main() -> None:
    """Open the example, take both parts, and set them side by side."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport=SCREEN)  # type: ignore[arg-type]
        page.goto(EXAMPLE.as_uri())
        parts = [take(page, selector) for selector in (".kind", "#confusion-title")]
        browser.close()
    picture = Image.new("RGB", (2 * PART_WIDTH, PART_HEIGHT), "white")
    for number, part in enumerate(parts):
        picture.paste(part, (number * PART_WIDTH, 0))
    small = picture.resize((picture.width * 2 // 3, picture.height * 2 // 3), Image.Resampling.LANCZOS)
    with replace_when_done(DOCS / "images" / "report.png") as temporary:
        small.quantize(COLOURS).save(temporary, format="png", optimize=True)


def take(page: Page, selector: str) -> Image.Image:
    """Return the part of a page that begins with an element."""
    box = page.locator(selector).first.bounding_box()
    if box is None:
        raise LookupError(f"The page has no {selector}.")
    clip: FloatRect = {"x": box["x"] - EDGE, "y": box["y"] - EDGE, "width": PART_WIDTH, "height": PART_HEIGHT}
    return Image.open(io.BytesIO(page.screenshot(full_page=True, clip=clip)))


if __name__ == "__main__":
    main()
