"""The advice for data in which no image can be read."""

from pathlib import Path

import pytest

from roadsigns.datasets.layouts.no_images import PassedOver, no_images

FILE = PassedOver("ignored-files", ".", "2 .zip files")


@pytest.mark.parametrize(
    ("found", "hint"),
    [
        ([], ""),
        ([FILE], "Passed over: 2 .zip files."),
        ([FILE, PassedOver("ignored-files", "a", "1 .p file")], "Passed over: 2 .zip files; a: 1 .p file."),
        ([FILE, PassedOver("ignored-files", "1.png", "3 images")], "Put the images of each class into a folder"),
        (
            [FILE, PassedOver("nested-folder", "a/stop", "3 images")],
            "There are some in data/a/stop: give the folder above it.",
        ),
    ],
)
def test_advice_comes_from_what_was_passed_over(found, hint):
    """Folders that are too deep, images without folders, or what else there is."""
    error = no_images(Path("data"), found)

    assert error.hint.startswith(hint)
    assert bool(error.hint) == bool(hint)
    assert error.subject == "data"
