"""The page in Chromium, in both forms: before the service, and wholly in the browser."""

import base64
import functools
import http.server
import io
import os
import re
import shutil
import threading
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.page.static import PAGE_FOLDER
from roadsigns.preprocessing.crop_transform import resample
from roadsigns.preprocessing.prepare import Preparation, place
from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_track

# Set by CI, so that there a missing browser is a failure; elsewhere these tests are skipped without one.
CHROMIUM_VARIABLE = "ROADSIGNS_CHROMIUM"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without these, Chromium calls its maker at every start.
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
QUIET += ["--disable-component-update", "--disable-sync"]
SIZE = 32
DESKTOP, PHONE = {"width": 1100, "height": 800}, {"width": 390, "height": 844}
# Where the sign's picture begins in the scene.
CORNER_IN_SCENE = (400, 250)


@pytest.fixture(scope="module")
def chromium():
    """One browser for all of these tests."""
    from playwright.sync_api import sync_playwright

    program = os.environ.get(CHROMIUM_VARIABLE) or next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip(f"No Chromium is installed; {CHROMIUM_VARIABLE} may say where one is")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def model(tmp_path_factory, tiny_metadata):
    """A run folder with recipe fast's network, its weights random."""
    from dataclasses import replace

    import keras

    from roadsigns.model_files.model_file import save_model
    from roadsigns.models.build import build_inference_network

    keras.utils.set_random_seed(0)
    network = build_inference_network("fast", num_classes=len(GTSRB_CLASSES), image_size=SIZE)
    # Decided answers, as of a trained network: nearly equal probabilities would change places by a rounding.
    kernel, bias = network.layers[-1].get_weights()
    # A blank picture has no features.
    bias[-1] = 1
    network.layers[-1].set_weights([4 * kernel, bias])
    folder = tmp_path_factory.mktemp("runs") / "random"
    folder.mkdir()
    metadata = replace(tiny_metadata, network="fast", preparation="box", image_size=SIZE)
    save_model(network, metadata, folder / "model.keras")
    return folder


@pytest.fixture(scope="module")
def recognizer(model):
    """What the page must agree with."""
    from roadsigns.inference.recognizer import Recognizer

    return Recognizer.load(model)


@pytest.fixture(scope="module")
def service_url(running, recognizer):
    """Where the service shows the page."""
    with running(recognizer) as service:
        yield f"{service.url}/"


@pytest.fixture(scope="module")
def browser_url(model, tmp_path_factory):
    """Where the exported page lies on a plain file server, in a folder of it."""
    from roadsigns.page.web_export import write_page

    folder = tmp_path_factory.mktemp("site")
    write_page(model, folder / "signs")
    handler = functools.partial(_QuietHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/signs/"
        server.shutdown()


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Nothing."""


@pytest.fixture(scope="module", params=["service", "browser"])
def opened(request, chromium):
    """The page on a large screen; at the end, that it asked nobody else and broke no policy."""
    with _open(chromium, request.getfixturevalue(f"{request.param}_url"), viewport=DESKTOP) as opened:
        opened.form = request.param
        yield opened


@pytest.fixture(scope="module")
def phone(chromium, browser_url):
    """The page on a phone."""
    with _open(chromium, browser_url, viewport=PHONE, has_touch=True, is_mobile=True) as opened:
        yield opened.page


class _open:  # noqa: N801 - reads as the function it is
    """A page in a browser of its own, and what it asked for and complained of."""

    def __init__(self, chromium, url, **options):
        self.context, self.url = chromium.new_context(**options), url

    def __enter__(self):
        page = self.context.new_page()
        page.set_default_timeout(20_000)
        self.asked, self.faults = [], []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda message: self.faults.append(message.text) if "Policy" in message.text else None)
        page.goto(self.url)
        # By selectors: a function to wait for would need the policy to allow eval.
        page.locator("#about:not(:empty)").wait_for()
        return SimpleNamespace(page=page, url=self.url, asked=self.asked, faults=self.faults)

    def __exit__(self, kind, *_):
        self.context.close()
        if kind is None:
            origin = re.match(r"http://[^/]+/", self.url)[0]
            assert [url for url in self.asked if not url.startswith((origin, "blob:", "data:"))] == []
            assert self.faults == []


@pytest.fixture(scope="module")
def drawn_signs():
    """Frames of four drawn signs, (pixels, box), from small to large."""
    signs = []
    for class_id in (1, 12, 14, 25):
        rng = np.random.default_rng(class_id)
        signs += draw_track(class_id, designs=official_designs(), drawing=Drawing(), frames=3, rng=rng)
    return signs


@pytest.fixture(scope="module")
def scene(drawn_signs):
    """A photograph of 700x500 pixels with one drawn sign in it, and that sign's box."""
    sign, box = max(drawn_signs, key=lambda sign: sign[0].size)
    # Smooth, so that its PNG is written quickly.
    pixels = np.tile(np.linspace(60, 200, 700).astype(np.uint8)[None, :, None], (500, 1, 3))
    x, y = CORNER_IN_SCENE
    pixels[y : y + sign.shape[0], x : x + sign.shape[1]] = sign
    return pixels, (box.x1 + x, box.y1 + y, box.x2 + x, box.y2 + y)


def file_of(pixels, name="sign.png", **options):
    """A picture as Playwright hands it to a page."""
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, Path(name).suffix[1:].replace("jpg", "jpeg"), **options)
    return {"name": name, "mimeType": f"image/{Path(name).suffix[1:]}", "buffer": stream.getvalue()}


