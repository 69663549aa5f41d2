"""The catalogue of drawn signs: which a name or a number means."""

import pytest

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.synthesis.negatives.catalogue import (
    GTSRB_KINDS,
    all_names,
    gtsrb_sign_id,
    name_of,
    signs_called,
    similar_names,
)
from roadsigns.synthesis.negatives.unknown_signs import SIGN_KINDS, unknown_signs

ZEBRA = {sign.sign_id for sign in unknown_signs() if sign.title.startswith("Zebra crossing")}


def test_gtsrb_and_the_other_signs_have_ids_of_their_own():
    gtsrb = {gtsrb_sign_id(sign.class_id) for sign in GTSRB_CLASSES}

    assert len(gtsrb) == 43
    assert not gtsrb & {sign.sign_id for sign in unknown_signs()}


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("prohibition", ["speed limit 20", "no overtaking", "no vehicles", "no entry"]),
        ("danger", ["danger", "children", "priority at next junction"]),
        ("mandatory", ["keep left", "roundabout"]),
        ("other sign", ["stop", "give way", "priority road", "end of all limits", "end of speed limit 80"]),
    ],
)
def test_gtsrb_signs_are_of_the_kind_that_their_shape_says(kind, names):
    kinds = {sign.name: GTSRB_KINDS[sign.class_id] for sign in GTSRB_CLASSES}

    assert set(kinds.values()) == set(SIGN_KINDS)
    assert {kinds[name] for name in names} == {kind}


@pytest.mark.parametrize("name", ["zebra crossing", "Zebra_Crossing", "350", "350-20", "Zeichen 350", "VZ350"])
def test_name_or_number_means_every_design_of_a_sign(name):
    """Those of other countries too, which have no number."""
    assert len(ZEBRA) >= 3
    assert set(signs_called(name)) == ZEBRA


@pytest.mark.parametrize("name", ["stop", "STOP", "Halt. Vorfahrt gewähren", "206"])
def test_gtsrb_signs_are_known_by_their_german_names_too(name):
    assert signs_called(name) == ("de-206",)
    assert name_of("de-206") == "Stop (sign 206)"


def test_number_of_a_group_means_all_of_it():
    """274 is every speed limit, but not 274.1, a zone."""
    names = {name_of(sign_id) for sign_id in signs_called("274")}

    assert {"Speed limit 50 (sign 274-50)", "Speed limit 40 (sign 274-40)"} < names
    assert not any("zone" in name for name in names)


@pytest.mark.parametrize("name", ["", "bus", "duck", "7", "40", "206.5", "Fußgängerüberweg"])
def test_other_names_mean_no_sign(name):
    """Part of a name is not enough."""
    assert signs_called(name) == ()


def test_every_name_can_be_left_out():
    assert len(set(all_names())) == 43 + len(unknown_signs())
    assert all(signs_called(name) for name in all_names())


def test_misspelt_name_has_similar_ones():
    assert similar_names("zebra crosing")[0] == "zebra crossing"
    assert similar_names("xyzzy") == []
