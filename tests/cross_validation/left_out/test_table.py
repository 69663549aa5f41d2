"""Tables and a picture of classes left out."""

import io

import numpy as np
from PIL import Image

from roadsigns.cross_validation.left_out.metrics import compute_left_out_metrics
from roadsigns.cross_validation.left_out.table import draw_left_out, print_left_out_metrics
from roadsigns.cross_validation.store import read_cross_validation
from roadsigns.reporting.rejection_plots import HEAD, HEIGHT, WIDTH
from roadsigns.reporting.style import DPI
from roadsigns.wording import percent


def test_folds_mean_and_worst_classes_are_shown(left_out_folder, fooling_class):
    """The class that fools the model comes first."""
    result = compute_left_out_metrics(read_cross_validation(left_out_folder, left_out=True))
    file = io.StringIO()
    print_left_out_metrics(result, file)
    text = file.getvalue()

    assert "classes left out in 4 parts (gtsrb-1)" in text
    assert all(f"Fold {number}" in text for number in (1, 2, 3, 4))
    assert percent(result.mean[0].auroc) in text
    rows = text.partition("Class left out")[2].splitlines()
    assert any(fooling_class.name in row for row in rows[:3])
    assert "Unit: track" in text


def test_picture_shows_every_fold(left_out_folder, tmp_path):
    """A histogram each, and the curves: five plots, in rows of three."""
    result = compute_left_out_metrics(read_cross_validation(left_out_folder, left_out=True))
    draw_left_out(result, tmp_path / "left-out.png")

    picture = np.asarray(Image.open(tmp_path / "left-out.png"))
    assert picture.shape[:2] == (round(DPI * (2 * HEIGHT + HEAD)), round(DPI * 3 * WIDTH))
    assert picture.std() > 10
