"""The figures of a cross-validation as people read them."""

import io

import pytest

from roadsigns.cross_validation.metrics import compute_cross_metrics
from roadsigns.cross_validation.store import read_cross_validation
from roadsigns.cross_validation.table import print_cross_metrics
from roadsigns.robustness.corruptions import CONDITIONS


@pytest.fixture
def shown(tmp_path, write_cross, three_signs):
    """Print the figures of a cross-validation with these options."""

    def show(**options):
        file = io.StringIO()
        folder = write_cross(tmp_path / "cross", three_signs, **options)
        print_cross_metrics(compute_cross_metrics(read_cross_validation(folder)), file)
        return " ".join(file.getvalue().split())

    return show


def test_table_tells_errors_and_wrong_tracks(shown, frames_of):
    """And names the wrong tracks; a class's brackets are no orders to the terminal."""
    text = shown(misread=frames_of("[b]ferry", 2, 5))

    assert "tutorial on own, 2-fold cross-validation by (class, track), seed 0" in text
    assert "91.67 %: 5 of 60 images misread" in text
    assert "1 of 12 signs misread in more than half of their frames, 1 at least once" in text
    assert "│ [b]ferry │ 2 │ 5 │ 5 │ Bus │" in text
    assert "PARTIAL" not in text


def test_partial_table_says_so(shown):
    """Beside the figures, not only in a file."""
    assert "PARTIAL: fold 1 of 2, 30 of 60 images" in shown(finished=(1,))


def test_kept_epoch_is_told_where_the_judged_images_chose_it(shown):
    """With what to do about it."""
    assert "--set training.keep=last" in shown()


def test_last_epoch_needs_no_word(shown):
    """Nothing was chosen."""
    assert "training.keep" not in shown(recipe=["training.keep=last"])


def test_hard_conditions_have_their_own_tables(shown, frames_of):
    """Each condition is named; where nothing was read under them, none is."""
    text = shown(corrupted=frames_of("stop", 0, 3))

    assert "Under hard conditions" in text
    assert "95.00 %: 3 of 60 images misread" in text
    for condition in CONDITIONS:
        assert f"│ {condition} │" in text


def test_without_hard_conditions_nothing_is_said_of_them(shown):
    """They were not asked for."""
    assert "hard conditions" not in shown()
