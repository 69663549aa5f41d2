"""The figures of a score: which images count how much, and what the interval resamples."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from roadsigns.evaluation.rejection.metrics import compute_rejection

ARROWS, ZEBRA = "arrows", "zebra crossing"


def compute(known, unknown, **options):
    """Figures where nothing is misread, no track is known and all unknown images are of one kind."""
    given = {
        "wrong": np.zeros(len(known), bool),
        "known_tracks": [None] * len(known),
        "unknown_units": [None] * len(unknown),
        "unit": "track",
        "kinds": [ARROWS] * len(unknown),
        "resamples": 200,
    }
    return compute_rejection("max-softmax", np.array(known), np.array(unknown), **given | options)


def test_figures_are_shares_of_unknown_images_at_the_kept_share():
    """Of 100 known images the lowest score is 0; three unknown ones of four lie above 0.01, one above 0.05."""
    result = compute(np.arange(100) / 100, [0.005, 0.02, 0.03, 0.5])

    assert (result.known_images, result.unknown_images, result.keep, result.threshold) == (100, 4, 0.99, 0.01)
    assert (result.figures.fpr95, result.figures.accepted) == (0.25, 0.75)
    assert compute(np.arange(100) / 100, [0.005, 0.02, 0.03, 0.5], keep=0.5).figures.accepted == 0.25


def test_every_track_counts_alike_by_track():
    """A known sign of eight frames weighs no more than one of two, nor does an unknown one."""
    known, tracks = [0.9] * 8 + [0.2] * 2, ["a"] * 8 + ["b"] * 2
    unknown, units = [0.1] * 3 + [0.5], ["c"] * 3 + ["d"]
    result = compute(known, unknown, known_tracks=tracks, unknown_units=units)

    labels, scores = [1] * 10 + [0] * 4, known + unknown
    assert result.figures.auroc == pytest.approx(roc_auc_score(labels, scores))
    weights = [1 / 8] * 8 + [1 / 2] * 2 + [1 / 3] * 3 + [1]
    assert result.by_track.auroc == pytest.approx(roc_auc_score(labels, scores, sample_weight=weights))
    assert result.by_track.auroc == pytest.approx(0.75)


def test_no_figure_by_track_where_no_track_is_known():
    """Every image is one of its own."""
    assert compute([0.9, 0.8], [0.1, 0.2]).by_track is None


def test_kinds_stand_with_the_worst_first():
    """Each is compared with all known images."""
    result = compute(np.linspace(0.5, 1, 50), [0.1, 0.2, 0.9, 0.95], kinds=[ARROWS, ARROWS, ZEBRA, ZEBRA])

    assert [(kind.kind, kind.images, kind.accepted) for kind in result.kinds] == [(ZEBRA, 2, 1), (ARROWS, 2, 0)]
    assert result.kinds[1].auroc == 1


def test_kinds_that_the_model_calls_are_counted_among_its_unknown_images_only():
    """An image that is accepted is called a class, and no kind of unknown."""
    result = compute(
        np.linspace(0.5, 1, 50),
        [0.1, 0.2, 0.3, 0.9, 0.95],
        kinds=[ARROWS, ARROWS, ARROWS, ARROWS, ZEBRA],
        called=["danger", "mandatory", "mandatory", "danger", "danger"],
    )

    called = {kind.kind: kind.called for kind in result.kinds}
    assert called == {ARROWS: {"mandatory": 2, "danger": 1}, ZEBRA: {}}
    assert list(called[ARROWS]) == ["mandatory", "danger"]
    assert result.as_dict()["kinds"][1]["called"] == called[ARROWS]


def test_no_kinds_are_called_where_the_model_tells_none():
    assert compute([0.9, 0.8], [0.1, 0.2]).kinds[0].called == {}


def test_interval_resamples_whole_units():
    """Ten equal frames of a sign are one observation: the interval is as wide as that of single images."""
    rng = np.random.default_rng(0)
    known, unknown = rng.beta(5, 1, 60), rng.beta(2, 2, 40)
    once = compute(known, unknown)
    names = [f"sign {number}" for number in range(60)], [f"kind {number}" for number in range(40)]
    tenfold = compute(
        known.repeat(10),
        unknown.repeat(10),
        known_tracks=np.repeat(names[0], 10).tolist(),
        unknown_units=np.repeat(names[1], 10).tolist(),
        unit="kind",
    )

    assert (once.interval.known_unit, once.interval.unknown_unit) == ("image", "image")
    assert (tenfold.interval.known_unit, tenfold.interval.unknown_unit) == ("track", "kind")
    assert tenfold.interval.auroc == pytest.approx(once.interval.auroc)
    assert once.interval.auroc[0] < once.figures.auroc < once.interval.auroc[1]


def test_interval_covers_the_true_area_about_as_often_as_it_says():
    """Of 200 draws whose area is known: 95 %, give or take what chance allows."""
    rng = np.random.default_rng(1)
    # Of two normal distributions a standard deviation of the difference apart.
    truth, inside = 0.7602, 0
    for _ in range(200):
        low, high = compute(rng.normal(1, 1, 80), rng.normal(0, 1, 60)).interval.auroc
        inside += low <= truth <= high
    assert 0.89 <= inside / 200 <= 0.99


def test_one_unknown_image_has_figures_and_no_interval():
    """There is nothing to resample."""
    result = compute([0.9, 0.8, 0.7], [0.1])

    assert (result.figures.auroc, result.figures.accepted) == (1, 0)
    assert result.interval is None
    assert result.as_dict()["interval"] is None


def test_errors_count_among_the_kept_images_only():
    """A misread image with a low score is refused, and misleads nobody."""
    wrong = np.zeros(100, bool)
    wrong[[0, 60]] = True

    assert compute(np.arange(100) / 100, [0.1], wrong=wrong).misread == pytest.approx(1 / 99)


@pytest.mark.parametrize("name", ["wrong", "known_tracks", "unknown_units", "kinds", "called"])
def test_what_has_another_length_than_its_images_is_refused(name):
    """It would be about other images."""
    values = {
        "wrong": np.zeros(3, bool),
        "known_tracks": [None] * 3,
        "unknown_units": [None] * 3,
        "kinds": [ARROWS] * 3,
        "called": ["danger"] * 3,
    }

    with pytest.raises(ValueError, match=f"differ in length: .*{name} 1"):
        compute([0.9, 0.8, 0.7], [0.1, 0.2, 0.3], **{name: values[name][:1]})


def test_class_ids_are_not_taken_for_errors():
    with pytest.raises(TypeError, match="Expected bool"):
        compute([0.9, 0.8], [0.1], wrong=np.arange(2))
