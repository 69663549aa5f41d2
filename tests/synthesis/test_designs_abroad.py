"""Designs of other countries: each is sound, bears the number of its class, and is drawn as often as asked for."""

import re
from collections import Counter
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from fixtures.templates import SQUARE, write

from roadsigns.datasets.gtsrb import GTSRB, GTSRB_CLASSES
from roadsigns.synthesis.designs import official_designs, read_templates
from roadsigns.synthesis.rendering import render_design
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.track import draw_track

ABROAD = GTSRB.drawings.abroad
DRAWINGS = sorted(ABROAD.glob("*.svg"))
every_drawing = pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)
# What mirrors it stands for the other class.
MIRRORED = {19: 20, 33: 34, 36: 37, 38: 39}


def title_of(path):
    return re.search("<title>(.*)</title>", path.read_text(encoding="utf-8"))[1]


def pictures(paths, size=32):
    """Over grey, shape (drawings, size, size, 3), int."""
    signs = np.stack([render_design(path, size) for path in paths]).astype(int)
    opaque = signs[..., 3:] / 255
    return (signs[..., :3] * opaque + 128 * (1 - opaque)).astype(int)


@every_drawing
def test_every_drawing_shows_a_sign_on_a_transparent_ground(path):
    """The middle is opaque and the corners are transparent."""
    sign = render_design(path, 64)

    assert sign.shape == (64, 64, 4)
    assert sign[32, 32, 3] == 255
    assert sign[[0, 0, -1, -1], [0, -1, 0, -1], 3].tolist() == [0, 0, 0, 0]


@every_drawing
def test_every_drawing_is_made_of_paths_and_titled_as_its_class(path):
    """No font decides how a numeral looks; the title tells the class and the number of the German sign."""
    elements = {element.tag.rpartition("}")[2] for element in ET.fromstring(path.read_bytes()).iter()}
    sign = GTSRB_CLASSES[int(path.stem[:2])]

    assert elements <= {"svg", "title", "g", "path", "circle"}
    assert title_of(path).lower().startswith(f"{sign.name} (sign {sign.sign_number.partition('-')[0]}, ".lower())
    assert title_of(path).endswith(")")


def test_every_class_has_some_and_none_is_without_a_class():
    """Files are named NN-<design>.svg; the whole folder is small."""
    files = official_designs().abroad

    assert len(files) == len(GTSRB_CLASSES)
    assert sorted(path for of_class in files for path in of_class) == DRAWINGS == sorted(ABROAD.iterdir())
    for class_id, of_class in enumerate(files):
        assert len(of_class) >= 3
        assert all(re.fullmatch(rf"{class_id:02d}(-[a-z0-9]+)+\.svg", path.name) for path in of_class)
    assert sum(path.stat().st_size for path in DRAWINGS) < 400_000


def test_no_two_drawings_have_the_same_title():
    """Nor one of the standard designs."""
    titles = Counter(title_of(path) for path in [*DRAWINGS, *GTSRB.drawings.folder.glob("*.svg")])

    assert titles.most_common(1)[0][1] == 1


def test_no_drawing_looks_like_another():
    """Neither another design of its class nor any of another class, standard ones included."""
    paths = [*DRAWINGS, *(path for of_class in official_designs().files for path in of_class)]
    signs, classes = pictures(paths), np.array([int(path.stem[:2]) for path in paths])

    for index, path in enumerate(DRAWINGS):
        apart = np.abs(signs - signs[index]).max(axis=(1, 2, 3))
        apart[index] = 255
        assert (apart[classes == classes[index]] > 20).all(), path.name
        assert (apart[classes != classes[index]] > 100).all(), path.name


@pytest.mark.parametrize(("one", "other"), MIRRORED.items())
def test_signs_of_the_other_direction_mirror_each_other(one, other):
    """Design by design; the German pictograms in foreign frames as well."""
    left, right = (official_designs().abroad[class_id] for class_id in (one, other))

    assert [path.stem[2:] for path in left] == [path.stem[2:] for path in right]
    assert (np.abs(pictures(left, 128)[:, :, ::-1] - pictures(right, 128)).mean(axis=(1, 2, 3)) < 1).all()


def test_none_is_drawn_unless_asked_for():
    """A share of 0 takes nothing from the random numbers, so every seed gives what it gave before."""
    designs = official_designs()
    rngs = [np.random.default_rng(7) for _ in range(3)]

    chosen = [
        [designs.choose(class_id, rngs[0]) for class_id in range(43)],
        [designs.choose(class_id, rngs[1], abroad=0.0) for class_id in range(43)],
        [replace(designs, abroad=()).choose(class_id, rngs[2], abroad=1.0) for class_id in range(43)],
    ]

    assert chosen[0] == chosen[1] == chosen[2]
    assert all(path.parent == GTSRB.drawings.folder for path in chosen[0])
    assert len({str(rng.bit_generator.state) for rng in rngs}) == 1


def test_a_share_of_one_draws_every_design_of_other_countries_and_no_other():
    """Of a class, in 400 choices."""
    designs, rng = official_designs(), np.random.default_rng(0)

    chosen = {designs.choose(2, rng, abroad=1.0) for _ in range(400)}

    assert chosen == set(designs.abroad[2])


def test_a_share_between_is_kept():
    """In 4,000 choices."""
    designs, rng = official_designs(), np.random.default_rng(0)

    chosen = [designs.choose(25, rng, abroad=0.3) for _ in range(4000)]

    assert sum(path.parent == ABROAD for path in chosen) / 4000 == pytest.approx(0.3, abs=0.03)


def test_own_templates_have_none(tmp_path):
    """The share changes nothing where no design of other countries is known."""
    designs = read_templates(write(tmp_path, {"a.svg": SQUARE}))

    assert designs.choose(0, np.random.default_rng(0), abroad=1.0) == designs.files[0][0]


def test_tracks_take_their_share_from_the_settings():
    """A yellow sign abroad is yellow in the image; with a share of 0 its standard design is."""
    designs = official_designs()
    yellow = next(path for path in designs.abroad[15] if path.stem == "15-swedish")
    some = replace(designs, abroad=tuple((yellow,) * (class_id == 15) for class_id in range(43)))

    def blueness(abroad):
        drawing = Drawing(abroad=abroad, color_cast=0, fading=0, dirt=0, smooth_noise=0, hue_degrees=0, haze=0)
        image, box = draw_track(15, designs=some, drawing=drawing, frames=1, rng=np.random.default_rng(3))[0]
        x, y = (box.x1 + box.x2) // 2, (box.y1 + box.y2) // 2
        middle = image[y - 5 : y + 6, x - 5 : x + 6].astype(float).mean(axis=(0, 1))
        return middle[2] / middle[0]

    assert blueness(1.0) < 0.5
    assert blueness(0.0) > 0.8
