"""Invented speed limits: on the boards of GTSRB's, with other numbers."""

import re

import numpy as np

from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.negatives import invented_limits
from roadsigns.synthesis.negatives.invented_limits import LIMIT_CLASSES, invent_speed_limit
from roadsigns.synthesis.negatives.invented_signs import SPEED_LIMITS
from roadsigns.synthesis.negatives.sign_parts import Part, draw_text
from roadsigns.synthesis.rendering import render_design

SOME = 400


def invented(monkeypatch, **settings):
    """The texts on many invented limits."""
    texts = []

    def remember(part: Part, ink):
        texts.append(part.text)
        return draw_text(part, ink)

    monkeypatch.setattr(invented_limits, "draw_text", remember)
    rng = np.random.default_rng(0)
    for _ in range(SOME):
        invent_speed_limit(rng, **settings)
    return texts


def test_the_same_generator_invents_the_same_limit():
    first, again = (
        [invent_speed_limit(rng, abroad=0.5) for _ in range(30)]
        for rng in (np.random.default_rng(3), np.random.default_rng(3))
    )

    assert first == again
    assert len({sign.svg for sign in first}) == 30
    assert {(sign.sign_id, sign.kind) for sign in first} == {("invented", "prohibition")}


def test_no_limit_of_gtsrb_is_invented(monkeypatch):
    """Nor one that is asked not to be; but their neighbours, and what looks like one."""
    texts = invented(monkeypatch, never=frozenset({"40"}))

    assert not set(texts) & (SPEED_LIMITS | {"40"})
    assert {"90", "110", "A0"} <= set(texts)
    assert not any(re.match("[BCDEGIOQSTZ]", text) for text in texts)


def test_limits_stand_on_the_boards_of_gtsrb():
    """What is drawn below the number is drawn in a design of a class too; abroad, in one of another country."""
    designs = official_designs()
    rng = np.random.default_rng(0)

    for files, abroad in ((designs.files, 0.0), (designs.abroad, 1.0)):
        drawings = [path.read_text(encoding="utf-8") for class_id in LIMIT_CLASSES for path in files[class_id]]
        for _ in range(30):
            below = invent_speed_limit(rng, abroad=abroad).svg.partition("</title>")[2].partition("<g")[0].strip()
            assert any(below in drawing for drawing in drawings)


def test_the_number_is_seen():
    """Dark on a light board, inside its rim."""
    rng = np.random.default_rng(0)

    for _ in range(60):
        middle = render_design(invent_speed_limit(rng, abroad=0.3).svg, 60)[18:42, 15:45, :3].astype(int).sum(axis=2)
        assert 0.05 < (middle < 250).mean() < 0.6
