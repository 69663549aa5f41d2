"""Drawn tracks: boxes hold the sign, signs grow, and every setting of how they are turned and framed does its work."""

import warnings
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest
from fixtures.errors import raises
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.errors import DataError
from roadsigns.synthesis import track as drawn_track
from roadsigns.synthesis.camera import Camera
from roadsigns.synthesis.designs import Designs, official_designs, read_templates
from roadsigns.synthesis.rendering import render_design
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.signpost import REACH, build_signpost
from roadsigns.synthesis.track import draw_track
from roadsigns.types import SignClass

SIGNS = GTSRB.drawings.folder
every_drawing = pytest.mark.parametrize("path", sorted(SIGNS.glob("*.svg")), ids=lambda path: path.stem)
TURNS = ("roll_degrees", "pitch_degrees", "yaw_degrees", "shear_degrees", "pose_jitter_degrees")
STRAIGHT = Drawing(**dict.fromkeys((*TURNS, "box_slack"), 0.0))


def track_of(class_id=0, *, frames=5, seed=0, designs=None, drawing=None):
    """A track of one of the package's designs, with the default settings."""
    designs, drawing = designs or official_designs(), drawing or Drawing()
    return draw_track(class_id, designs=designs, drawing=drawing, frames=frames, rng=np.random.default_rng(seed))


def only(*stems, turned=0.0):
    """Designs of one class with some of the package's drawings: few renderings, so quick."""
    paths = tuple(SIGNS / f"{stem}.svg" for stem in stems)
    return Designs((SignClass(0, "any"),), (paths,), ((1 / len(paths),) * len(paths),), {0: turned}, "some drawings")


# A circle, a triangle, an octagon and a diamond.
SHAPES = only("00", "13", "14", "12")


@pytest.fixture(scope="module")
def square(tmp_path_factory):
    """Designs of one class, a square that fills its drawing but for a thin edge."""
    folder = tmp_path_factory.mktemp("templates")
    drawing = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><path fill="#fff" d="M1 1h62v62h-62z"/></svg>'
    )
    (folder / "square.svg").write_text(drawing)
    return read_templates(folder)


@pytest.fixture
def bare_scene(monkeypatch):
    """A white silhouette before black, through a perfect camera."""

    def silhouette(sign, neighbour, drawing, rng):
        size = round(REACH * len(sign))
        post = np.zeros((size, size, 4), np.float32)
        start = (size - len(sign)) // 2
        post[start : start + len(sign), start : start + len(sign)] = sign[:, :, 3:] / np.float32(255)
        return post

    def black(size, drawing, rng):
        return np.zeros((size, size, 3), np.float32)

    monkeypatch.setattr(drawn_track, "build_signpost", silhouette)
    monkeypatch.setattr(drawn_track, "paint_backdrop", black)
    monkeypatch.setattr(drawn_track, "choose_camera", lambda sign, backdrop_level, drawing, rng: Camera())
    monkeypatch.setattr(drawn_track, "shake", lambda camera, drawing, rng: camera)


def test_track_without_frames_is_refused():
    """A track has at least one frame."""
    with raises(DataError, expected="at least 1 frame"):
        track_of(0, frames=0)


@pytest.mark.parametrize("class_id", [-1, 43])
def test_class_without_a_design_is_refused(class_id):
    """The message names the classes that there are."""
    with raises(DataError, problem=f"no drawing of class {class_id}.", expected="one of 0, 1, "):
        track_of(class_id)


def test_same_seed_draws_the_same_track():
    """All randomness comes from the generator that is passed."""
    first, second = track_of(14, seed=3), track_of(14, seed=3)

    assert [box for _, box in first] == [box for _, box in second]
    assert all(np.array_equal(one, other) for (one, _), (other, _) in zip(first, second, strict=True))


def test_another_seed_draws_another_track():
    frames = {image.tobytes() for seed in range(5) for image, _ in track_of(14, frames=4, seed=seed)}

    assert len(frames) == 5 * 4


@pytest.fixture
def mounted(monkeypatch):
    """The signs that were put on a post, one for each track."""
    signs = []

    def remember(sign, neighbour, drawing, rng):
        signs.append(sign)
        return build_signpost(sign, neighbour, drawing, rng)

    monkeypatch.setattr(drawn_track, "build_signpost", remember)
    return signs


