"""The real signs that negatives show: GTSRB's among others, and none that is left out."""

from collections import Counter

import numpy as np
import pytest
from fixtures.errors import raises

from roadsigns.errors import DataError
from roadsigns.synthesis.designs import official_designs
from roadsigns.synthesis.negatives.catalogue import GTSRB_KINDS, gtsrb_sign_id, signs_called
from roadsigns.synthesis.negatives.real_signs import COMMON, RealSigns
from roadsigns.synthesis.negatives.unknown_signs import unknown_signs

EVERY_OTHER = frozenset(sign.sign_id for sign in unknown_signs())
IDS = {gtsrb_sign_id(class_id): class_id for class_id in GTSRB_KINDS}


def chosen(signs, count=400, **options):
    rng = np.random.default_rng(0)
    return [signs.choose(rng, **options) for _ in range(count)]


def test_gtsrb_signs_are_not_among_them_unless_asked_for():
    assert not {sign.sign_id for sign in chosen(RealSigns())} & IDS.keys()


def test_gtsrb_signs_have_their_share_and_their_kind():
    """All of them are drawn, each alike often."""
    found = chosen(RealSigns(with_gtsrb=True), 1000)

    gtsrb = [sign for sign in found if sign.sign_id in IDS]
    assert len(gtsrb) / 1000 == pytest.approx(COMMON, abs=0.05)
    assert Counter(sign.sign_id for sign in gtsrb).keys() == IDS.keys()
    assert all(sign.kind == GTSRB_KINDS[IDS[sign.sign_id]] for sign in gtsrb)


def test_gtsrb_signs_are_drawn_in_designs_of_other_countries_too():
    signs = RealSigns(with_gtsrb=True, left_out=EVERY_OTHER)
    foreign = {path.read_text(encoding="utf-8") for files in official_designs().abroad for path in files}

    assert not {sign.svg for sign in chosen(signs, 100)} & foreign
    assert {sign.svg for sign in chosen(signs, 100, abroad=1.0)} & foreign


def test_signs_that_are_left_out_are_never_chosen():
    left_out = frozenset(signs_called("stop") + signs_called("zebra crossing"))

    assert not left_out & {sign.sign_id for sign in chosen(RealSigns(with_gtsrb=True, left_out=left_out), 3000)}


def test_what_is_on_signs_that_are_left_out_is_not_invented():
    """But GTSRB's signs are never invented anyway."""
    signs = RealSigns(with_gtsrb=True, left_out=frozenset(signs_called("speed limit 40") + signs_called("206")))

    assert signs.never_invented == {"40"}


def test_nothing_is_left_where_all_signs_are_classes():
    with raises(DataError, problem="No drawn sign is left", hint="negatives.invented=1"):
        chosen(RealSigns(left_out=EVERY_OTHER), 1)
