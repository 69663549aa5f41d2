"""Unknown signs: every drawing is sound and unlike every other, and none is one of GTSRB's."""

from collections import Counter

import numpy as np
import pytest

from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.negatives.sign_parts import FOLDER, bases
from roadsigns.synthesis.negatives.unknown_signs import SIGN_KINDS, restyle, unknown_signs
from roadsigns.synthesis.rendering import outline_of, render_design

SIGNS = unknown_signs()
every_sign = pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.sign_id)


def test_there_are_many_signs_of_each_kind():
    kinds = Counter(sign.kind for sign in SIGNS)

    assert len(SIGNS) >= 150
    assert kinds.keys() == set(SIGN_KINDS)
    assert min(kinds.values()) >= 30


def test_most_of_the_german_catalogue_is_there():
    """Its signs come first."""
    countries = [sign.sign_id.partition("-")[0] for sign in SIGNS]

    assert countries.count("de") >= 150
    assert countries[: countries.count("de")] == ["de"] * countries.count("de")


@every_sign
def test_a_sign_is_seen_on_a_transparent_ground(sign):
    """It fills the square from side to side or from top to bottom."""
    alpha = render_design(sign.svg, 64)[:, :, 3]

    assert alpha[[0, 0, -1, -1], [0, -1, 0, -1]].tolist() == [0, 0, 0, 0]
    assert alpha.max() == 255
    low, high = outline_of(sign.svg)[:2].min(axis=1), outline_of(sign.svg)[:2].max(axis=1)
    assert (high - low).max() > 0.8
    assert (high - low).min() > 0.3
    assert np.abs(low + high).max() < 0.06


def test_titles_and_names_are_told_apart():
    """A title ends with the number or the country in brackets."""
    assert len({sign.title for sign in SIGNS}) == len(SIGNS)
    assert all(sign.title.endswith(")") and "(" in sign.title for sign in SIGNS)


def test_no_two_signs_look_alike():
    """At 48 pixels they differ somewhere by much, and so do they from GTSRB's."""
    known = [path for files in official_designs().files for path in files]
    pictures = np.stack([render_design(design, 48) for design in [*(sign.svg for sign in SIGNS), *known]])
    pictures[:, :, :, :3] = pictures[:, :, :, :3].astype(int) * pictures[:, :, :, 3:] // 255
    flat = pictures.reshape(len(pictures), -1)

    for place, sign in enumerate(SIGNS):
        # In bytes, which takes a tenth of the time.
        before = flat[place + 1 :]
        differences = np.maximum(before, flat[place]) - np.minimum(before, flat[place])
        assert differences.max(axis=1).min() > 60, sign.sign_id


def test_a_sign_in_another_style_keeps_its_kind_and_name():
    """One with relatives is drawn with another rim now and then; one without stays."""
    rng = np.random.default_rng(0)
    ring, board = (next(sign for sign in SIGNS if sign.sign_id == name) for name in ("de-254", "de-600"))

    drawn = [restyle(ring, rng) for _ in range(20)]

    assert {(sign.sign_id, sign.kind, sign.title) for sign in drawn} == {(ring.sign_id, ring.kind, ring.title)}
    assert len({sign.svg for sign in drawn}) == sum(base.family == "ring" for base in bases().values())
    assert restyle(board, rng) == board


def test_the_tables_are_small():
    """The wheel carries them."""
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 300_000
