"""Figures are written whole, with a title that may be anything."""

import numpy as np
import pytest
from PIL import Image

from roadsigns.reporting.confusion_plot import draw_confusion
from roadsigns.reporting.figure import figure_at, write_title
from roadsigns.reporting.recall_plot import draw_recall


@pytest.mark.parametrize("title", ["run\udcff", "a$b_c$", "$\\frac$"])
def test_title_may_hold_any_name(tmp_path, title):
    """It is no text of bytes that are no UTF-8, and no formula."""
    with figure_at(tmp_path / "a.png", width=4, height=1) as figure:
        write_title(figure, title)

    with Image.open(tmp_path / "a.png") as picture:
        assert (np.asarray(picture.convert("L")) < 128).any()


def test_class_may_have_any_name(tmp_path):
    """Dollar signs begin no formula, which might not even be one."""
    names = ["5$ or 6$", "$\\frac$"]

    draw_confusion(np.diag([9, 9]), names, tmp_path / "a.png", title="t")
    draw_recall(np.array([9, 9]), np.array([0, 1]), names, tmp_path / "b.png", title="t")

    assert (tmp_path / "a.png").stat().st_size > 1000
    assert (tmp_path / "b.png").stat().st_size > 1000


def test_figure_of_a_block_that_fails_is_not_written(tmp_path):
    def fail():
        with figure_at(tmp_path / "a.png", width=1, height=1):
            raise KeyError("inside")

    with pytest.raises(KeyError):
        fail()
    assert list(tmp_path.iterdir()) == []
