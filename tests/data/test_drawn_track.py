"""Drawn signs and tracks: every class has its drawing, boxes hold the sign, signs grow."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from roadsigns.classes import GTSRB_CLASSES
from roadsigns.data import drawn_track
from roadsigns.data.drawn_track import SIGNS, draw_track, render_sign
from roadsigns.errors import DataError
from roadsigns.images.camera import Camera
from roadsigns.images.signpost import REACH

every_class = pytest.mark.parametrize("class_id", range(len(GTSRB_CLASSES)))


def track_of(class_id, *, frames=5, seed=0):
    return draw_track(class_id, frames=frames, rng=np.random.default_rng(seed))


@every_class
def test_every_class_has_a_drawing(class_id):
    """The drawing shows something in the middle and nothing in the corners."""
    sign = render_sign(class_id, 64)

    assert sign.shape == (64, 64, 4)
    assert sign.dtype == np.uint8
    assert sign[32, 32, 3] == 255
    assert sign[[0, 0, -1, -1], [0, -1, 0, -1], 3].tolist() == [0, 0, 0, 0]


@every_class
def test_drawings_are_small_titled_and_without_text(class_id):
    """No font decides how a numeral looks, and the title carries name and official number."""
    content = (SIGNS / f"{class_id:02d}.svg").read_bytes()
    elements = [element.tag.rpartition("}")[2] for element in ET.fromstring(content).iter()]
    title = re.search(r"<title>(.*)</title>", content.decode()).group(1)

    assert len(content) < 6000
    assert set(elements) <= {"svg", "title", "g", "path", "circle"}
    assert title.lower() == f"{GTSRB_CLASSES[class_id].name} (sign {GTSRB_CLASSES[class_id].sign_number})".lower()


def test_no_two_drawings_are_alike():
    """At 32 pixels every two classes differ by more than a few levels in some region."""
    signs = [render_sign(class_id, 32).astype(int) for class_id in range(len(GTSRB_CLASSES))]

    for i, first in enumerate(signs):
        assert all(np.abs(first - second).max() > 100 for second in signs[:i])


@pytest.mark.parametrize(
    ("right", "left"), [(33, 34), (36, 37), (38, 39), (20, 19)], ids=["turn", "fork", "keep", "bend"]
)
def test_signs_to_the_left_mirror_those_to_the_right(right, left):
    """Signs that exist for both directions are mirror images."""
    difference = np.abs(render_sign(right, 128)[:, ::-1].astype(int) - render_sign(left, 128).astype(int))

    assert difference.mean() < 1


def test_a_rendered_sign_cannot_be_changed_by_accident():
    """Renderings are cached, so their arrays are read-only."""
    with pytest.raises(ValueError, match="read-only"):
        render_sign(0, 64)[0, 0] = 0


@pytest.mark.parametrize("class_id", [-1, 43])
def test_unknown_class_is_refused(class_id):
    """The message names the classes that there are."""
    with pytest.raises(DataError, match="0 to 42"):
        render_sign(class_id, 64)


def test_size_of_nothing_is_refused():
    """A sign has at least one pixel."""
    with pytest.raises(DataError, match="at least 1"):
        render_sign(0, 0)


def test_track_without_frames_is_refused():
    """A track has at least one frame."""
    with pytest.raises(DataError, match="at least 1 frame"):
        track_of(0, frames=0)


def test_same_seed_draws_the_same_track():
    """All chance comes from the generator that is passed."""
    first, second = track_of(14, seed=3), track_of(14, seed=3)

    assert [box for _, box in first] == [box for _, box in second]
    assert all(np.array_equal(one, other) for (one, _), (other, _) in zip(first, second, strict=True))


@pytest.mark.parametrize("class_id", [2, 13, 14, 18, 38])
def test_sign_grows_along_its_track(class_id):
    """The car comes nearer: the box grows from frame to frame, but for the pixel that a swaying sign may lose."""
    for seed in range(5):
        sides = [box.x2 - box.x1 for _, box in track_of(class_id, frames=10, seed=seed)]

        assert sides[-1] > 1.2 * sides[0]
        assert all(later >= 0.95 * earlier - 1 for earlier, later in pairwise(sides))


def test_sizes_are_those_of_gtsrb():
    """Image widths have about GTSRB's percentiles: 28 at 5 %, 43 at 50 %, 101 at 95 % (Final_Training)."""
    widths = [image.shape[1] for seed in range(60) for image, _ in track_of(seed % 43, frames=3, seed=seed)]
    low, median, high = np.percentile(widths, [5, 50, 95])

    assert 25 <= low <= 32
    assert 38 <= median <= 52
    assert 75 <= high <= 130
    assert min(widths) >= 20


def test_images_are_dark_and_bright():
    """The mean level inside the box covers a wide range, as under trees and in the sun."""
    levels = []
    for seed in range(60):
        image, box = track_of(seed % 43, frames=1, seed=seed)[0]
        levels.append(image[box.y1 : box.y2, box.x1 : box.x2].mean())

    assert np.percentile(levels, 10) < 45
    assert np.percentile(levels, 90) > 110


@pytest.fixture
def bare_scene(monkeypatch):
    """A white silhouette before black, through a perfect camera."""

    def silhouette(sign, neighbour, rng):
        size = round(REACH * len(sign))
        post = np.zeros((size, size, 4), np.float32)
        start = (size - len(sign)) // 2
        post[start : start + len(sign), start : start + len(sign)] = sign[:, :, 3:] / np.float32(255)
        return post

    camera = Camera(
        sign_gain=1,
        backdrop_gain=1,
        cast=(1, 1, 1),
        haze=0,
        defocus=0,
        motion=0,
        motion_degrees=0,
        fringe=(0, 0),
        noise=0,
    )
    monkeypatch.setattr(drawn_track, "build_signpost", silhouette)
    monkeypatch.setattr(drawn_track, "paint_backdrop", lambda size, rng: np.zeros((size, size, 3), np.float32))
    monkeypatch.setattr(drawn_track, "choose_camera", lambda rng: camera)
    monkeypatch.setattr(drawn_track, "shake", lambda camera, rng: camera)


@every_class
def test_box_fits_the_sign(bare_scene, class_id):
    """With nothing else in the picture, the lit pixels reach to within a pixel and a half of each side of the box."""
    for image, box in track_of(class_id, frames=4, seed=class_id):
        ys, xs = np.nonzero(image[:, :, 1] > 100)
        lit = np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1])

        # Sharp corners of triangles and diamonds are fainter than half a pixel.
        allowance = 1.5 + 0.02 * (box.x2 - box.x1)
        assert np.abs(lit - box).max() <= allowance
        assert 0 < box.x1 < box.x2 < image.shape[1]
        assert 0 < box.y1 < box.y2 < image.shape[0]
