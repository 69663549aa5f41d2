"""Tracks of unknown signs: of the chosen sign, from their generator alone."""

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError
from roadsigns.synthesis import track as drawn_track
from roadsigns.synthesis.negatives.real_signs import RealSigns
from roadsigns.synthesis.negatives.unknown_signs import unknown_signs
from roadsigns.synthesis.negatives.unknown_track import choose_unknown_sign, draw_unknown_track
from roadsigns.synthesis.rendering import render_design
from roadsigns.synthesis.settings import Drawing
from roadsigns.synthesis.signpost import build_signpost


def test_the_same_generator_draws_the_same_track():
    def draw(seed):
        sign, track = draw_unknown_track(np.random.default_rng(seed), Drawing(), 3)
        return sign, [(image.tobytes(), box) for image, box in track]

    assert draw(5) == draw(5)
    assert draw(5) != draw(6)


def test_a_track_shows_the_given_sign(monkeypatch):
    """What is put on the post is its drawing."""
    mounted = []

    def remember(sign, neighbour, drawing, rng):
        mounted.append(sign)
        return build_signpost(sign, neighbour, drawing, rng)

    monkeypatch.setattr(drawn_track, "build_signpost", remember)
    given = unknown_signs()[3]

    sign, track = draw_unknown_track(np.random.default_rng(0), Drawing(), 4, sign=given)

    assert sign == given
    assert len(track) == 4
    assert np.array_equal(mounted[0], render_design(given.svg, len(mounted[0])))
    for image, box in track:
        assert 0 < box.x1 < box.x2 < image.shape[1]
        assert 0 < box.y1 < box.y2 < image.shape[0]


def test_signs_are_taken_from_the_table_and_invented():
    """As often as is asked for."""

    def share_of_invented(**settings):
        rng = np.random.default_rng(0)
        return np.mean([choose_unknown_sign(rng, **settings).sign_id == "invented" for _ in range(300)])

    assert share_of_invented(invented=0) == 0
    assert share_of_invented(invented=1) == 1
    assert share_of_invented() == pytest.approx(0.3, abs=0.08)


def test_near_misses_are_as_frequent_as_is_asked_for():
    near = {
        *("Invented speed limit", "Invented danger sign", "Invented vehicles side by side"),
        "Invented triangle on a board",
    }

    def share(**settings):
        rng = np.random.default_rng(0)
        return np.mean([choose_unknown_sign(rng, **settings).title in near for _ in range(300)])

    assert share() == 0
    assert share(near_misses=0.4) == pytest.approx(0.4, abs=0.08)
    # Where every sign is a class, danger signs with lines are left.
    everything = RealSigns(left_out=frozenset(sign.sign_id for sign in unknown_signs()))
    assert share(near_misses=1.0, signs=everything) == 1


def test_a_track_without_frames_is_refused():
    with raises(DataError, expected="at least 1 frame"):
        draw_unknown_track(np.random.default_rng(0), Drawing(), 0)