def answer_after(page, act, *arguments):
    """Do something; wait for the answer to it."""
    page.evaluate("document.getElementById('name').textContent = ''")
    act(*arguments)
    page.locator("#answer:not([aria-busy]) #name:not(:empty)").wait_for()
    shown = {name: page.inner_text(f"#{name}") for name in ("name", "name-de", "certainty", "notes")}
    top = zip(page.locator("#top .label").all_inner_texts(), page.locator("#top .share").all_inner_texts(), strict=True)
    return SimpleNamespace(**{name.replace("-", "_"): text for name, text in shown.items()}, top=list(top))


def choose(page, *files):
    """Choose files by the button."""
    page.set_input_files("#choose", list(files))


def shown_box(page):
    """The box in numbers; None if there is none."""
    values = [page.input_value(f"#{name}") for name in ("x1", "y1", "x2", "y2")]
    return None if "" in values else tuple(map(int, values))


def assert_agrees(answer, prediction):
    """The page shows what Python reads: the same names in order, shares within a point."""
    assert answer.name == prediction.name
    assert answer.name_de == GTSRB_CLASSES[prediction.class_id].name_de
    shares = {name: float(share.strip("<>\u00a0%")) / 100 for name, share in answer.top}
    assert len(shares) == 5
    for one in prediction.top_k[:3]:
        assert shares[one.name] == pytest.approx(one.probability, abs=0.01)


def test_a_cropped_sign_is_named_as_python_names_it(opened, recognizer, drawn_signs):
    """Name in two languages, five shares, the drawing."""
    pixels, _ = drawn_signs[-1]

    answer = answer_after(opened.page, choose, opened.page, file_of(pixels))

    assert_agrees(answer, recognizer.predict_one(pixels, top_k=5))
    assert opened.page.locator("#drawing").evaluate("async (image) => (await image.decode(), image.naturalWidth)") > 0
    assert answer.name in opened.page.get_attribute("#drawing", "alt")
    widths = opened.page.locator("#top .bar span").evaluate_all("bars => bars.map((bar) => bar.offsetWidth)")
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 0


