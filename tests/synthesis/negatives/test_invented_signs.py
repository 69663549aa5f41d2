"""Invented signs: made by their generator alone, seen, and none of GTSRB's classes."""

import re
from collections import Counter

import numpy as np
import pytest

from roadsigns.synthesis.negatives import invented_signs
from roadsigns.synthesis.negatives.invented_signs import SPEED_LIMITS, invent_sign
from roadsigns.synthesis.negatives.sign_parts import bases, compose, pictograms
from roadsigns.synthesis.negatives.unknown_signs import SIGN_KINDS
from roadsigns.synthesis.rendering import render_design

SOME = 400


def invent(seed):
    return invent_sign(np.random.default_rng(seed))


@pytest.fixture
def composed(monkeypatch):
    """Base name, parts and colours of each sign that is composed."""
    calls = []

    def remember(title, base, parts, **others):
        calls.append((title.rpartition(" ")[2], list(parts), others))
        return compose(title, base, parts, **others)

    monkeypatch.setattr(invented_signs, "compose", remember)
    return calls


def test_the_same_generator_invents_the_same_sign():
    assert [invent(seed) for seed in range(30)] == [invent(seed) for seed in range(30)]


def test_other_generators_invent_other_signs():
    assert len({invent(seed).svg for seed in range(SOME)}) == SOME


def test_all_kinds_are_invented():
    kinds = Counter(invent(seed).kind for seed in range(SOME))

    assert kinds.keys() == set(SIGN_KINDS)
    assert min(kinds.values()) > SOME / 12


def test_every_invented_sign_is_seen_and_carries_something():
    """Opaque inside, transparent outside, and not of one colour within its room."""
    for seed in range(SOME):
        sign = invent(seed)
        picture = render_design(sign.svg, 60).astype(int)
        left, top, right, bottom = (round(end * 0.3) for end in bases()[sign.title.rpartition(" ")[2]].room)
        room = picture[top:bottom, left:right, :3].reshape(-1, 3)

        assert picture[[0, 0, -1, -1], [0, -1, 0, -1], 3].tolist() == [0, 0, 0, 0]
        assert picture[30, 30, 3] == 255
        assert (np.abs(room - np.median(room, axis=0)).max(axis=1) > 50).mean() > 0.03, seed


def test_no_invented_sign_shows_what_its_base_must_never_show(composed):
    """Neither a pictogram, nor a speed limit, nor letters."""
    for seed in range(2 * SOME):
        invent(seed)

    for name, parts, colours in composed:
        base = bases()[name]
        texts = [part.text for part in parts if part.text]
        drawn = {part.draw for part in parts}
        assert len(texts) <= 1
        # A bar may cross every base, as a part of its own.
        assert not (drawn - {"slash"}) & base.never
        assert not set(texts) & base.never
        assert "STOP" not in texts
        if "numbers" in base.never or colours["ground"] != base.ground:
            assert not set(texts) & SPEED_LIMITS
        if "words" in base.never:
            assert not any(re.fullmatch("[A-Z]+", text) for text in texts)


def test_speed_limits_with_a_unit_are_never_written(composed):
    """Until 1971 "km" stood below the number."""
    for seed in range(2 * SOME):
        invent(seed)

    numbers = {
        re.split("[^0-9]", part.text)[0] for _, parts, _ in composed for part in parts if part.text[-1:].isalpha()
    }

    assert not numbers & SPEED_LIMITS
    assert numbers & {"7", "12"}


def test_numbers_near_the_speed_limits_are_invented(composed):
    """They are what teaches a recogniser to read digits rather than rings."""
    for seed in range(2 * SOME):
        invent(seed)

    rings = {part.text for name, parts, _ in composed for part in parts if name.startswith("ring")}

    assert len(rings & {"10", "40", "45", "55", "75", "85", "90", "110", "130"}) >= 5


def test_a_red_rim_of_another_colour_makes_another_sign():
    """A green ring forbids nothing."""
    for seed in range(SOME):
        sign = invent(seed)
        if sign.kind in {"prohibition", "danger"}:
            assert "#c1121c" in sign.svg
        if sign.kind == "mandatory":
            assert "#0f4c9c" in sign.svg


def test_what_must_not_be_on_a_sign_is_not(composed):
    """Pictograms, numbers, measures and letters; where no pictogram is left, other things are drawn."""
    never = frozenset({"40", "5m", "7t", *pictograms()})

    for seed in range(SOME):
        invent_sign(np.random.default_rng(seed), never=never)

    assert len(composed) == SOME
    texts = [part.text for _, parts, _ in composed for part in parts if part.text]
    assert len(texts) > SOME / 4
    assert not never & {text.replace(" ", "") for text in texts}
    # A bar across the sign is no pictogram of its own.
    assert {part.draw for _, parts, _ in composed for part in parts} == {"", "slash"}
