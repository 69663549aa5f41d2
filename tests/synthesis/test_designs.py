"""Designs: every drawing of the package is sound, and a person's templates are read or refused with the reason."""

import json
import os
import re
from collections import Counter
from itertools import combinations
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from fixtures.errors import raises
from fixtures.templates import SQUARE, plate, png, write
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from roadsigns.datasets.gtsrb import GTSRB, GTSRB_CLASSES
from roadsigns.datasets.reader import read_training
from roadsigns.errors import DataError
from roadsigns.synthesis.designs import Designs, official_designs, read_templates
from roadsigns.synthesis.rendering import MAX_SVG_BYTES, render_design

SIGNS = GTSRB.drawings.folder
SHARES = SIGNS / "shares.json"
DRAWINGS = sorted(SIGNS.glob("*.svg"))
every_drawing = pytest.mark.parametrize("path", DRAWINGS, ids=lambda path: path.stem)


def names_of(designs):
    """{class name: names of its files}."""
    pairs = zip(designs.classes, designs.files, strict=True)
    return {sign.name: [path.name for path in files] for sign, files in pairs}


def extent(image):
    """First and last column and row that are half opaque: (left, top, right, bottom), the last two exclusive."""
    ys, xs = np.nonzero(image[:, :, 3] >= 128)
    return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1


@every_drawing
def test_every_drawing_shows_a_sign_on_a_transparent_ground(path):
    """The middle is opaque and the corners are transparent."""
    sign = render_design(path, 64)

    assert sign.shape == (64, 64, 4)
    assert sign.dtype == np.uint8
    assert sign[32, 32, 3] == 255
    assert sign[[0, 0, -1, -1], [0, -1, 0, -1], 3].tolist() == [0, 0, 0, 0]


@every_drawing
def test_every_drawing_is_small_titled_and_made_of_paths(path):
    """No font decides how a numeral looks, no picture is pasted in, and the title tells class and official number."""
    content = path.read_bytes()
    elements = {element.tag.rpartition("}")[2] for element in ET.fromstring(content).iter()}
    (title,) = re.findall(r"<title>(.*)</title>", content.decode())
    sign = GTSRB_CLASSES[int(path.stem[:2])]

    assert len(content) < 10_000
    assert elements <= {"svg", "title", "g", "path", "circle"}
    assert title.lower().startswith(f"{sign.name} (sign {sign.sign_number.partition('-')[0]}".lower())
    assert title.endswith(")")


def test_no_two_drawings_have_the_same_title():
    """A design's title names its difference."""
    titles = Counter(re.search("<title>(.*)</title>", path.read_text())[1] for path in DRAWINGS)

    assert titles.most_common(1)[0][1] == 1


def test_every_class_has_its_standard_drawing_and_no_drawing_is_without_a_class():
    """Files are named NN.svg or NN-<design>.svg."""
    files = official_designs().files

    assert sorted(path for of_class in files for path in of_class) == DRAWINGS
    for class_id, of_class in enumerate(files):
        assert SIGNS / f"{class_id:02d}.svg" in of_class
        assert all(re.fullmatch(rf"{class_id:02d}(-[a-z0-9]+)*\.svg", path.name) for path in of_class)


def test_shares_name_exactly_the_drawings_there_are():
    """Neither a drawing without a share nor a share without a drawing."""
    assert sorted(json.loads(SHARES.read_text())) == sorted(path.stem for path in DRAWINGS)


def test_shares_of_a_class_add_up_to_one():
    """As written to a hundredth, as used exactly; none is zero."""
    written = Counter()
    for name, share in json.loads(SHARES.read_text()).items():
        assert share > 0
        written[name[:2]] += share

    assert list(written.values()) == pytest.approx([1.0] * len(GTSRB_CLASSES), abs=0.01)
    for shares in official_designs().shares:
        assert sum(shares) == pytest.approx(1.0, abs=1e-12)


def test_no_two_classes_are_equal():
    """At 32 pixels any drawings of two classes differ by more than a few levels in some region."""
    signs = np.stack([render_design(path, 32) for path in DRAWINGS]).astype(np.int16)
    classes = np.array([int(path.stem[:2]) for path in DRAWINGS])

    for class_id, sign in zip(classes, signs, strict=True):
        others = signs[classes != class_id]
        assert (np.abs(others - sign).max(axis=(1, 2, 3)) > 100).all()


