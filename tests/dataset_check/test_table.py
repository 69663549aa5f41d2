"""The table of a check tells people what matters and no more."""

import re
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from fixtures.sign_folders import write_classes
from PIL import Image

from roadsigns.dataset_check.check import check_folder
from roadsigns.dataset_check.findings import Finding, Item
from roadsigns.dataset_check.planning.plan import plan_data
from roadsigns.dataset_check.planning.table import print_plan
from roadsigns.dataset_check.table import SHOWN_CLASSES, SHOWN_ITEMS, print_check


@pytest.fixture(scope="module")
def check(tmp_path_factory):
    """Two classes with tracks, without a fault."""
    folder = tmp_path_factory.mktemp("data")
    for number, name in enumerate(("go/1_0", "go/2_0", "stop/1_0", "stop/2_0")):
        path = folder / f"{name}.png"
        path.parent.mkdir(exist_ok=True)
        pixels = np.random.default_rng(number).integers(0, 256, (30 + number, 60, 3), np.uint8)
        Image.fromarray(pixels).save(path)
    return check_folder(folder)


def printed(check):
    file = StringIO()
    print_check(check, file)
    return file.getvalue()


def with_finding(check, kind, *items, count=None):
    return replace(check, findings=(Finding(kind, count or len(items), items),))


def test_clean_folder_has_metrics_and_no_finding(check):
    """Counts, tracks, sizes and brightness, of all and of each class; it fits a terminal of 80 columns."""
    text = printed(check)

    lines = text.splitlines()
    assert lines[0] == f"{check.data}, one folder per class"
    assert "4 images of 2 classes, 2 images each" in text
    assert "4 of 1 frame " in text
    assert "30 to 33, median 32 pixels" in text
    assert lines[6].split() == ["class", "name", "images", "tracks", "side", "grey"]
    assert lines[8].split()[:5] == ["1", "stop", "2", "2", "32/32/33"]
    assert lines[-1] == "No problems found."
    assert max(map(len, lines[1:9])) <= 80


def test_official_folder_has_a_column_for_each_split(drawn_folder):
    """Images, tracks and test images side by side, and the longest name on one line."""
    text = printed(check_folder(drawn_folder))

    assert "official layout" in text.splitlines()[0]
    (header,) = [line for line in text.splitlines() if line.startswith("class")]
    assert header.split() == ["class", "name", "images", "tracks", "test", "side", "grey"]
    (last,) = [line for line in text.splitlines() if line.startswith("   42")]
    assert last.split()[1:10] == ["end", "of", "no", "overtaking", "by", "lorries", "4", "2", "2"]


def test_own_validation_images_are_counted_apart_and_a_table_is_named(tmp_path):
    """As `plan` and `train` do, also where the data is a table."""
    for split, count in (("train", 2), ("val", 1), ("test", 1)):
        write_classes(tmp_path / split, {"go": count, "stop": count}, name=f"{split}{{number}}.png")
    rows = [f"{path.relative_to(tmp_path)},{path.parent.name},{path.parts[-3]}" for path in tmp_path.rglob("*.png")]
    (tmp_path / "signs.csv").write_text("\n".join(["path,label,split", *rows]) + "\n")

    for data in (tmp_path / "signs.csv", tmp_path):
        plan, check = plan_data(data), check_folder(data)
        file = StringIO()
        print_plan(plan, file)
        for text in (printed(check), file.getvalue()):
            assert text.splitlines()[0].startswith(f"{data}, ")
            for split, images in (("Training", 4), ("Validation", 2), ("Test", 2)):
                assert re.search(rf"{split} +{images} images of 2 classes", text)
        for name in ("data", "training_images", "validation_images", "test_images"):
            assert plan.as_dict()[name] == check.as_dict()[name]
        (header,) = [line for line in printed(check).splitlines() if line.startswith("class")]
        assert header.split() == ["class", "name", "images", "validation", "test", "side", "grey"]


def test_finding_says_what_it_means_and_names_the_first_cases(check):
    """The rest is a number: nobody reads a thousand lines."""
    items = [Item((f"stop/{number}.png",), f"{number} pixels") for number in range(9)]

    text = printed(with_finding(check, "tiny", *items, count=20_000))

    assert "warning: tiny, 20,000" in text
    assert "Signs smaller than any of GTSRB's" in text
    assert "stop/0.png: 0 pixels" in text
    assert f"stop/{SHOWN_ITEMS}.png" not in text
    assert "... and 19,997 more; --json lists them." in text
    assert text.splitlines()[-1] == "Errors: 0. Warnings: 20,000."


@pytest.mark.parametrize(
    ("item", "lines"),
    [
        (Item((), "class 3"), ["class 3"]),
        (Item(("a.png",), ""), ["a.png"]),
        (Item(("a.png",), "/data/a.png is empty."), ["/data/a.png is empty."]),
        (Item(("a.png", "b.png"), "2 images"), ["a.png", "b.png: 2 images"]),
        (Item(("a", "b", "c", "d", "e"), "many"), ["a", "b", "c", "d", "...: many"]),
    ],
)
def test_case_names_its_paths_once(check, item, lines):
    """Each path on a line of its own, so that it can be copied; a message that names it stands alone."""
    text = printed(with_finding(check, "duplicate-across-classes", item))

    _, _, cases = text.partition("one of them is wrong.\n")
    assert [line.strip() for line in cases.splitlines()[:-2]] == lines


def test_names_cannot_give_orders_to_the_terminal(check):
    text = printed(with_finding(check, "no-row", Item(("[red]a\x1b[31m\n\udcff.png",), "")))

    assert "[red]a�[31m��.png" in text


def test_many_classes_are_shown_in_part(check):
    """With the number of all."""
    inventory = replace(check.inventory, classes=check.inventory.classes * 100)

    text = printed(replace(check, inventory=inventory, training=check.training * 100))

    assert f"The first {SHOWN_CLASSES} of 200 classes" in text
    assert sum(line.split()[1:2] == ["stop"] for line in text.splitlines()) == SHOWN_CLASSES // 2
