"""Background windows touch no sign, come again with the same seed, and never mix the two parts of the scenes."""

import numpy as np
import pytest
from fixtures.errors import raises
from PIL import Image

from roadsigns.datasets.scenes import background_windows, cut_windows, read_scenes, scenes_of_part
from roadsigns.errors import DataError
from roadsigns.types import Box

# In GTSDB's words: inclusive.
SIGN = "40;30;159;109"
SIGN_BOX = Box(40, 30, 160, 110)


@pytest.fixture(scope="module")
def scenes_folder(tmp_path_factory):
    """24 scenes of noise, 420x300 pixels; in every second one a sign, whose pixels are white. Not to be changed."""
    folder = tmp_path_factory.mktemp("scenes")
    lines = []
    for number in range(24):
        pixels = np.random.default_rng(number).integers(0, 200, (300, 420, 1), np.uint8).repeat(3, axis=2)
        if number % 2 == 0:
            pixels[30:110, 40:160] = 255
            lines.append(f"{number:05d}.ppm;{SIGN};{number}\n")
        Image.fromarray(pixels).save(folder / f"{number:05d}.png")
    (folder / "gt.txt").write_text("".join(lines))
    return folder


def windows(folder, part, count, seed=0):
    return list(cut_windows(scenes_of_part(read_scenes(folder), part, folder), count=count, seed=seed))


def test_boxes_are_read_as_inclusive_pixels_whatever_the_suffix(scenes_folder):
    """The official table names .ppm files, and the scenes may be packed otherwise."""
    scenes = read_scenes(scenes_folder)

    assert [scene.path.name for scene in scenes[:2]] == ["00000.png", "00001.png"]
    assert [scene.boxes for scene in scenes[:2]] == [(SIGN_BOX,), ()]


def test_no_window_shows_a_pixel_of_a_sign(scenes_folder):
    """Not even in its margin."""
    found = windows(scenes_folder, "train", 200)

    assert len(found) == 200
    assert max(window.image.max() for window in found) < 255


def test_window_is_what_its_place_in_the_scene_says(scenes_folder):
    """The box in the image is the window, and around it lies a margin of a tenth, at least 5 pixels."""
    for window in windows(scenes_folder, "judge", 40):
        scene = np.asarray(Image.open(window.scene))
        x1, y1, x2, y2 = window.place
        inside = window.image[window.box.y1 : window.box.y2, window.box.x1 : window.box.x2]
        np.testing.assert_array_equal(inside, scene[y1:y2, x1:x2])
        assert window.box.x1 == max(5, round(0.1 * (x2 - x1)))
        assert window.image.shape[1] == x2 - x1 + 2 * window.box.x1
        assert window.image.base is None


def test_sizes_are_spread_evenly_on_a_logarithmic_scale(scenes_folder):
    """About half lie below the geometric mean of 15 and 250 pixels; the scene's own height cuts the largest."""
    sides = [np.sqrt((x2 - x1) * (y2 - y1)) for _, _, _, (x1, y1, x2, y2) in windows(scenes_folder, "train", 400)]

    assert 14 <= min(sides) < 17
    assert 180 < max(sides) <= 251
    assert 0.45 < np.mean(np.array(sides) < 61) < 0.65


def test_same_seed_gives_the_same_windows_and_another_seed_others(scenes_folder):
    """Also through the function for trainings, which gives images and boxes alone."""
    first = windows(scenes_folder, "judge", 30)
    again = list(background_windows(scenes_folder, part="judge", count=30, seed=0))

    assert [window.box for window in first] == [box for _, box in again]
    assert all((one.image == image).all() for one, (image, _) in zip(first, again, strict=True))
    assert [window.place for window in first] != [
        window.place for window in windows(scenes_folder, "judge", 30, seed=1)
    ]


def test_parts_share_no_scene_and_leave_out_the_middle(scenes_folder):
    """Neighbours may show one street."""
    train, judge = ({window.scene.stem for window in windows(scenes_folder, part, 60)} for part in ("train", "judge"))

    assert sorted(train) == [f"{number:05d}" for number in range(7)]
    assert sorted(judge) == [f"{number:05d}" for number in range(17, 24)]


def test_longer_copy_of_the_scenes_judges_on_no_scene_that_trained(scenes_folder, tmp_path):
    """Whoever trains on the first 14 scenes of 24 and judges on all 24 is safe."""
    for path in [*sorted(scenes_folder.glob("*.png"))[:14], scenes_folder / "gt.txt"]:
        (tmp_path / path.name).symlink_to(path)
    trained = {window.scene.name for window in windows(tmp_path, "train", 60)}

    assert trained == {"00000.png", "00001.png"}
    assert not trained & {window.scene.name for window in windows(scenes_folder, "judge", 60)}


def test_count_is_spread_over_the_scenes(scenes_folder):
    """Ten windows of seven scenes: one or two each."""
    counts = np.unique([window.scene.name for window in windows(scenes_folder, "train", 10)], return_counts=True)[1]

    assert sorted(counts.tolist()) == [1, 1, 1, 1, 2, 2, 2]


