"""Names of images that no track names."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from roadsigns.datasets.image_names import image_names
from roadsigns.types import Sample

FOLDERS = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3).map("/".join)
PATHS = st.builds(Path, FOLDERS, st.sampled_from(["1.png", "2.png"]))
SAMPLES = st.lists(st.builds(Sample, PATHS, st.integers(0, 2)), max_size=9)


def test_files_name_images_where_that_is_enough():
    """Also where several classes have a file of that name."""
    samples = [Sample(Path("stop/1.png"), 0), Sample(Path("yield/1.png"), 1), Sample(Path("stop/2.png"), 0, None, "7")]

    assert image_names(samples) == {(0, Path("stop/1.png")): "1.png", (1, Path("yield/1.png")): "1.png"}


def test_paths_name_those_that_are_called_alike():
    samples = [Sample(Path("data/x/1.png"), 0), Sample(Path("data/y/1.png"), 0), Sample(Path("data/y/2.png"), 0)]

    assert list(map(image_names(samples).get, [(0, sample.path) for sample in samples])) == [
        "x/1.png",
        "y/1.png",
        "2.png",
    ]


@given(SAMPLES)
def test_two_images_of_a_class_never_have_one_name(samples):
    """Wherever the data lie, and in any order; several signs in one image have its name."""
    names = image_names(samples)

    assert len({(class_id, name) for (class_id, _), name in names.items()}) == len(names)
    moved = [Sample(Path("/elsewhere") / sample.path, sample.class_id) for sample in reversed(samples)]
    assert sorted(image_names(moved).values()) == sorted(names.values())
