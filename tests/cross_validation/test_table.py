"""The metrics of a cross-validation as tables."""

import io
from dataclasses import replace

import pytest

from roadsigns.cross_validation.metrics import compute_cross_metrics
from roadsigns.cross_validation.store import read_cross_validation
from roadsigns.cross_validation.table import print_cross_metrics
from roadsigns.datasets.reader import read_training
from roadsigns.robustness.corruptions import UNRECORDED_CORRUPTIONS


@pytest.fixture
def shown(tmp_path, write_cross, three_signs):
    """Print the tables of a cross-validation with these options."""

    def show(**options):
        file = io.StringIO()
        folder = write_cross(tmp_path / "cross", three_signs, **options)
        print_cross_metrics(compute_cross_metrics(read_cross_validation(folder)), file)
        return " ".join(file.getvalue().split())

    return show


def test_table_shows_errors_and_misread_tracks(shown, frames_of):
    """Counted in two ways, and the mostly misread ones by name; brackets in a name are no markup."""
    text = shown(misread=frames_of("[b]ferry", 2, 5))

    assert "tutorial on own, 2-fold cross-validation by (class, track), seed 0" in text
    assert "91.67 %: 5 of 60 images misread" in text
    assert "Tracks misread at least once 1 of 12" in text
    assert "Mostly misread tracks 1 of 12, in more than half of their frames" in text
    assert "│ [b]ferry │ 2 │ 5 │ 5 │ Bus │" in text
    assert "PARTIAL" not in text


@pytest.mark.parametrize(("source", "compared"), [(None, False), ("GTSRB", True)])
def test_people_stand_beside_the_images_of_the_data_set_only(tmp_path, write_cross, drawn_folder, source, compared):
    """Not beside drawn signs of its classes."""
    drawn = read_training(drawn_folder)
    folder = write_cross(tmp_path / "cross", replace(drawn, source=source or drawn.source))
    file = io.StringIO()

    print_cross_metrics(compute_cross_metrics(read_cross_validation(folder)), file)

    assert "speed limits" in file.getvalue()
    assert ("Human" in file.getvalue()) == compared
    assert ("the average person on the official test set" in file.getvalue()) == compared


def test_partial_table_says_so(shown):
    """Beside the metrics, not only in a file."""
    assert "PARTIAL: fold 1 of 2, 30 of 60 images" in shown(finished=(1,))


def test_kept_epoch_is_reported_where_the_evaluated_images_chose_it(shown):
    """With what to do about it."""
    assert "--set training.keep=last" in shown()


def test_last_epoch_needs_no_word(shown):
    """Nothing was chosen."""
    assert "training.keep" not in shown(recipe=["training.keep=last"])


def test_corruptions_have_their_own_tables(shown, frames_of):
    """Each corruption is named."""
    text = shown(corrupted=frames_of("stop", 0, 3))

    assert "With corruptions" in text
    assert "95.00 %: 3 of 60 images misread" in text
    for name, _ in UNRECORDED_CORRUPTIONS:
        assert f"│ {name} │" in text


def test_without_corruptions_nothing_is_said_of_them(shown):
    """They were not requested."""
    assert "orruption" not in shown()
