"""Image files of a folder: natural order, any case, nothing hidden."""

import os
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns import image_files as find
from roadsigns.image_files import find_images, in_natural_order, natural_order


def make(folder, *names):
    """Make empty files."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_numbers_inside_names_count_as_numbers():
    """2 comes before 10, with leading zeros or without."""
    names = ["sign 10", "sign 2", "sign", "00003", "12", "a2b10", "a2b9"]

    assert sorted(names, key=natural_order) == ["00003", "12", "a2b9", "a2b10", "sign", "sign 2", "sign 10"]


def test_images_are_found_at_every_depth_in_natural_order(tmp_path):
    """A folder's own files come first, then its folders."""
    make(tmp_path, "b10.png", "b9.png", "10/x.ppm", "9/x.ppm", "9/deep/er/y.jpg")

    found = [str(path.relative_to(tmp_path)) for path in find_images(tmp_path)]

    assert found == ["b9.png", "b10.png", "9/x.ppm", "9/deep/er/y.jpg", "10/x.ppm"]


def test_suffix_counts_in_any_case(tmp_path):
    make(tmp_path, "a.PPM", "b.Png", "c.JPEG", "d.csv", "e.heic", "png")

    assert [path.name for path in find_images(tmp_path)] == ["a.PPM", "b.Png", "c.JPEG"]


def test_hidden_files_and_folders_are_passed_over(tmp_path):
    """Thumbnails of file managers, and what macOS leaves in archives."""
    make(tmp_path, "._a.png", ".cache/b.png", "c.png")

    assert [path.name for path in find_images(tmp_path)] == ["c.png"]


def test_circle_of_links_ends(tmp_path):
    """Links to folders are not followed."""
    make(tmp_path, "a.png")
    (tmp_path / "self").symlink_to(tmp_path)

    assert [path.name for path in find_images(tmp_path)] == ["a.png"]


def test_folder_without_images_gives_none(tmp_path):
    """Nothing is no error here."""
    assert list(find_images(tmp_path)) == []


@given(st.sets(st.text("ab019 ", min_size=1, max_size=6)), st.integers(1, 5))
def test_order_is_the_same_however_few_names_are_held(names, held):
    """Each name once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(find, "HELD", held)

        assert list(in_natural_order(lambda: names)) == sorted(names, key=natural_order)


def test_memory_is_flat_however_many_names(monkeypatch):
    """Ten times as many, listed anew for each part, take no more."""
    monkeypatch.setattr(find, "HELD", 50)

    def peak(count):
        tracemalloc.start()
        assert sum(1 for _ in in_natural_order(lambda: (f"{number:05d}.png" for number in range(count)))) == count
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(60)
    assert peak(600) < peak(60) + 20_000


def test_pipes_are_passed_over_and_links_to_nothing_are_not(tmp_path):
    """A pipe would be waited for; a link is reported when it is read."""
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "nothing.png").symlink_to(tmp_path / "none.png")
    (tmp_path / "self.png").symlink_to(tmp_path / "self.png")

    assert [path.name for path in find_images(tmp_path)] == ["nothing.png", "self.png"]


def test_folder_that_cannot_be_read_is_listed(tmp_path):
    problems = []

    assert list(find_images(tmp_path / "none", onerror=problems.append)) == []
    assert [problem.filename for problem in problems] == [str(tmp_path / "none")]
