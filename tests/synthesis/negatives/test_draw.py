"""Negatives: images of none of the classes."""

import numpy as np
import pytest

from roadsigns.preprocessing.prepare import Preparation
from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.negatives import draw
from roadsigns.synthesis.negatives.catalogue import GTSRB_KINDS, gtsrb_sign_id
from roadsigns.synthesis.negatives.draw import draw_negatives
from roadsigns.synthesis.negatives.real_signs import RealSigns
from roadsigns.synthesis.negatives.unknown_signs import unknown_signs
from roadsigns.synthesis.negatives.unknown_track import OUTSIDE_GTSRB
from roadsigns.synthesis.settings import Drawing, NegativeSettings
from roadsigns.types import UNKNOWN_KINDS

PREPARATION = Preparation("stretched-box", 32)


def drawn(seed=0, signs=OUTSIDE_GTSRB, **settings):
    """Some negatives."""
    settings = NegativeSettings(**{"tracks": 0, "posts": 0, **settings})
    return draw_negatives(
        settings, Drawing(), designs=official_designs(), seed=seed, preparation=PREPARATION, signs=signs
    )


def test_other_signs_have_the_kind_of_their_shape(monkeypatch):
    """Each track has its frames, all of one kind, and no sign is none."""
    monkeypatch.setattr(draw, "THINGS", 0)
    crops, kinds = drawn(tracks=12, frames=2)

    assert len(crops) == len(kinds) == 24
    assert kinds.dtype == np.int32
    assert (kinds[::2] == kinds[1::2]).all()
    assert "no sign" not in {UNKNOWN_KINDS[kind] for kind in kinds.tolist()}
    assert len(set(kinds.tolist())) > 2


def test_some_tracks_show_things_that_are_no_signs():
    _, kinds = drawn(tracks=60, frames=1)

    things = (kinds == UNKNOWN_KINDS.index("no sign")).mean()
    assert 0.03 < things < 0.25


def test_gtsrb_signs_are_drawn_where_they_are_no_classes(monkeypatch):
    """With the kind that they have then: of the mandatory signs alone, all are mandatory."""
    monkeypatch.setattr(draw, "THINGS", 0)
    every_other = {sign.sign_id for sign in unknown_signs()}
    others = {gtsrb_sign_id(class_id) for class_id, kind in GTSRB_KINDS.items() if kind != "mandatory"}

    _, kinds = drawn(signs=RealSigns(with_gtsrb=True, left_out=frozenset(every_other | others)), tracks=6, invented=0.0)

    assert {UNKNOWN_KINDS[kind] for kind in kinds.tolist()} == {"mandatory"}


def test_windows_show_no_sign():
    crops, kinds = drawn(posts=2, windows=5)

    assert 8 <= len(crops) <= 10
    assert {UNKNOWN_KINDS[kind] for kind in kinds.tolist()} == {"no sign"}


@pytest.mark.parametrize("seed", [0, 1])
def test_processes_draw_what_one_would(seed, monkeypatch):
    """In the same order, and another seed draws others."""
    many, kinds = drawn(seed, tracks=30, frames=1)
    monkeypatch.setattr("roadsigns.parallel.available_cores", lambda: 1)
    alone, same_kinds = drawn(seed, tracks=30, frames=1)
    other, _ = drawn(seed + 1, tracks=30, frames=1)

    np.testing.assert_array_equal(many.batch(range(30)), alone.batch(range(30)))
    np.testing.assert_array_equal(kinds, same_kinds)
    assert not np.array_equal(many.batch(range(30)), other.batch(range(30)))


def test_nothing_is_drawn_of_nothing():
    crops, kinds = drawn()

    assert len(crops) == len(kinds) == 0