def test_a_box_drawn_with_the_mouse_is_what_python_is_given(opened, recognizer, scene):
    """The answer is about the box, and says so where none was drawn."""
    pixels, (x1, y1, x2, y2) = scene
    page = opened.page
    whole = answer_after(page, choose, page, file_of(pixels))
    assert_agrees(whole, recognizer.predict_one(pixels, top_k=5))
    assert "put a box around the sign" in whole.notes
    stage = page.locator("#stage").bounding_box()
    scale = stage["width"] / pixels.shape[1]

    def draw():
        page.mouse.move(stage["x"] + x1 * scale, stage["y"] + y1 * scale)
        page.mouse.down()
        page.mouse.move(stage["x"] + x2 * scale, stage["y"] + y2 * scale, steps=3)
        page.mouse.up()

    answer = answer_after(page, draw)

    box = shown_box(page)
    assert np.abs(np.subtract(box, (x1, y1, x2, y2))).max() <= 2
    assert_agrees(answer, recognizer.predict_one(pixels, box=box, top_k=5))
    assert answer.notes == ""


def test_the_box_is_placed_moved_sized_and_removed_by_keys(opened, recognizer, scene):
    """Nothing needs a pointer; the answer follows each time."""
    pixels, _ = scene
    page = opened.page
    answer_after(page, choose, page, file_of(pixels))
    page.focus("#choose")
    while page.evaluate("document.activeElement.id") != "add-box":
        page.keyboard.press("Tab")

    answer_after(page, page.keyboard.press, "Enter")
    placed = shown_box(page)
    assert page.evaluate("document.activeElement.id") == "box"
    assert str(placed[0]) in page.get_attribute("#box", "aria-label")
    for key in ("ArrowRight", "ArrowDown", "Shift+ArrowLeft", "Shift+ArrowLeft", "-"):
        page.keyboard.press(key)
    answer = answer_after(page, page.keyboard.press, "+")

    assert shown_box(page) == tuple(np.add(placed, (7, 7, -7, 7)))
    assert_agrees(answer, recognizer.predict_one(pixels, box=shown_box(page), top_k=5))
    answer_after(page, page.keyboard.press, "Delete")
    assert shown_box(page) is None
    assert page.evaluate("document.activeElement.id") == "add-box"


def test_the_box_is_given_in_numbers(opened, recognizer, scene):
    """Numbers outside the picture become its edge; a narrow box needs most of what surrounds it."""
    pixels, (x1, y1, _, _) = scene
    narrow = (x1, y1, x1 + 8)
    page = opened.page
    answer_after(page, choose, page, file_of(pixels))
    page.click("summary")

    def fill():
        for name, value in zip(("x1", "y1", "x2", "y2"), (*narrow, 9999), strict=True):
            page.fill(f"#{name}", str(value))
        page.keyboard.press("Tab")

    answer = answer_after(page, fill)

    page.click("summary")
    assert shown_box(page) == (*narrow, 500)
    assert_agrees(answer, recognizer.predict_one(pixels, box=(*narrow, 500), top_k=5))


HAND_OVER = """({ kind, files }) => {
  const data = new DataTransfer();
  for (const { name, type, content } of files) {
    data.items.add(new File([Uint8Array.from(atob(content), (c) => c.charCodeAt(0))], name, { type }));
  }
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
    : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
  document.body.dispatchEvent(event);
}"""


def hand_over(page, kind, *files):
    """Drop or paste files."""
    values = [
        {"name": file["name"], "type": file["mimeType"], "content": base64.b64encode(file["buffer"]).decode()}
        for file in files
    ]
    page.evaluate(HAND_OVER, {"kind": kind, "files": values})


@pytest.mark.parametrize("kind", ["drop", "paste"])
def test_a_picture_is_dropped_or_pasted(opened, recognizer, drawn_signs, kind):
    """GTSRB's own format, which no browser knows, and a common one."""
    pixels, _ = drawn_signs[4]
    file = file_of(pixels, "00001_00012.ppm" if kind == "drop" else "image.png")

    answer = answer_after(opened.page, hand_over, opened.page, kind, file)

    assert_agrees(answer, recognizer.predict_one(pixels, top_k=5))