def test_no_two_drawings_of_a_class_are_the_same():
    """A design that nobody can tell from another is none."""
    for files in official_designs().files:
        for one, other in combinations(files, 2):
            difference = np.abs(render_design(one, 64).astype(int) - render_design(other, 64))
            assert difference.max() > 20, f"{one.name}, {other.name}"


@pytest.mark.parametrize(
    ("right", "left"), [(33, 34), (36, 37), (38, 39), (20, 19)], ids=["turn", "fork", "keep", "bend"]
)
def test_signs_to_the_left_mirror_those_to_the_right(right, left):
    """Standard drawings of signs that exist for both directions are mirror images."""
    signs = (render_design(SIGNS / f"{class_id:02d}.svg", 128).astype(int) for class_id in (right, left))
    to_the_right, to_the_left = signs

    assert np.abs(to_the_right[:, ::-1] - to_the_left).mean() < 1


def test_a_drawing_is_chosen_as_often_as_its_share():
    """In 4,000 choices, for a class with several designs."""
    designs, rng = official_designs(), np.random.default_rng(0)
    class_id = max(range(len(GTSRB_CLASSES)), key=lambda class_id: len(designs.files[class_id]))

    chosen = Counter(designs.choose(class_id, rng) for _ in range(4000))

    for path, share in zip(designs.files[class_id], designs.shares[class_id], strict=True):
        assert chosen[path] / 4000 == pytest.approx(share, abs=0.03)


def test_rare_designs_are_drawn_as_often_as_any_when_asked_for():
    """In 4,000 choices: half of them by how often each stands on the road, half with all equally likely."""
    designs, rng = official_designs(), np.random.default_rng(0)
    index = [path.stem for path in designs.files[3]].index("03-round-six")
    share, count = designs.shares[3][index], len(designs.files[3])

    chosen = [designs.choose(3, rng, rare_designs=0.5).stem for _ in range(4000)]

    assert chosen.count("03-round-six") / 4000 == pytest.approx((share + 1 / count) / 2, abs=0.02)
    assert share < 0.04


@pytest.mark.parametrize("class_id", [-1, 43])
def test_unknown_class_is_refused(class_id):
    """The message names the classes that there are."""
    with raises(DataError, problem=f"no drawing of class {class_id}.", expected="one of 0, 1, "):
        official_designs().choose(class_id, np.random.default_rng(0))


def test_number_that_no_template_bears_is_refused(tmp_path):
    """Class 1 of templates 0 and 2 has no drawing, and is no drawable class."""
    designs = read_templates(write(tmp_path, {"0.svg": SQUARE, "2.svg": SQUARE}))

    assert designs.drawable == [0, 2]
    with raises(DataError, problem="no drawing of class 1.", expected="one of 0, 2"):
        designs.choose(1, np.random.default_rng(0))


def test_templates_are_files_and_folders_of_files(tmp_path):
    """Both formats in any case of their suffix, several of a class in a folder, a file beside its class's folder."""
    image = png(plate())
    write(tmp_path, {"stop.svg": SQUARE, "stop/old.png": image, "stop/new.SVG": SQUARE, "bus.PNG": image})

    designs = read_templates(tmp_path)

    assert names_of(designs) == {"bus": ["bus.PNG"], "stop": ["new.SVG", "old.png", "stop.svg"]}
    assert designs.shares == ((1.0,), pytest.approx((1 / 3, 1 / 3, 1 / 3)))
    assert designs.turned == {}
    assert designs.drawable == [0, 1]
    assert all(
        sign.shape == (48, 48, 4) for files in designs.files for path in files for sign in [render_design(path, 48)]
    )


def test_hidden_and_other_files_are_passed_over(tmp_path):
    """Files of an operating system or an editor are no templates; neither is an empty folder."""
    write(tmp_path, {"a.svg": SQUARE, ".b.svg": SQUARE, ".git/c.svg": SQUARE, "notes.txt": "", "d/.e.svg": SQUARE})
    (tmp_path / "f").mkdir()

    assert names_of(read_templates(tmp_path)) == {"a": ["a.svg"]}