def test_scene_that_does_not_decode_is_left_out(scenes_folder, tmp_path):
    """With a warning; the others are as before."""
    for path in scenes_folder.iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / "00003.png").unlink()
    (tmp_path / "00003.png").write_bytes(b"broken")

    with pytest.warns(UserWarning, match=r"00003\.png"):
        found = windows(tmp_path, "train", 70)
    expected = [window.place for window in windows(scenes_folder, "train", 70) if window.scene.name != "00003.png"]
    assert [window.place for window in found] == expected


def test_scene_with_a_box_beyond_it_is_left_out(scenes_folder, tmp_path):
    """Its boxes were made for another size or picture, so any window of it may show a sign."""
    for path in scenes_folder.iterdir():
        (tmp_path / path.name).symlink_to(path)
    table = (scenes_folder / "gt.txt").read_text()
    (tmp_path / "gt.txt").unlink()
    (tmp_path / "gt.txt").write_text(table.replace(f"00002.ppm;{SIGN}", "00002.ppm;400;30;420;109"))

    with pytest.warns(UserWarning, match=r"00002\.png has 420x300 pixels, .* \(400, 30, 421, 110\)"):
        found = windows(tmp_path, "train", 70)
    expected = [window.place for window in windows(scenes_folder, "train", 70) if window.scene.name != "00002.png"]
    assert [window.place for window in found] == expected


def test_scene_full_of_signs_gives_no_window(tmp_path):
    """Rather than one that touches a sign."""
    for number in range(13):
        Image.new("RGB", (60, 60)).save(tmp_path / f"{number}.png")
    (tmp_path / "gt.txt").write_text("".join(f"{number}.png;5;5;55;55;1\n" for number in range(13)))

    assert windows(tmp_path, "train", 5) == []


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (None, "no gt.txt"),
        ("00001.png;1;2;3;4\n", "Line 1"),
        ("00001.png;1;2;x;4;5\n", "Line 1"),
        ("other.png;1;2;3;4;5\n", "None of the images is named"),
    ],
)
def test_table_that_is_missing_or_no_table_is_refused(tmp_path, table, problem):
    """Without boxes, windows would show signs."""
    Image.new("RGB", (60, 60)).save(tmp_path / "00001.png")
    if table is not None:
        (tmp_path / "gt.txt").write_text(table)

    with raises(DataError, problem=problem):
        read_scenes(tmp_path)


@pytest.mark.gtsdb
def test_windows_of_real_scenes_touch_no_sign(gtsdb_folder):
    """In scenes with the most signs, each window with its margin lies beside all of them."""
    chosen = scenes_of_part(read_scenes(gtsdb_folder), "judge", gtsdb_folder)
    busiest = tuple(sorted(chosen, key=lambda one: -len(one[1].boxes))[:3])
    boxes = {scene.path: scene.boxes for _, scene in busiest}
    found = list(cut_windows(busiest, count=60, seed=0))

    assert min(map(len, boxes.values())) >= 4
    assert len(found) == 60
    # The sky may be all white.
    assert np.median([window.image.std() for window in found]) > 10
    for window in found:
        left, top = window.place.x1 - window.box.x1, window.place.y1 - window.box.y1
        height, width = window.image.shape[:2]
        for x1, y1, x2, y2 in boxes[window.scene]:
            assert x2 <= left or left + width <= x1 or y2 <= top or top + height <= y1


@pytest.mark.gtsdb
def test_parts_of_real_scenes_do_not_overlap(gtsdb_folder):
    """Each has its share of the scenes with signs and of those without, and the middle lies between them."""
    scenes = read_scenes(gtsdb_folder)
    train, judge = (dict(scenes_of_part(scenes, part, gtsdb_folder)) for part in ("train", "judge"))

    assert sum(len(scene.boxes) for scene in scenes) >= len(scenes)
    assert min(judge) - max(train) == 11
    assert not {scene.path for scene in train.values()} & {scene.path for scene in judge.values()}
    for part in (train, judge):
        assert 0 < sum(bool(scene.boxes) for scene in part.values()) < len(part)


def test_too_few_scenes_and_unknown_parts_are_refused(scenes_folder, tmp_path):
    """There must be something on both sides of the middle."""
    (tmp_path / "gt.txt").write_text("")
    with raises(DataError, problem="no street scenes"):
        read_scenes(tmp_path)
    Image.new("RGB", (60, 60)).save(tmp_path / "00001.png")
    with raises(DataError, problem="Of 1 scene none is left for the part 'judge'"):
        windows(tmp_path, "judge", 1)
    with raises(DataError, problem="no part 'test'", expected="train, judge"):
        windows(scenes_folder, "test", 1)
    with raises(DataError, problem="no such folder"):
        read_scenes(tmp_path / "gone")
