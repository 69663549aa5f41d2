"""Signs of videos as a table."""

import io

import pytest
from fixtures.video_results import FAILED, video_result

from roadsigns.datasets.gtsrb import GTSRB_CLASSES
from roadsigns.video.table import VideoTableWriter, clock


def test_the_table_has_a_line_at_once():
    """It does not wait for the end of a camera; an unknown sign gets no name."""
    file = io.StringIO()
    writer = VideoTableWriter(file, GTSRB_CLASSES, with_decisions=True)

    writer.write(video_result())
    lines = file.getvalue().splitlines()
    assert lines[0].split() == ["file", "from", "to", "frames", "decision", "probability", "name"]
    assert lines[1].split() == ["a.mp4", "0:00.1", "1:03.2", "2", "known", "75.00", "%", "stop"]

    writer.write(video_result(decision="unknown"))
    writer.write(video_result(0, decision="uncertain"))
    writer.write(FAILED)
    writer.close()
    unknown, uncertain, failed = file.getvalue().splitlines()[2:]
    assert "another danger sign" in unknown
    assert "stop" not in unknown
    assert "or: " in uncertain
    assert failed.split(maxsplit=1) == ["b.mp4", "error: It is cut off. Copy it again."]


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00.0"), (59.96, "1:00.0"), (7.25, "0:07.2"), (3723.4, "1:02:03.4")]
)
def test_times_are_shown_as_players_show_them(seconds, shown):
    """With tenths."""
    assert clock(seconds) == shown