def test_every_design_of_a_class_is_drawn(mounted):
    """Tracks of one class show now one, now another of its drawings."""
    for seed in range(40):
        track_of(frames=1, seed=seed, designs=SHAPES)

    for path in SHAPES.files[0]:
        assert 2 <= sum(np.array_equal(sign, render_design(path, len(sign))) for sign in mounted) <= 20


@pytest.mark.parametrize("class_id", [2, 13, 14, 18, 38])
def test_sign_grows_along_its_track(class_id):
    """The car comes nearer: the box grows from frame to frame, but for the pixel that a swaying sign may lose."""
    for seed in range(5):
        sides = [box.x2 - box.x1 for _, box in track_of(class_id, frames=10, seed=seed)]

        assert sides[-1] > 1.2 * sides[0]
        assert all(later >= 0.95 * earlier - 1 for earlier, later in pairwise(sides))


def test_sizes_are_those_of_gtsrb():
    """Image widths have about GTSRB's percentiles: 28 at 5 %, 43 at 50 %, 101 at 95 % (Final_Training)."""
    widths = [image.shape[1] for seed in range(60) for image, _ in track_of(frames=3, seed=seed, designs=SHAPES)]
    low, median, high = np.percentile(widths, [5, 50, 95])

    assert 25 <= low <= 32
    assert 38 <= median <= 52
    assert 75 <= high <= 130
    assert min(widths) >= 20


def test_widths_follow_their_settings(square):
    """Without spread every track has the same sizes, from about 25 to the last width; a larger first width is seen."""

    def widths(seed, **levers):
        drawing = STRAIGHT.model_copy(
            update={"first_width": 0.001, "last_width_spread": 0.0, "last_width": 150, **levers}
        )
        return [image.shape[1] for image, _ in track_of(frames=8, seed=seed, designs=square, drawing=drawing)]

    tracks = [widths(seed) for seed in range(5)]
    assert np.ptp(tracks, axis=0).max() <= 3
    assert tracks[0][0] == pytest.approx(25, abs=4)
    assert tracks[0][-1] == pytest.approx(114, abs=5)
    assert widths(0, last_width=60)[-1] < 65
    assert np.mean([widths(seed, first_width=40)[0] for seed in range(12)]) > 45
    assert np.std([widths(seed, last_width_spread=0.5)[-1] for seed in range(12)]) > 20


def test_images_are_dark_and_bright():
    """The mean level inside the box covers a wide range, as under trees and in the sun."""
    levels = [level_inside(seed) for seed in range(60)]

    assert np.percentile(levels, 10) < 45
    assert np.percentile(levels, 90) > 110


def test_brightness_follows_its_setting():
    """A larger gamma makes darker signs."""
    dark, bright = (np.mean([level_inside(seed, brightness_gamma=gamma) for seed in range(15)]) for gamma in (2, -2))

    assert dark < 50
    assert bright > 150


def level_inside(seed, **levers):
    image, box = track_of(frames=1, seed=seed, designs=SHAPES, drawing=Drawing(**levers))[0]
    return image[box.y1 : box.y2, box.x1 : box.x2].mean()


@every_drawing
def test_box_fits_the_sign(bare_scene, path):
    """With nothing else in the picture, the lit pixels reach to within a pixel and a half of each side of the box."""
    tight = Drawing(box_slack=0.0)
    for image, box in track_of(frames=3, seed=len(path.stem), designs=only(path.stem), drawing=tight):
        ys, xs = np.nonzero(image[:, :, 1] > 100)
        lit = np.array([xs.min(), ys.min(), xs.max() + 1, ys.max() + 1])

        # Sharp corners of triangles and diamonds are fainter than half a pixel.
        allowance = 1.5 + 0.02 * (box.x2 - box.x1)
        assert np.abs(lit - box).max() <= allowance
        assert 0 < box.x1 < box.x2 < image.shape[1]
        assert 0 < box.y1 < box.y2 < image.shape[0]


