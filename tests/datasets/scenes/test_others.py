"""Signs outside the classes in drawn scenes: which are to be found, and which are not."""

import pytest
from fixtures.scenes import write_gtsdb

from roadsigns.datasets.scenes import read_scene_set
from roadsigns.datasets.scenes.others import NO_SIGNS, OTHERS, read_others
from roadsigns.errors import DataError
from roadsigns.types import Box


def folder_with(tmp_path, *lines):
    (tmp_path / OTHERS).write_text("".join(f"{line}\n" for line in lines))
    return tmp_path


def test_a_sign_of_no_class_is_to_be_found_and_a_hidden_one_is_ignored(tmp_path):
    """The last pixels belong to the box on disk, and not here."""
    signs = read_others(folder_with(tmp_path, "00001.png;10;20;29;39;danger", "00001.png;50;20;59;29;hidden"))

    assert [(sign.box, sign.class_id, sign.ignored) for sign in signs["00001"]] == [
        (Box(10, 20, 30, 40), None, False),
        (Box(50, 20, 60, 30), None, True),
    ]


@pytest.mark.parametrize("kind", NO_SIGNS)
def test_what_shows_nothing_is_left_out(tmp_path, kind):
    assert read_others(folder_with(tmp_path, f"00001.png;10;20;29;39;{kind}")) == {}


def test_no_file_is_no_sign(tmp_path):
    assert read_others(tmp_path) == {}


@pytest.mark.parametrize("line", ["00001.png;10;20;29;danger", "00001.png;10;20;29;x;danger"])
def test_a_line_that_is_no_box_is_named(tmp_path, line):
    with pytest.raises(DataError, match="Line 1"):
        read_others(folder_with(tmp_path, line))


def test_they_are_read_with_the_scenes(tmp_path):
    """Beside those of the classes."""
    scenes = write_gtsdb(tmp_path / "drawn", ["00000.png;5;5;24;24;11"])
    folder_with(scenes, "00000.png;40;5;59;24;mandatory", "00001.png;40;5;59;24;advertising")

    first, second = read_scene_set(scenes).scenes

    assert [sign.class_id for sign in first.signs] == [11, None]
    assert second.signs == ()