def test_what_is_no_picture_is_said_so_and_what_was_there_stays(opened, drawn_signs):
    """Each message names what came and what to do; the next picture clears it."""
    page = opened.page
    good = file_of(drawn_signs[-1][0])
    kept = answer_after(page, choose, page, good).name
    empty = {"name": "empty.png", "mimeType": "image/png", "buffer": b""}
    text = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"hello"}
    cut = {"name": "cut.ppm", "mimeType": "", "buffer": b"P6 20 20 255\n" + bytes(100)}
    for files, expected in (
        ([text], "“notes.txt” is no picture"),
        ([empty], "“empty.png” is empty"),
        ([cut], "“cut.ppm” is cut off"),
        ([{**good, "buffer": good["buffer"][:60]}], "“sign.png” is no picture"),
        ([file_of(np.zeros((1, 9, 3), np.uint8))], "9 × 1 pixels. Expected at least 2 × 2"),
        ([good, good], "2 files came"),
        ([], "That was no picture"),
    ):
        hand_over(page, "drop", *files)
        page.locator("#error", has_text=expected).wait_for()
        assert page.get_attribute("#error", "role") == "alert"
        assert page.inner_text("#name") == kept

    answer_after(page, choose, page, good)

    assert page.is_hidden("#error")


def test_a_photograph_is_shown_upright(opened, recognizer):
    """A camera held sideways says so in the file; the page turns the picture, and asks about it turned."""
    pixels = np.zeros((60, 90, 3), np.uint8)
    pixels[:20] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: to be turned by a quarter, clockwise.

    answer = answer_after(opened.page, choose, opened.page, file_of(pixels, "photo.jpg", exif=exif, quality=95))

    assert opened.page.evaluate("[canvas.width, canvas.height]") == [60, 90]
    assert_agrees(answer, recognizer.predict_one(np.rot90(pixels, -1).copy(), top_k=5))


def test_a_very_small_sign_is_doubted_aloud(opened, drawn_signs):
    """Fewer pixels than anything it learned from."""
    answer = answer_after(opened.page, choose, opened.page, file_of(drawn_signs[0][0][:20, :18]))

    assert "Only 18 × 20 pixels" in answer.notes


def test_words_follow_the_probabilities(opened):
    """Sure, hesitating, and lost are said differently; no share is shown as none or all."""
    ask = """async (shares) => {
      const { certainty, percent } = await import(new URL("page/words.js", location));
      const top = shares.map((probability, index) => ({ probability, name: `sign ${index}` }));
      return [certainty(top), percent(shares[0])];
    }"""

    assert "can be sure and wrong" in opened.page.evaluate(ask, [0.95, 0.01])[0]
    assert "may also be “sign 1” (30.0\u00a0%)" in opened.page.evaluate(ask, [0.6, 0.3])[0]
    assert "no sign stands out" in opened.page.evaluate(ask, [0.2, 0.19])[0]
    assert opened.page.evaluate(ask, [1.0, 0.0])[1] == ">\u00a099.9\u00a0%"
    assert opened.page.evaluate(ask, [0.0, 0.0])[1] == "<\u00a00.1\u00a0%"


def test_the_policy_stops_scripts_that_are_not_the_page_own(opened, service_url, browser_url):
    """Neither code from text nor a word to anybody else; WebAssembly only where it is wanted."""
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


GOLDEN = """async ({ cases, ...settings }) => {
  const { prepare } = await import(new URL("page/frame.js", location));
  const { compute } = await import(new URL("page/recognise.js", location));
  const results = [];
  for (const { rgba, width, height, box } of cases) {
    const data = Uint8ClampedArray.from(atob(rgba), (letter) => letter.charCodeAt(0));
    const sign = box && { x1: box[0], y1: box[1], x2: box[2], y2: box[3] };
    const prepared = prepare({ data, width, height }, sign, settings);
    results.push([[...prepared], [...(await compute(prepared, settings.image_size))]]);
  }
  return results;
}"""