def test_boxes_are_as_loose_as_their_setting_says(bare_scene, square):
    """Each side stands off by up to twice the mean, and by another length than the other three."""
    drawing = STRAIGHT.model_copy(update={"box_slack": 0.1, "last_width": 200.0})
    gaps = []
    for seed in range(40):
        image, box = track_of(frames=2, seed=seed, designs=square, drawing=drawing)[-1]
        ys, xs = np.nonzero(image[:, :, 1] > 100)
        side = xs.max() + 1 - xs.min()
        gaps.append(
            np.array([xs.min() - box.x1, ys.min() - box.y1, box.x2 - xs.max() - 1, box.y2 - ys.max() - 1]) / side
        )

    assert np.mean(gaps, axis=0) == pytest.approx([0.1] * 4, abs=0.03)
    assert 0 <= np.min(gaps) < 0.03
    assert 0.17 < np.max(gaps) < 0.24
    assert np.ptp(gaps, axis=1).min() > 0.01


def filled(image, box):
    """How much of its box a white sign fills, 0 to 1."""
    return image[box.y1 : box.y2, box.x1 : box.x2, 1].mean() / 255


def proportions(designs, drawing):
    """Of the last frames of some tracks: how much of the box is filled, and its width over its height."""
    tracks = [track_of(frames=4, seed=seed, designs=designs, drawing=drawing) for seed in range(12)]
    frames = [track[-1] for track in tracks]
    return [filled(*frame) for frame in frames], [(box.x2 - box.x1) / (box.y2 - box.y1) for _, box in frames]


def test_sign_that_nothing_turns_fills_its_box(bare_scene, square):
    """All spreads at 0: a square stays a square."""
    fractions, shapes = proportions(square, STRAIGHT)

    assert min(fractions) > 0.88
    assert shapes == pytest.approx([1] * 12, abs=0.06)


@pytest.mark.parametrize("lever", ["roll_degrees", "shear_degrees", "pose_jitter_degrees"])
def test_turned_or_slanted_square_leaves_corners_of_its_box(bare_scene, square, lever):
    """Each of these settings alone."""
    fractions, _ = proportions(square, STRAIGHT.model_copy(update={lever: 20.0}))

    assert min(fractions) < 0.8


@pytest.mark.parametrize(("lever", "narrower"), [("yaw_degrees", True), ("pitch_degrees", False)])
def test_tilted_square_is_narrower_or_lower(bare_scene, square, lever, narrower):
    """About the pole it loses width, forwards or backwards height."""
    _, shapes = proportions(square, STRAIGHT.model_copy(update={lever: 40.0}))

    assert (min(shapes) < 0.8) == narrower
    assert (max(shapes) > 1.25) != narrower


def test_near_signs_have_perspective(bare_scene, square):
    """The nearer edge of a turned sign is longer than the other; from far away both are the same."""

    def edges(nearest):
        drawing = STRAIGHT.model_copy(update={"yaw_degrees": 40.0, "min_distance": nearest})
        for seed in range(12):
            image, box = track_of(frames=2, seed=seed, designs=square, drawing=drawing)[-1]
            lit = image[:, :, 1] > 100
            inner = 0.15 * (box.x2 - box.x1)
            yield lit[:, round(box.x1 + inner)].sum() / lit[:, round(box.x2 - inner) - 1].sum()

    assert max(abs(np.log(edge)) for edge in edges(1.5)) > 0.2
    assert max(abs(np.log(edge)) for edge in edges(100.0)) < 0.06


def test_only_swaying_moves_a_sign_between_frames(bare_scene, square):
    """With its spread at 0 all frames of a track show the sign equally turned."""

    def spread(sway):
        still = dict.fromkeys(("yaw_degrees", "pitch_degrees", "box_slack"), 0)
        drawing = Drawing(**still, pose_jitter_degrees=sway, last_width=200, first_width=100)
        tracks = [track_of(frames=4, seed=seed, designs=square, drawing=drawing) for seed in range(6)]
        return max(np.ptp([filled(*frame) for frame in track]) for track in tracks)

    assert spread(0.0) < 0.04
    assert spread(8.0) > 0.1


@given(pixels=st.integers(0, 50), share=st.floats(0, 1), seed=st.integers(0, 99))
def test_border_is_as_wide_as_its_settings_say(square, pixels, share, seed):
    """The larger of pixels and share of the side, a pixel more or less; GTSRB has the less at the right and bottom."""
    drawing = STRAIGHT.model_copy(update={"margin_pixels": pixels, "margin": share})

    for image, box in track_of(frames=2, seed=seed, designs=square, drawing=drawing):
        side = (box.x2 - box.x1) / (62 / 64)
        least, most = max(pixels, share * (side - 2)) - 1, max(pixels, share * (side + 1)) + 1
        height, width = image.shape[:2]
        assert all(least <= border <= most + 1 for border in (box.x1, box.y1))
        assert all(least - 1 <= border <= most for border in (width - box.x2, height - box.y2))