def test_names_that_are_numbers_are_the_labels(tmp_path):
    """In numeric order; the numbers between them have no drawing."""
    designs = read_templates(write(tmp_path, {"10.svg": SQUARE, "9/a.svg": SQUARE, "2.svg": SQUARE}))

    assert designs.drawable == [2, 9, 10]
    assert [sign.class_id for sign in designs.classes] == list(range(11))
    assert [sign.name for sign in designs.classes] == [str(class_id) for class_id in range(11)]


@pytest.mark.filterwarnings("ignore:No image of class")
@given(
    st.one_of(
        st.sets(st.integers(0, 120).map(str), min_size=1, max_size=6),
        st.sets(st.text("aB1 9é-._", min_size=1, max_size=5), min_size=1, max_size=6),
    )
)
def test_templates_are_the_classes_that_their_folder_of_drawn_signs_has(tmp_path_factory, names):
    """Templates of any names are numbered as `read_training` numbers the folders of these names."""
    names = {name.casefold(): name for name in names if not name.startswith(".")}.values()
    if not names:
        return
    templates, drawn = tmp_path_factory.mktemp("templates"), tmp_path_factory.mktemp("drawn")
    for name in names:
        (templates / name).mkdir()
        (templates / name / "a.svg").write_text(SQUARE)
        (drawn / name).mkdir()
        (drawn / name / "00000_00000.ppm").touch()

    assert read_templates(templates).classes == read_training(drawn).classes


def test_source_names_the_folder_however_it_was_given(tmp_path, monkeypatch):
    monkeypatch.chdir(write(tmp_path, {"mine/a.svg": SQUARE}) / "mine")

    assert read_templates(tmp_path / "mine").source == "drawn from mine"
    assert read_templates(type(tmp_path)()).source == "drawn from mine"


@pytest.mark.parametrize("kind", ["LA", "P", "RGBA"])
def test_every_png_with_transparency_is_a_template(tmp_path, kind):
    """Grey with alpha and palettes as well."""
    image = Image.fromarray(plate()).convert("LA" if kind == "LA" else "RGBA")
    (image.quantize() if kind == "P" else image).save(tmp_path / "a.png")

    assert extent(render_design(read_templates(tmp_path).files[0][0], 40)) == (4, 4, 36, 36)


def test_thin_transparent_edge_is_enough(tmp_path):
    """As the message about opaque borders says: one pixel, also of a large picture."""
    thin = SQUARE.replace("0 0 10 10", "0 0 99 99").replace("M1 1h8v8h-8z", "M1 1h97v97h-97z")

    designs = read_templates(write(tmp_path, {"a.png": png(plate(600, 900, border=1)), "b.svg": thin}))

    assert names_of(designs) == {"a": ["a.png"], "b": ["b.svg"]}


OPAQUE_SVG = SQUARE.replace("M1 1h8v8h-8z", "M0 0h10v10h-10z")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.svg", "", "cannot be drawn ("),
        ("a.svg", "<svg", "cannot be drawn ("),
        ("a.svg", "<html><body/></html>", "cannot be drawn ("),
        ("a.svg", b"\xff\xfe<svg", "cannot be drawn ("),
        ("a.svg", SQUARE.replace("viewBox", 'width="0" height="0" viewBox'), "cannot be drawn ("),
        ("a.svg", SQUARE + " " * MAX_SVG_BYTES, " bytes."),
        ("a.svg", OPAQUE_SVG, "whole border is opaque"),
        ("a.svg", OPAQUE_SVG.replace("0 0 10 10", "0 0 5 10"), "whole border is opaque"),
        ("a.svg", '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"/>', "shows nothing"),
        ("a.png", b"", "not a PNG image"),
        ("a.png", SQUARE, "not a PNG image"),
        ("a.png", png(plate())[:60], "does not decode ("),
        ("a.png", png(np.random.default_rng(0).integers(0, 255, (40, 40, 4)))[:3000], "does not decode ("),
        ("a.png", png(plate()[:, :, :3]), "no transparency (mode RGB)"),
        ("a.png", png(plate()[:, :, 0]), "no transparency (mode L)"),
        ("a.png", png(np.full((30, 30, 4), 255)), "whole border is opaque"),
        ("a.png", png(np.full((30, 60, 4), 255)), "whole border is opaque"),
        ("a.png", png(np.zeros((30, 30, 4))), "every pixel is transparent"),
    ],
)
def test_template_that_cannot_be_drawn_is_refused(tmp_path, name, content, reason):
    """With its path, the reason and what to do; a good one beside it does not help."""
    write(tmp_path, {"good.svg": SQUARE, f"stop/{name}": content})

    with raises(DataError, problem=reason, subject=str(tmp_path / "stop" / name)):
        read_templates(tmp_path)


