"""The tables show the figures, their intervals with the unit, and the worst kind first."""

import dataclasses
import io

import pytest

from roadsigns.evaluation.rejection.table import print_judgement
from roadsigns.wording import percent


@pytest.fixture
def shown(judgement):
    """Print a judgement, with other results if they are given."""

    def show(**changes):
        file = io.StringIO()
        result = dataclasses.replace(judgement.results[0], **changes)
        print_judgement(dataclasses.replace(judgement, results=(result,)), file)
        return file.getvalue()

    return show


def test_figures_and_kinds_are_shown(shown, judgement):
    """Names of folders are no markup."""
    (result,) = judgement.results
    text = shown()

    assert "validation by (class, track)" in text
    for number in (result.figures.auroc, result.figures.fpr95, result.by_track.accepted):
        assert percent(number) in text
    assert "Unit of known images: track" in text
    assert "[b]arrows" in text
    assert text.index(result.kinds[0].kind) < text.index(result.kinds[1].kind)


def test_what_the_model_calls_most_images_of_a_kind_is_shown(shown, judgement):
    """Of those that it calls unknown; a kind of which all are accepted has none."""
    first, second = judgement.results[0].kinds
    called = {"danger": 2, "no sign": 1}

    text = shown(kinds=(dataclasses.replace(first, called=called), second))
    assert "Mostly called" in text
    assert text.count("danger, 2 of 3") == 1
    assert "Mostly called" in shown(kinds=(dataclasses.replace(first, called=called),))
    assert "Mostly called" not in shown()


def test_long_names_of_kinds_are_shown_to_their_end(shown, judgement):
    """Folders in folders begin alike."""
    kind = dataclasses.replace(judgement.results[0].kinds[0], kind="Final_Training/Images/of/other/signs/00014")

    text = shown(kinds=(kind, kind))
    assert "…" not in text
    assert text.count("00014") == 2


def test_missing_interval_is_said(shown):
    """One unknown image has none."""
    assert "No interval" in shown(interval=None)


def test_single_kind_has_no_table_of_its_own(shown, judgement):
    """It would repeat the figures."""
    assert "Unknown kind" not in shown(kinds=judgement.results[0].kinds[:1])


def test_kinds_that_are_not_shown_are_counted(shown, judgement):
    """There may be hundreds of folders."""
    kind = judgement.results[0].kinds[0]
    assert "5 more with --json" in shown(kinds=(kind,) * 45)
