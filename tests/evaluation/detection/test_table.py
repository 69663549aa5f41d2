"""The tables say what was measured, and leave out what was not."""

from io import StringIO

import pytest
from fixtures.drawn_detections import random_detections

from roadsigns.evaluation.detection.compute_detection import compute_detection
from roadsigns.evaluation.detection.signs import DetectedSigns, LabelledSigns
from roadsigns.evaluation.detection.table import print_detection
from roadsigns.wording import percent

NAMES = ["stop", "yield", "[red]bend"]


@pytest.fixture(scope="module")
def metrics():
    truth, detected = random_detections(9, scenes=40, classes=3, other=0.1)
    runs = [scene // 5 for scene in range(40)]
    return compute_detection(truth, detected, runs=runs, class_names=NAMES, threshold=0.4, resamples=50)


def printed(metrics):
    file = StringIO()
    print_detection(metrics, file, title="mine on [b]yours")
    return file.getvalue()


def row(text, label):
    """The cells of the row that begins with a label."""
    (line,) = [line for line in text.splitlines() if line.lstrip("│ ").startswith(label)]
    return [cell.strip() for cell in line.split("│")[1:-1]]


def test_tables_hold_every_figure_with_its_interval(metrics):
    """Finding, recall by size, naming and the hardest classes; names that look like markup stay as they are."""
    text = printed(metrics)
    finding, naming = metrics.finding, metrics.naming

    assert text.splitlines()[0] == "mine on [b]yours"
    for label, figure in (
        ("AP50 ", finding.ap50),
        ("AP50:95", finding.ap50_95),
        ("mAP50 over 3 classes", naming.map50),
    ):
        interval = f"{100 * figure.low:.2f} to {percent(figure.high)}"
        assert row(text, label)[1:] == [percent(figure.value), interval]
    assert row(text, "Recall at 0.1 false signs per image")[1] == percent(finding.recall.value)
    assert row(text, "of signs of 20 pixels or more")[1] == percent(finding.from_20.recall.value)
    assert row(text, "missed, false")[1] == f"{finding.missed}, {finding.false}"
    assert row(text, "misread")[1] == str(naming.total("misread"))
    assert row(text, f"in {naming.empty_images} images")[1] == str(naming.false_in_empty)
    assert "[red]bend" in text
    assert f"({finding.ignored} more are ignored)" in text
    assert "resampling 8 runs of scenes" in text
    assert max(map(len, text.splitlines()[2:])) <= 100


def test_what_counts_is_told_below_the_tables(metrics):
    """A sign whose box has a low score is missed and yet no loss of AP; some signs cannot be named."""
    text = printed(metrics)
    others = metrics.finding.signs - metrics.naming.signs

    assert "right, missed and misread count those from a score of 0.4 on." in text
    assert others > 1
    assert f"{others} signs more are of none of the recogniser's classes" in text


def test_sizes_without_signs_are_left_out(metrics):
    """A row for each size that occurs."""
    text = printed(metrics)

    for size in metrics.finding.sizes:
        label = "128 pixels and more" if size.below is None else f"{size.smallest} to {size.below} pixels"
        if size.signs:
            assert row(text, label)[1:3] == [str(size.signs), str(size.found)]
        else:
            assert label not in text


def test_what_cannot_be_measured_is_a_dash():
    """One scene without a sign, whose best detection is false: no precision, no interval, no threshold."""
    found = DetectedSigns.of([(0, 0, 10, 10)], [0.9])
    text = printed(compute_detection([LabelledSigns.of([], [])], [found], runs=[None]))

    assert row(text, "AP50 ")[1:] == ["-", "-"]
    assert row(text, "from a score of")[1] == "-"
    assert "with no score accepted" in text
    assert "No intervals" in text
    assert "named" not in text
    assert "Short side" not in text