def test_png_of_too_many_pixels_is_refused(tmp_path, monkeypatch):
    """A small file may claim to be a huge picture."""
    monkeypatch.setattr("roadsigns.synthesis.rendering.MAX_PIXELS", 39 * 40)

    with raises(DataError, problem="40x40 pixels", expected="at most 1560", subject="a.png"):
        read_templates(write(tmp_path, {"a.png": png(plate())}))


def test_folder_of_templates_must_be_one_with_templates(tmp_path):
    """Missing, a file, empty, or with other things: each has its own error."""
    write(tmp_path, {"file.svg": SQUARE, "other/notes.txt": "", "hidden/.a.svg": SQUARE})
    (tmp_path / "empty").mkdir()

    for name, reason in {
        "nowhere": "does not exist",
        "file.svg": "is a file",
        "empty": "holds no template",
        "other": "holds no template",
        "hidden": "holds no template",
    }.items():
        with raises(DataError, problem=reason, expected="CLASS" if "holds" in reason else "a folder", subject=name):
            read_templates(tmp_path / name)


@pytest.mark.parametrize(
    ("one", "other"),
    [("7.svg", "07.svg"), ("7/a.svg", "007.png"), ("Stop.svg", "stop.svg"), ("STRASSE/a.svg", "straße.svg")],
)
def test_two_names_of_one_class_are_refused(tmp_path, one, other):
    """7 and 07 are one number; Stop and stop are one folder on many systems."""
    image = png(plate())
    write(tmp_path, {name: image if name.endswith("png") else SQUARE for name in (one, other)})

    with raises(DataError, problem="the same class", hint="Rename one"):
        read_templates(tmp_path)


def test_numbers_beside_a_name_are_names(tmp_path):
    """7, 07 and a word are three names, in natural order, as the folders of a data set would be."""
    designs = read_templates(write(tmp_path, {"7.svg": SQUARE, "07.svg": SQUARE, "bus.svg": SQUARE}))

    assert sorted(names_of(designs)) == ["07", "7", "bus"]


def test_huge_number_is_refused(tmp_path):
    """20261122 is a date; so many classes are a mistake."""
    with raises(DataError, problem="20261122", hint="names"):
        read_templates(write(tmp_path, {"20261122.svg": SQUARE}))


def test_template_that_is_gone_is_an_error_of_ours(tmp_path):
    """Between reading the folder and drawing."""
    designs = read_templates(write(tmp_path, {"a.svg": SQUARE}))
    (tmp_path / "a.svg").unlink()

    with raises(DataError, problem="No such file", subject="a.svg"):
        render_design(designs.choose(0, np.random.default_rng(0)), 65)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_template_that_may_not_be_read_is_refused(tmp_path):
    """Permissions are named."""
    (write(tmp_path, {"a.svg": SQUARE}) / "a.svg").chmod(0)

    with raises(DataError, problem="Permission denied", hint="permissions"):
        read_templates(tmp_path)


def test_templates_are_only_read(template_folder):
    before = [(path, path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(template_folder.rglob("*"))]

    designs = read_templates(template_folder)

    assert isinstance(designs, Designs)
    assert [sign.name for sign in designs.classes] == ["Bus", "sign 2", "sign 10"]
    assert [
        (path, path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(template_folder.rglob("*"))
    ] == before