def golden_cases(drawn_signs, scene):
    """Drawn signs with and without their boxes, a large scene, and noise of many shapes with boxes anywhere."""
    cases = [(pixels, box) for pixels, sign in drawn_signs for box in (tuple(sign), None)]
    cases += [(scene[0], None), (scene[0][200:, 350:].copy(), (0, 0, 350, 300))]
    rng = np.random.default_rng(1)
    for _ in range(30):
        height, width = (int(side) for side in rng.integers(2, 120, 2))
        x = np.sort(rng.choice(width + 1, 2, replace=False)).tolist()
        y = np.sort(rng.choice(height + 1, 2, replace=False)).tolist()
        cases.append((rng.integers(0, 256, (height, width, 3), dtype=np.uint8), (x[0], y[0], x[1], y[1])))
    return cases


def in_the_browser(page, cases, preparation):
    """What the page makes of pictures: the network's inputs, which are held against Python's, and probabilities."""
    sent = [
        {
            "rgba": base64.b64encode(np.dstack([pixels, np.full_like(pixels[:, :, 0], 255)]).tobytes()).decode(),
            "width": pixels.shape[1],
            "height": pixels.shape[0],
            "box": box,
        }
        for pixels, box in cases
    ]

    settings = {"image_size": SIZE, "margin": preparation.margin, "preparation": preparation.name}
    results = page.evaluate(GOLDEN, {"cases": sent, **settings})
    placed = [place(pixels, preparation, box) for pixels, box in cases]
    crops = np.stack([resample(pixels, frame, image_size=SIZE) for pixels, frame in placed])
    prepared = np.array([prepared for prepared, _ in results]).reshape(crops.shape)
    assert np.abs(prepared - crops.astype(int)).max() <= 1
    return np.array([probabilities for _, probabilities in results])


def test_stretched_boxes_in_the_browser_are_pythons(phone, drawn_signs, scene):
    """On golden images: at most a level apart."""
    in_the_browser(phone, golden_cases(drawn_signs, scene), Preparation("stretched-box", SIZE, 0.1))


def test_preparation_and_network_in_the_browser_are_pythons(phone, recognizer, drawn_signs, scene):
    """On golden images: at most a level apart, labels equal, probabilities within 0.01."""
    cases = golden_cases(drawn_signs, scene)

    probabilities = in_the_browser(phone, cases, Preparation("box", SIZE, recognizer.metadata.margin))

    wanted = np.zeros((len(cases), len(GTSRB_CLASSES)))
    predictions = recognizer.predict([pixels for pixels, _ in cases], boxes=[box for _, box in cases], top_k=43)
    for row, prediction in zip(wanted, predictions, strict=True):
        row[[one.class_id for one in prediction.top_k]] = [one.probability for one in prediction.top_k]
    np.testing.assert_allclose(probabilities, wanted, atol=0.01)
    np.testing.assert_array_equal(probabilities.argmax(axis=1), wanted.argmax(axis=1))


def test_a_service_that_is_gone_or_refuses_is_told_of(chromium, service_url, drawn_signs):
    """The page shows the service's own three sentences, or that nobody answers; the next answer clears it."""
    refusal = '{"came": "Too much.", "expected": "Less.", "to_do": "Come again in 1 s.", "request_id": "1"}'
    with _open(chromium, service_url, viewport=DESKTOP) as opened:
        page, file = opened.page, file_of(drawn_signs[-1][0])
        for answer, expected in (
            (lambda route: route.abort(), "The service does not answer"),
            (lambda route: route.fulfill(status=429, body=refusal), "Too much. Less. Come again in 1 s."),
            (lambda route: route.fulfill(status=502, body="<html>"), "The service answered with status 502"),
        ):
            page.route("**/v1/predict*", answer)
            choose(page, file)
            page.locator("#error", has_text=expected).wait_for()
            assert page.is_hidden("#answer")
            page.unroute("**/v1/predict*")

        answer_after(page, choose, page, file)

        assert page.is_hidden("#error")


