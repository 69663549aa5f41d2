"""Near misses: nearly one of GTSRB's classes, and none of them."""

from collections import Counter

import numpy as np
import pytest

from roadsigns.synthesis.negatives import near_misses
from roadsigns.synthesis.negatives.near_misses import RINGS, invent_near_miss
from roadsigns.synthesis.negatives.sign_parts import bases, compose, pictograms
from roadsigns.synthesis.rendering import render_design

SOME = 400
LIMIT, DANGER, BOARD = "Invented speed limit", "Invented danger sign", "Invented triangle on a board"


def invent(seed, **settings):
    return invent_near_miss(np.random.default_rng(seed), **settings)


@pytest.fixture
def composed(monkeypatch):
    """Title, base and pictograms of each sign that is composed."""
    calls = []

    def remember(title, base, parts, **others):
        calls.append((title, base, [part.draw for part in parts]))
        return compose(title, base, parts, **others)

    monkeypatch.setattr(near_misses, "compose", remember)
    return calls


def test_the_same_generator_invents_the_same_sign():
    assert [invent(seed) for seed in range(30)] == [invent(seed) for seed in range(30)]


def test_limits_danger_signs_boards_and_vehicles_are_invented():
    """Most often limits."""
    titles = Counter(invent(seed).title for seed in range(SOME))

    assert titles.keys() == {LIMIT, DANGER, BOARD, "Invented vehicles side by side"}
    assert titles[LIMIT] == pytest.approx(0.4 * SOME, rel=0.2)
    assert titles[BOARD] == pytest.approx(0.25 * SOME, rel=0.2)
    assert {invent(seed).kind for seed in range(30)} == {"prohibition", "danger", "other sign"}


def test_none_is_one_of_the_classes(composed):
    """No pictogram of a danger class in a triangle; of vehicles, at most one is a car, and none a lorry."""
    for seed in range(SOME):
        invent(seed)

    for title, base, drawn in composed:
        if title == DANGER:
            assert not set(drawn) & base.never
        elif title == BOARD:
            assert base.family == "square"
            assert len(drawn) == 1
        else:
            assert base in [bases()[name] for name in RINGS]
            assert len(drawn) == 2
            assert drawn.count("car-front") <= 1
            assert not any("lorry" in name or name == "car-side" for name in drawn)


def test_most_boards_show_what_a_danger_sign_shows(composed):
    """In a bright triangle on a square board, without a rim."""
    of_a_class = bases()["triangle"].never
    signs = [sign for sign in map(invent, range(SOME)) if sign.title == BOARD]

    drawn = [names[0] for title, _, names in composed if title == BOARD]
    assert 0.6 < sum(name in of_a_class for name in drawn) / len(drawn) < 0.85
    for sign in signs[:30]:
        picture = render_design(sign.svg, 100).astype(int)
        assert (picture[[8, 8, 91, 91], [8, 91, 8, 91], 3] == 255).all()
        # From the left to the right, below the triangle's pictogram: board, triangle, board.
        row = picture[78, :, :3].sum(axis=1)
        assert row[[25, 75]].min() > row[[7, 92]].max() + 200


def test_what_must_not_be_on_a_sign_is_not(composed):
    """Where no pictogram is left, there are lines in triangles, and speed limits."""
    for seed in range(SOME):
        invent(seed, never=frozenset({"wedge", "tram"}))
    assert not {"wedge", "tram"} & {name for _, _, drawn in composed for name in drawn}

    composed.clear()
    titles = {invent(seed, never=frozenset(pictograms())).title for seed in range(60)}
    assert titles == {LIMIT, DANGER}
    assert all(drawn == [] for _, _, drawn in composed)


def test_every_near_miss_is_seen():
    """Opaque inside, transparent outside, and not of one colour in its middle."""
    for seed in range(60):
        picture = render_design(invent(seed).svg, 60).astype(int)
        middle = picture[24:48, 18:42, :3].reshape(-1, 3)

        assert picture[[0, 0, -1, -1], [0, -1, 0, -1], 3].tolist() == [0, 0, 0, 0]
        assert (np.abs(middle - np.median(middle, axis=0)).max(axis=1) > 50).mean() > 0.03, seed
