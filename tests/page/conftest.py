"""The page in Chromium, in both forms: served by the service, and entirely in the browser."""

import contextlib
import functools
import http.server
import threading

import numpy as np
import pytest
from fixtures.page_driver import DESKTOP, PHONE, OpenPage

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.model_files.conformal_quantiles import ConformalQuantiles
from roadsigns.model_files.known_thresholds import KnownThresholds
from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_track
from roadsigns.types import UNKNOWN_KINDS

SIZE = 32
# Where the sign's picture begins in the scene.
CORNER_IN_SCENE = (400, 250)


@pytest.fixture(scope="session")
def model(tmp_path_factory, tiny_metadata):
    """A run folder with recipe fast's network, its weights random. Not to be changed."""
    from dataclasses import replace

    import keras

    from roadsigns.model_files.model_file import save_model
    from roadsigns.models.build import build_inference_network

    keras.utils.set_random_seed(0)
    network = build_inference_network("fast", num_classes=len(GTSRB_CLASSES) + len(UNKNOWN_KINDS), image_size=SIZE)
    # Decided answers, as of a trained network: nearly equal probabilities would change places by a rounding.
    kernel, bias = network.layers[-1].get_weights()
    # A blank picture has no features: it shows no sign.
    bias[-1] = 7
    network.layers[-1].set_weights([4 * kernel, bias])
    folder = tmp_path_factory.mktemp("runs") / "random"
    folder.mkdir()
    metadata = replace(
        tiny_metadata,
        network="fast",
        preparation="box",
        image_size=SIZE,
        unknown_kinds=UNKNOWN_KINDS,
        known_thresholds=KnownThresholds("group", 600, {0.99: 0.1}),
        conformal=ConformalQuantiles("ratio", "group", 600, {0.99: 0.8}),
    )
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


@pytest.fixture(scope="session")
def site(model, tmp_path_factory):
    """A folder with the exported page in its folder `signs`. Not to be changed."""
    from roadsigns.page.web_export import write_page

    folder = tmp_path_factory.mktemp("site")
    write_page(model, folder / "signs")
    return folder


@pytest.fixture(scope="module")
def browser_url(site):
    """Where the exported page lies on a plain file server, in a folder of it."""
    with _file_server(site) as url:
        yield f"{url}/signs/"


@pytest.fixture(scope="module")
def detector(recognizer, red_detector):
    """What the page with a detector must agree with: it finds red squares."""
    from roadsigns.detection.detector import Detector

    return Detector.load(red_detector, recognizer=recognizer, engine="onnxruntime", threads=1)


@pytest.fixture(scope="module")
def street_service_url(running, recognizer, detector):
    """Where a service with a detector shows the page."""
    with running(recognizer, detector=detector) as service:
        yield f"{service.url}/"


@pytest.fixture(scope="module")
def street_browser_url(model, red_detector, tmp_path_factory):
    """Where the exported page with a detector lies."""
    from roadsigns.page.web_export import write_page

    folder = tmp_path_factory.mktemp("street")
    write_page(model, folder / "signs", detector=red_detector)
    with _file_server(folder) as url:
        yield f"{url}/signs/"


@pytest.fixture(scope="module", params=["service", "browser"])
def street(request, chromium):
    """The page with a detector, as `opened`."""
    url = request.getfixturevalue(f"street_{request.param}_url")
    with OpenPage(chromium, url, viewport=DESKTOP) as opened:
        opened.form = request.param
        yield opened


@pytest.fixture(scope="module")
def street_phone(chromium, street_browser_url):
    """The page with a detector on a phone."""
    with OpenPage(chromium, street_browser_url, viewport=PHONE, has_touch=True, is_mobile=True) as opened:
        yield opened.page


@contextlib.contextmanager
def _file_server(folder):
    handler = functools.partial(_QuietHandler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Nothing."""


@pytest.fixture(scope="module", params=["service", "browser"])
def opened(request, chromium):
    """The page on a large screen; at the end, that it asked nobody else and broke no policy."""
    with OpenPage(chromium, request.getfixturevalue(f"{request.param}_url"), viewport=DESKTOP) as opened:
        opened.form = request.param
        yield opened


@pytest.fixture(scope="module")
def phone(chromium, browser_url):
    """The page on a phone."""
    with OpenPage(chromium, browser_url, viewport=PHONE, has_touch=True, is_mobile=True) as opened:
        yield opened.page


@pytest.fixture(scope="session")
def drawn_signs():
    """Frames of four drawn signs, (pixels, box), from small to large."""
    signs = []
    for class_id in (1, 12, 14, 25):
        rng = np.random.default_rng(class_id)
        signs += draw_track(class_id, designs=official_designs(), drawing=Drawing(), frames=3, rng=rng)
    return signs


@pytest.fixture(scope="session")
def scene(drawn_signs):
    """A photograph of 700x500 pixels with one drawn sign in it, and that sign's box."""
    sign, box = max(drawn_signs, key=lambda sign: sign[0].size)
    # Smooth, so that its PNG is written quickly.
    pixels = np.tile(np.linspace(60, 200, 700).astype(np.uint8)[None, :, None], (500, 1, 3))
    x, y = CORNER_IN_SCENE
    pixels[y : y + sign.shape[0], x : x + sign.shape[1]] = sign
    return pixels, (box.x1 + x, box.y1 + y, box.x2 + x, box.y2 + y)
