"""Take docs/images/page.png: the page with a drawn street, in which it found the signs.

python docs/pictures/page_picture.py [MODEL [DETECTOR]]

Wants Playwright (extra dev) and a Chromium on the path; the model's preparation must be "box".
"""

import functools
import http.server
import io
import re
import shutil
import sys
import tempfile
import threading
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from roadsigns.cli.main import group
from roadsigns.files import replace_when_done
from roadsigns.page.web_export import write_page

# The part with the signs of the street that docs/street.md shows: left, top, right and bottom in pixels.
SEED, PART = 24, (480, 210, 1260, 670)
SCREEN = {"width": 1280, "height": 720}
# A palette keeps the file small.
COLOURS = 192


def main() -> None:
    """Write the page, open it, choose a picture, wait for its signs, take the picture."""
    model, detector = [*sys.argv[1:3], *("best", "detector")[len(sys.argv) - 1 :]]
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        write_page(model, Path(folder) / "site", detector=detector)
        handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=Path(folder) / "site")
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport=SCREEN)
            page.set_default_timeout(300_000)
            page.goto(f"http://127.0.0.1:{server.server_port}")
            show_street(page)
            picture = Image.open(io.BytesIO(page.screenshot(full_page=True)))
            browser.close()
            server.shutdown()
    with replace_when_done(Path(__file__).parents[1] / "images" / "page.png") as temporary:
        picture.convert("RGB").quantize(COLOURS).save(temporary, format="png", optimize=True)


def show_street(page: Page) -> None:
    """Choose a drawn street, wait for its signs, open one."""
    stream = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        group(["draw", f"{folder}/street", "--scenes", "1", "--seed", str(SEED)], standalone_mode=False)
        with Image.open(f"{folder}/street/00000.png") as street:
            street.crop(PART).save(stream, "PNG")
    page.set_input_files("#choose", {"name": "street.png", "mimeType": "image/png", "buffer": stream.getvalue()})
    page.locator("#progress", has_text=re.compile(r"found\b")).wait_for()
    page.locator("#found > li > button").first.click()
    page.locator("#answer:not([aria-busy]) #name:not(:empty)").wait_for()
    # The drawings arrive after the words; what is unknown has none.
    page.evaluate("Promise.all([...document.images].filter((image) => image.src).map((image) => image.decode()))")


if __name__ == "__main__":
    main()
