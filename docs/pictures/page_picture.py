"""Take docs/images/page.png: the page with a drawn sign in a drawn street.

python docs/pictures/page_picture.py [MODEL]

Wants Playwright (extra dev) and a Chromium on the path; the model's preparation must be "box".
"""

import functools
import http.server
import io
import shutil
import sys
import tempfile
import threading
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from roadsigns.files import replace_when_done
from roadsigns.page.web_export import write_page
from roadsigns.synthesis.backdrop import paint_backdrop
from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.rendering import render_design
from roadsigns.synthesis.settings import Drawing
from roadsigns.types import UInt8Image

SIGN, SIDE, SEED = 14, 96, 8
WIDTH, HEIGHT = 640, 440
CORNER = (330, 120)
SCREEN = {"width": 1040, "height": 720}
# A palette keeps the file small.
COLOURS = 128


def main() -> None:
    """Write the page, open it, draw a box, take the picture."""
    model = sys.argv[1] if len(sys.argv) > 1 else "best"
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        write_page(model, Path(folder) / "site")
        handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=Path(folder) / "site")
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport=SCREEN)
            page.goto(f"http://127.0.0.1:{server.server_port}")
            show_sign(page)
            picture = Image.open(io.BytesIO(page.screenshot(full_page=True)))
            browser.close()
            server.shutdown()
    with replace_when_done(Path(__file__).parents[1] / "images" / "page.png") as temporary:
        picture.convert("RGB").quantize(COLOURS).save(temporary, optimize=True)


def show_sign(page: Page) -> None:
    """Choose the picture, draw the box, wait for the answer."""
    stream = io.BytesIO()
    Image.fromarray(draw_street()).save(stream, "PNG")
    page.set_input_files("#choose", {"name": "street.png", "mimeType": "image/png", "buffer": stream.getvalue()})
    page.locator("#answer:not([aria-busy]) #name:not(:empty)").wait_for()
    page.evaluate("document.getElementById('name').textContent = ''")
    stage = page.locator("#stage").bounding_box()
    if stage is None:
        raise RuntimeError("The page shows no picture. Open it in a browser and look.")
    scale = stage["width"] / WIDTH
    page.mouse.move(stage["x"] + CORNER[0] * scale, stage["y"] + CORNER[1] * scale)
    page.mouse.down()
    page.mouse.move(stage["x"] + (CORNER[0] + SIDE) * scale, stage["y"] + (CORNER[1] + SIDE) * scale, steps=4)
    page.mouse.up()
    page.locator("#answer:not([aria-busy]) #name:not(:empty)").wait_for()
    # The drawings arrive after the words.
    page.evaluate("Promise.all([...document.images].map((image) => image.decode()))")


def draw_street() -> UInt8Image:
    """Draw a sign on its post before a backdrop, RGB, shape (HEIGHT, WIDTH, 3), uint8."""
    backdrop = paint_backdrop(96, Drawing(), np.random.default_rng(SEED))
    street = cv2.resize(backdrop, (WIDTH, WIDTH), interpolation=cv2.INTER_CUBIC)[-HEIGHT:].clip(0, 1)
    x, y = CORNER
    street[y + SIDE // 2 :, x + SIDE // 2 - 4 : x + SIDE // 2 + 4] = (0.45, 0.46, 0.47)
    sign = render_design(official_designs().files[SIGN][0], SIDE).astype(np.float32) / 255
    place = street[y : y + SIDE, x : x + SIDE]
    place += (sign[:, :, :3] * 0.85 - place) * sign[:, :, 3:]
    return np.rint(cv2.GaussianBlur(street, (0, 0), 0.8) * 255).astype(np.uint8)


if __name__ == "__main__":
    main()
