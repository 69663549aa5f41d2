"""The negatives of a training: which signs they show depends on its classes."""

import pytest

from roadsigns.datasets.gtsrb import GTSRB
from roadsigns.datasets.left_out import partition_of, spec_without
from roadsigns.recipe import load_recipe
from roadsigns.synthesis.negatives.catalogue import signs_called
from roadsigns.synthesis.settings import NegativeSettings
from roadsigns.training.negatives import real_signs
from roadsigns.types import SignClass


def classes(*names):
    return tuple(SignClass(class_id, name) for class_id, name in enumerate(names))


@pytest.mark.parametrize("spec", [GTSRB, spec_without(GTSRB, partition_of(GTSRB).parts[0])], ids=["all", "some"])
def test_gtsrb_signs_are_no_negatives_of_a_part_of_them(spec, capsys):
    """Those that are left out are to be unseen. Nothing is guessed, so nothing is told."""
    signs = real_signs(NegativeSettings(), spec.classes)

    assert not signs.with_gtsrb
    assert not signs.left_out
    assert capsys.readouterr().err == ""


def test_gtsrb_signs_are_negatives_of_own_classes(capsys):
    signs = real_signs(NegativeSettings(), classes("duck", "goose"))

    assert signs.with_gtsrb
    assert not signs.left_out
    told = capsys.readouterr().err
    assert "If one of your classes is drawn too, under another name, leave that out" in told
    assert "Not drawn" not in told


def test_signs_that_classes_are_called_like_are_left_out_and_told(capsys):
    """Those of GTSRB and others."""
    signs = real_signs(NegativeSettings(), classes("duck", "Stop", "zebra-crossing"))

    assert signs.left_out == {*signs_called("stop"), *signs_called("zebra crossing")}
    told = capsys.readouterr().err
    assert "have their names: Stop (sign 206); Zebra crossing (sign 350) and 3 other designs of it." in told
    assert "--set negatives.leave_out_by_name=false" in told


def test_guess_may_be_refused(capsys):
    signs = real_signs(NegativeSettings(leave_out_by_name=False), classes("duck", "stop"))

    assert signs.with_gtsrb
    assert not signs.left_out
    assert "Not drawn" not in capsys.readouterr().err


def test_more_signs_may_be_named(capsys):
    """For a class whose name says nothing; what was named is not told again."""
    recipe = load_recipe("fine-tune", ['negatives.leave_out=["zebra crossing", 206]'])

    signs = real_signs(recipe.negatives, classes("duck", "Fußgängerüberweg", "stop"))

    assert signs.left_out == {*signs_called("350"), "de-206"}
    assert "Not drawn" not in capsys.readouterr().err
