"""The tables show the figures, their intervals with the unit, and the worst kind first."""

import dataclasses
import io

import numpy as np
import pytest

from roadsigns.evaluation.rejection.table import print_judgement
from roadsigns.model_files.known_thresholds import KnownThresholds
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


def test_the_threshold_is_told_with_the_images_that_it_was_set_on(shown, judgement):
    """It is not that by which the model decides."""
    assert f"a score of {judgement.results[0].threshold:.4g} or more. This threshold was set on the known" in shown()
    assert "own threshold" not in shown()


@pytest.mark.parametrize(("known", "told"), [(86, True), (9998, True), (9999, False)])
def test_a_share_that_so_few_known_images_cannot_tell_is_told_of(shown, known, told):
    """All are kept then."""
    text = shown(keep=0.9999, known_images=known)
    assert (f"It is their lowest score: {known:,} images cannot tell that share." in text) is told


def test_a_model_without_a_threshold_is_told_of(shown):
    """Rather than left out."""
    assert "There is no threshold of its own. The model has no thresholds: it names a class" in shown()


def test_what_the_models_own_threshold_lets_through_is_told(judgement, evaluation):
    """The known scores decide, and the share that the model keeps by default."""
    metadata = dataclasses.replace(
        evaluation.metadata, known_thresholds=KnownThresholds("group", 600, {0.9: 0.8, 0.99: 0.5})
    )
    scores = {
        "known_scores": {"known": np.array([0.9, 0.4])},
        "unknown_scores": {"known": np.array([0.5, 0.1, 0.2, 0])},
    }
    deciding = dataclasses.replace(judgement, evaluation=dataclasses.replace(evaluation, metadata=metadata), **scores)
    file = io.StringIO()

    print_judgement(deciding, file)

    expected = "a known score of 0.5, lets 25.00 % of the unknown images through, and keeps 50.00 % of the known ones."
    assert expected in file.getvalue()
    assert deciding.as_dict()["own_threshold"] == {"threshold": 0.5, "keep": 0.99, "kept": 0.5, "accepted": 0.25}


def test_nothing_is_said_of_a_threshold_whose_score_was_not_asked_for(judgement, evaluation):
    """The model has one."""
    metadata = dataclasses.replace(evaluation.metadata, known_thresholds=KnownThresholds("group", 600, {0.9: 0.8}))
    scores = {"known_scores": {"max-softmax": np.zeros(2)}, "unknown_scores": {"max-softmax": np.zeros(4)}}
    other = dataclasses.replace(judgement, evaluation=dataclasses.replace(evaluation, metadata=metadata), **scores)
    file = io.StringIO()

    print_judgement(other, file)

    assert other.own_threshold is None
    assert "threshold of its own" not in file.getvalue()


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
