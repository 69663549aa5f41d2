"""The sheet of mostly misread tracks is drawn for any number of them."""

import pytest
from PIL import Image

from roadsigns.cross_validation.metrics import compute_cross_metrics
from roadsigns.cross_validation.misread_tracks_sheet import ROW, draw_misread_tracks
from roadsigns.cross_validation.store import read_cross_validation
from roadsigns.errors import OutputError


@pytest.fixture
def result_with(tmp_path, write_cross, drawn_data):
    """Metrics with the first tracks of so many classes misread."""

    def compute(tracks):
        misread = {f"{class_id:05d}/00000_{frame:05d}.ppm" for class_id in range(tracks) for frame in range(2)}
        return compute_cross_metrics(
            read_cross_validation(write_cross(tmp_path / "cross", drawn_data, misread=misread))
        )

    return compute


@pytest.mark.parametrize("tracks", [0, 1, 7])
def test_sheet_is_drawn_for_any_number(tmp_path, result_with, drawn_folder, tracks):
    """A row for each track, in as many columns as make it nearly a square."""
    result = result_with(tracks)
    assert len(result.mostly_misread) == tracks

    draw_misread_tracks(result, drawn_folder, tmp_path / "misread-tracks.png")

    with Image.open(tmp_path / "misread-tracks.png") as sheet:
        assert sheet.width >= 600
        assert sheet.height >= 100 + 100 * ROW * tracks / max(1, tracks // 2)


def test_sheet_that_cannot_be_written_is_reported(tmp_path, result_with, drawn_folder):
    """With the path."""
    with pytest.raises(OutputError) as raised:
        draw_misread_tracks(result_with(0), drawn_folder, tmp_path / "nowhere" / "sheet.png")
    assert raised.value.subject == str(tmp_path / "nowhere" / "sheet.png")
