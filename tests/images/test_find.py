"""Image files of a folder: natural order, any case, nothing hidden."""

from roadsigns.images.find import find_images, natural_order


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
    """And other files do not count."""
    make(tmp_path, "a.PPM", "b.Png", "c.JPEG", "d.csv", "e.gif", "png")

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
    assert find_images(tmp_path) == []