def test_some_signs_are_screwed_on_at_any_angle(mounted):
    """As often as the designs say; in the package's, only roundabouts are."""

    def turned(share):
        mounted.clear()
        for seed in range(40):
            track_of(frames=1, seed=seed, designs=only("40", turned=share))
        return sum(not np.array_equal(sign, render_design(SIGNS / "40.svg", len(sign))) for sign in mounted)

    assert turned(0.0) == 0
    assert 8 <= turned(0.4) <= 24
    assert turned(1.0) == 40
    assert list(official_designs().turned) == [40]


@pytest.mark.parametrize("lever", ["shear_degrees", "yaw_degrees", "pitch_degrees"])
def test_no_sign_is_turned_or_slanted_beyond_recognition(lever):
    """At the largest spreads a few of a hundred would be as wide as a street or as thin as a line."""
    largest = {"shear_degrees": 45.0}.get(lever, 60.0)
    drawing = STRAIGHT.model_copy(update={lever: largest, "min_distance": 1.5, "last_width": 36.0})

    for seed in range(60):
        ((_, box),) = track_of(frames=1, seed=seed, designs=only("13"), drawing=drawing)
        assert 1 / 5 < (box.x2 - box.x1) / (box.y2 - box.y1) < 5


# The cheapest ranges of the levers that decide how large the pictures are.
SIZES = {"first_width": (0.1, 10.0), "last_width": (36.0, 80.0), "last_width_spread": (0.0, 0.5)}


def any_value(name, field):
    """Any value that a setting takes."""
    bounds = {key: value for rule in field.metadata for key, value in vars_of(rule)}
    low, high = SIZES.get(name, (bounds.get("ge", bounds.get("gt")), bounds["le"]))
    if field.annotation is int:
        return st.integers(low, high)
    return st.floats(low, high, exclude_min="gt" in bounds and name not in SIZES, allow_subnormal=False)


def vars_of(rule):
    """The bounds that a rule of a field sets."""
    return [(key, getattr(rule, key)) for key in ("ge", "gt", "le") if hasattr(rule, key)]


@given(
    drawing=st.builds(Drawing, **{name: any_value(name, field) for name, field in Drawing.model_fields.items()}),
    class_id=st.integers(0, 42),
    seed=st.integers(0, 999),
)
def test_any_settings_draw_a_sign_in_its_box(drawing, class_id, seed):
    """No values that a recipe takes make a warning, an empty box, a box outside its picture, or a huge picture."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        track = track_of(class_id, frames=2, seed=seed, drawing=drawing)

    for image, box in track:
        height, width = image.shape[:2]
        assert image.dtype == np.uint8
        assert image.shape == (height, width, 3)
        assert 0 <= box.x1 < box.x2 <= width <= 1000
        assert 0 <= box.y1 < box.y2 <= height <= 1000


def test_templates_are_drawn_as_they_are(bare_scene, template_folder):
    """A plate of three to two stays one; there are pictures of every class."""
    designs = read_templates(template_folder)

    for class_id in range(3):
        image, _ = track_of(class_id, designs=designs)[-1]
        assert image.max() > 200
    _, (shape, *_) = proportions(replace(designs, files=designs.files[1:], shares=designs.shares[1:]), STRAIGHT)
    assert shape == pytest.approx(48 / 32, abs=0.1)


@pytest.mark.parametrize(("stem", "channel"), [("17", 0), ("35", 2)])
def test_colours_of_a_drawing_are_seen(stem, channel):
    """A red sign is red, a blue one blue."""
    clean = (
        "hue_degrees",
        "smooth_noise",
        "dirt",
        "color_cast",
        "occlusion_probability",
        "sticker_probability",
        "shadow_probability",
        "glare_probability",
        "haze",
    )
    drawing = Drawing(**dict.fromkeys(clean, 0.0), brightness_gamma=1.0, brightness_delta=3.0)

    image, box = track_of(seed=1, drawing=drawing, designs=only(stem))[-1]

    inside = cv2.resize(image[box.y1 : box.y2, box.x1 : box.x2], (20, 20), interpolation=cv2.INTER_AREA)
    assert inside[15, 5, channel] > 1.3 * inside[15, 5, 2 - channel]