NOTE_SENT = """() => {
  const send = fetch;
  window.sent = [];
  window.fetch = (url, options) => {
    sent.push(createImageBitmap(options.body).then(({ width, height }) => [width, height]));
    return send(url, options);
  };
}"""


def test_only_the_sign_and_its_surroundings_are_sent(chromium, service_url, scene):
    """Of a photograph with a box, not the rest; of a large one without, no more than is looked at."""
    pixels, box = scene
    with _open(chromium, service_url, viewport=DESKTOP) as opened:
        page = opened.page
        page.evaluate(NOTE_SENT)
        large = np.repeat(np.repeat(pixels, 2, axis=0), 2, axis=1)
        whole = answer_after(page, choose, page, file_of(large))
        same = answer_after(page, choose, page, file_of(pixels))
        answer_after(page, hand_over_box, page, box)

        sizes = page.evaluate("Promise.all(sent)")

    assert sizes[:2] == [[700, 500]] * 2
    assert max(sizes[-1]) < 460
    assert whole.top == same.top


def hand_over_box(page, box):
    """Type a box."""
    page.click("summary")
    for name, value in zip(("x1", "y1", "x2", "y2"), box, strict=True):
        page.fill(f"#{name}", str(value))
    page.keyboard.press("Tab")


def test_on_a_phone_a_tap_places_the_box_and_a_corner_sizes_it(phone, recognizer, scene):
    """A finger on the picture scrolls the page; a tap marks the sign; the corners follow a finger."""
    pixels, box = scene
    answer_after(phone, choose, phone, file_of(pixels))
    stage = phone.locator("#stage").bounding_box()
    scale = stage["width"] / pixels.shape[1]
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)

    answer_after(phone, phone.touchscreen.tap, stage["x"] + middle[0] * scale, stage["y"] + middle[1] * scale)

    placed = shown_box(phone)
    assert placed[0] < middle[0] < placed[2]
    assert placed[1] < middle[1] < placed[3]
    corner = phone.locator('[data-corner="right bottom"]').bounding_box()
    at = {"pointerId": 1, "isPrimary": True, "button": 0, "bubbles": True, "pointerType": "touch"}
    at |= {"clientX": corner["x"] + corner["width"] / 2, "clientY": corner["y"] + corner["height"] / 2}
    phone.evaluate("Element.prototype.setPointerCapture = () => {}")
    phone.dispatch_event('[data-corner="right bottom"]', "pointerdown", at)
    moved = {**at, "clientX": at["clientX"] - 20, "clientY": at["clientY"] - 20}
    phone.dispatch_event("#box", "pointermove", moved)
    answer_after(phone, phone.dispatch_event, "#box", "pointerup", moved)
    sized = shown_box(phone)
    assert sized[:2] == placed[:2]
    assert sized[2] == pytest.approx(placed[2] - 20 / scale, abs=2)


@pytest.mark.parametrize("width", [320, 390, 1100])
def test_nothing_is_wider_than_the_screen(phone, scene, width):
    """From a small phone's width on, nobody scrolls sideways, and the name is seen without scrolling."""
    phone.set_viewport_size({"width": width, "height": 844})
    answer_after(phone, choose, phone, file_of(scene[0]))
    phone.evaluate("scrollTo(0, 0)")

    assert phone.evaluate("document.documentElement.scrollWidth") <= width
    name = phone.locator("#name").bounding_box()
    assert name["y"] + name["height"] < 844
    phone.set_viewport_size(PHONE)


def test_a_screen_reader_is_told_what_everything_is(opened, drawn_signs):
    """Every control has a name, the answer is announced whole, German is marked as German."""
    page = opened.page
    answer_after(page, choose, page, file_of(drawn_signs[-1][0]))

    told = page.locator("body").aria_snapshot()

    for expected in ('button "Choose a picture"', 'heading "Answer"', 'button "Add a box"', "status:", "- list"):
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
def test_text_stands_out_from_its_ground(scheme):
    """WCAG AA in light and dark: 4.5 to 1 for words, 3 to 1 for lines and bars."""
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
