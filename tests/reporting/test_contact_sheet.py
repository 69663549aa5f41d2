"""The sheet shows a data folder's own pixels beside drawn ones, and touches nothing else."""

import numpy as np
import pytest
from fixtures.errors import raises
from PIL import Image

from roadsigns.errors import DataError, OutputError
from roadsigns.reporting.contact_sheet import write_contact_sheet
from roadsigns.reporting.sheet_layout import plan_page
from roadsigns.synthesis.settings import Drawing

TEMPLATE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><circle cx="10" cy="10" r="9" fill="{}"/></svg>'


def pixels_of(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def plain_folder(folder, **greys):
    """A folder per class with images of one grey each, 40 high and 50 wide."""
    for name, shades in greys.items():
        (folder / name).mkdir(parents=True)
        for index, grey in enumerate(shades):
            Image.new("RGB", (50, 40), (grey, grey, grey)).save(folder / name / f"{index}.png")
    return folder


def templates_of(folder, **colours):
    folder.mkdir()
    for name, colour in colours.items():
        (folder / f"{name}.svg").write_text(TEMPLATE.format(colour))
    return folder


@pytest.fixture
def sheet(tmp_path):
    """Write a sheet of a folder and return its pixels."""

    def write(folder, **options):
        write_contact_sheet(folder, tmp_path / "sheet.png", **{"drawing": Drawing()} | options)
        return pixels_of(tmp_path / "sheet.png")

    return write


def cell_of(pixels, page, index, left):
    x, y = page.corner(index)
    return pixels[y : y + page.cell, x + left : x + left + page.cell]


def test_both_halves_are_laid_out(sheet, drawn_folder):
    """A row has real images left and drawn ones right, and none twice."""
    pixels = sheet(drawn_folder, class_ids=[12, 14], per_class=2)
    page = plan_page(2, real=2, drawn=2)
    cells = [
        cell_of(pixels, page, index, left(place))
        for index in range(2)
        for left in (page.real_left, page.drawn_left)
        for place in range(2)
    ]

    assert pixels.shape == (page.height, page.width, 3)
    assert all(cell.std() > 2 for cell in cells)
    assert len({cell.tobytes() for cell in cells}) == 8


@pytest.mark.filterwarnings("ignore:There are no drawings of the classes")
def test_real_pixels_are_shown_as_they_are(sheet, tmp_path):
    """No shade is changed, nothing smoothed, and the shape kept: 50 x 40 pixels become 96 x 77."""
    pixels = sheet(plain_folder(tmp_path / "data", a=[7, 130], b=[200]))
    page = plan_page(2, real=2, drawn=0)

    found = [np.unique(cell_of(pixels, page, 0, page.real_left(place)), return_counts=True) for place in range(2)]
    counts = {int(value): int(count) for values, numbers in found for value, count in zip(values, numbers, strict=True)}
    assert counts == {7: 96 * 77 * 3, 130: 96 * 77 * 3, 255: 96 * 19 * 3}


def test_foreign_classes_are_laid_out_alone_with_a_warning(sheet, tmp_path):
    """Drawings of GTSRB's signs say nothing about them, even if a name is the same."""
    folder = plain_folder(tmp_path / "data", stop=[7], yard=[8])

    with pytest.warns(UserWarning, match="only its own images are laid out"):
        pixels = sheet(folder)
    assert pixels.shape[1] == plan_page(2, real=1, drawn=0).width


def test_templates_are_drawn_for_classes_of_their_name(sheet, tmp_path):
    """The red template stands beside class "b"; class "a" has none and its cells stay white."""
    folder = plain_folder(tmp_path / "data", a=[7], b=[8])
    drawing = Drawing(
        hue_degrees=0,
        dirt=0,
        sticker_probability=0,
        occlusion_probability=0,
        glare_probability=0,
        brightness_gamma=-3.0,
    )
    pixels = sheet(
        folder, templates=templates_of(tmp_path / "own", b="red", c="blue"), per_class=3, drawing=drawing
    ).astype(int)
    page = plan_page(2, real=1, drawn=3)

    drawn = [cell_of(pixels, page, index, page.drawn_left(1)) for index in range(2)]
    assert (drawn[0] == 255).all()
    middle = drawn[1][page.cell // 2 - 5 : page.cell // 2 + 5, page.cell // 2 - 5 : page.cell // 2 + 5].mean(
        axis=(0, 1)
    )
    assert middle[0] > 1.3 * middle[1]
    assert middle[0] > 1.3 * middle[2]


def test_templates_of_other_classes_are_refused(sheet, tmp_path):
    """Both sides are named."""
    folder = plain_folder(tmp_path / "data", a=[7])

    with raises(DataError, problem="Templates: b. Classes: a."):
        sheet(folder, templates=templates_of(tmp_path / "own", b="red"))


def test_same_seed_gives_the_same_sheet(sheet, drawn_folder):
    first, again, other = (sheet(drawn_folder, class_ids=[3], per_class=2, seed=seed) for seed in (0, 0, 1))

    assert (first == again).all()
    assert (first != other).any()


def test_settings_change_the_drawings(sheet, drawn_folder):
    """The sheet serves to check the settings."""
    plain, turned = (
        sheet(drawn_folder, class_ids=[3], per_class=2, drawing=drawing)
        for drawing in (Drawing(), Drawing(roll_degrees=90.0))
    )
    page = plan_page(1, real=2, drawn=2)

    for place in range(2):
        assert (cell_of(plain, page, 0, page.real_left(place)) == cell_of(turned, page, 0, page.real_left(place))).all()
    assert (plain != turned).any()


@pytest.mark.filterwarnings("ignore:There are no drawings of the classes")
def test_broken_image_is_left_out_and_named(sheet, tmp_path):
    """The others are laid out."""
    folder = plain_folder(tmp_path / "data", a=[7])
    (folder / "a" / "broken.png").write_bytes(b"no image")

    with pytest.warns(UserWarning, match=r"Left out: .*broken.png"):
        pixels = sheet(folder)
    assert (pixels == 7).all(axis=2).sum() > 1000


@pytest.mark.filterwarnings("ignore:There are no drawings of the classes")
def test_names_are_shown_whatever_they_are(sheet, tmp_path):
    """A dollar sign starts no formula, and a long name is wrapped beside its images instead of covering them."""
    pixels = sheet(plain_folder(tmp_path / "data", **{"a $^$ b": [7], "Straßenbahn" * 20: [8]}))

    page = plan_page(2, real=1, drawn=0)
    for index in range(2):
        x, y = page.corner(index)
        name = pixels[y : y + page.cell, x : x + page.real_left(0)]
        assert (name < 128).any()
        assert len(np.unique(cell_of(pixels, page, index, page.real_left(0)))) == 2


def test_class_that_is_not_there_is_refused(sheet, drawn_folder):
    """With those that are."""
    with raises(DataError, problem="no class 43", expected="43 classes from 0 to 42"):
        sheet(drawn_folder, class_ids=[3, 43])


@pytest.mark.parametrize(
    ("name", "reason"),
    [("signs/sheet.png", "in the data folder"), ("sheet.jpg", "PNG file"), ("no/sheet.png", "no folder")],
)
def test_place_that_cannot_be_is_refused_before_any_work(tmp_path, name, reason):
    """Nothing is written into a data folder, and nothing under a wrong name."""
    folder = plain_folder(tmp_path / "signs", a=[7])

    with raises(OutputError, problem=reason, subject=str(tmp_path / name)):
        write_contact_sheet(folder, tmp_path / name, drawing=Drawing())
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["0.png", "a", "signs"]
