"""The signs of another country: a spec and its drawings are all that the package wants, and every room works.

The data set here is invented: three classes of a tramway, of which two are mirror images of each other.
"""

import dataclasses
import json
import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest

from roadsigns.augmentation.geometric import Augmentation
from roadsigns.dataset_check.check import check_folder
from roadsigns.datasets import registry
from roadsigns.datasets.reader import DRAWN_MARK, read_test, read_training
from roadsigns.datasets.spec import DatasetFolders, DatasetSpec, SignDrawings
from roadsigns.datasets.splits import split_samples
from roadsigns.loading.batches import TrainingBatches
from roadsigns.loading.load import load_prepared
from roadsigns.page.static import drawing_file, has_drawing
from roadsigns.preprocessing.prepare import Preparation
from roadsigns.recipe import load_recipe
from roadsigns.synthesis.dataset import draw_dataset
from roadsigns.synthesis.designs import designs_of
from roadsigns.training.training_images import load_images
from roadsigns.types import Flip, SignClass, Subset

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><path fill="{}" d="{}"/></svg>'
DRAWINGS = {
    "00.svg": ("#05a", "M10 50L90 10V90Z"),
    "01.svg": ("#05a", "M90 50L10 10V90Z"),
    "02.svg": ("#c00", "M10 10H90V90H10Z"),
    "02-worn.svg": ("#a55", "M10 10H90V90H10Z"),
}
LEFT_RIGHT = {"left_right": True, "top_bottom": False}


@pytest.fixture(scope="module")
def tramway(tmp_path_factory):
    """The file and the folder that somebody adds, and the line in the registry."""
    room = tmp_path_factory.mktemp("room")
    (room / "signs").mkdir()
    for name, (colour, outline) in DRAWINGS.items():
        (room / "signs" / name).write_text(SVG.format(colour, outline))
    (room / "signs" / "shares.json").write_text(json.dumps({"00": 1, "01": 1, "02": 0.75, "02-worn": 0.25}))
    (room / "groups.csv").write_text("class_id;track;group\n0;00000;00000\n0;00001;00000\n")
    spec = DatasetSpec(
        name="Tramway",
        classes=tuple(SignClass(index, name) for index, name in enumerate(("tram left", "tram right", "tram stop"))),
        subsets=(Subset("turns", (0, 1), 0.95), Subset("stops", (2,))),
        human_accuracy=0.97,
        reference="nobody 2026",
        flips={0: (Flip(**LEFT_RIGHT, class_id=1),), 1: (Flip(**LEFT_RIGHT, class_id=0),)},
        drawings=SignDrawings(room / "signs", source="drawn tram signs", turned={2: 0.5}),
        folders=DatasetFolders(training=Path("Tram", "Images"), test=Path("TramTest"), test_table="tram-test.csv"),
        groups=room / "groups.csv",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(registry, "DATASETS", (*registry.DATASETS, spec))
        yield spec


@pytest.fixture(scope="module")
def drawn(tramway, tmp_path_factory):
    """Drawn signs of it: three tracks of two frames a class, and a test track each. Not to be changed."""
    folder = tmp_path_factory.mktemp("drawn") / "tram"
    draw_dataset(folder, tracks=3, frames=2, test_tracks=1, seed=0, designs=designs_of(tramway))
    return folder


@pytest.fixture(scope="module")
def photographs(drawn, tmp_path_factory):
    """The same pictures as if they had been taken. Not to be changed."""
    folder = tmp_path_factory.mktemp("photographs") / "tram"
    shutil.copytree(drawn, folder)
    (folder / DRAWN_MARK).unlink()
    return folder


def test_its_drawings_are_used_as_often_as_they_stand_on_the_road(tramway):
    designs = designs_of(tramway)

    assert [[path.name for path in files] for files in designs.files] == [
        ["00.svg"],
        ["01.svg"],
        ["02-worn.svg", "02.svg"],
    ]
    assert designs.shares[2] == (0.25, 0.75)
    assert designs.turned == {2: 0.5}


def test_it_is_drawn_in_its_own_folders(drawn):
    """Training images, test images and annotations lie where its archives would keep them."""
    assert len(list(drawn.glob("Tram/Images/0000?/*.ppm"))) == 3 * 3 * 2
    assert (drawn / "Tram" / "Images" / "00002" / "GT-00002.csv").is_file()
    assert (drawn / "tram-test.csv").is_file()
    assert len(list((drawn / "TramTest").iterdir())) == 3 * 2


def test_it_is_read_with_its_classes_boxes_tracks_and_groups(tramway, drawn, photographs):
    """Drawn signs have a source of their own, and the groups of the photographs are not theirs."""
    data, test = read_training(photographs), read_test(photographs)

    assert data.classes == test.classes == tramway.classes
    assert (data.source, test.source, read_training(drawn).source) == ("Tramway", "Tramway", "drawn tram signs, seed 0")
    assert {sample.class_id for sample in test.samples} == {0, 1, 2}
    assert all(sample.box and sample.track for sample in data.samples)
    assert {sample.track_key: sample.group for sample in data.samples if sample.group} == {
        (0, "00000"): "00000",
        (0, "00001"): "00000",
    }
    assert not any(sample.group for sample in read_training(drawn).samples)


def test_it_is_checked(tramway, photographs):
    """In the official layout, without an error."""
    check = check_folder(photographs)

    assert (check.inventory.layout, check.inventory.classes) == ("official", tramway.classes)
    assert [stats.images for stats in check.training] == [6, 6, 6]
    assert check.errors == 0


def test_its_flips_are_used_in_training(photographs):
    """A tram to the left becomes one to the right; a stop is never mirrored."""
    data = read_training(photographs)
    loaded = load_prepared(data.samples, Preparation("box", 16), cache_folder=None)
    everything = np.arange(len(loaded.labels))
    flips = registry.spec_of(data.classes).flips

    batches = TrainingBatches(
        loaded.crops, loaded.labels, everything, 18, Augmentation(flip_probability=1.0), 0, flips=flips
    )
    plain = TrainingBatches(loaded.crops, loaded.labels, everything, 18, Augmentation(), 0, flips=flips)

    (_, labels), (_, unflipped) = next(batches.epoch(1)), next(plain.epoch(1))
    assert labels.tolist() == [[{0: 1, 1: 0, 2: 2}[label] for label in unflipped[0].tolist()]]


def test_its_drawings_train_a_network(photographs):
    """A recipe that draws signs draws those of the data folder's classes."""
    data = read_training(photographs)
    split = split_samples(data.samples, by="track", validation_fraction=0.3, seed=0)
    recipe = load_recipe(
        "tutorial", ["data.image_size=32", "data.train_on=both", "drawing.tracks=1", "drawing.frames=2"]
    )

    images = load_images(recipe, data, split, seed=0, cache_folder=None)

    assert images.drawn == 3 * 2


def test_its_subsets_and_human_accuracy_stand_beside_a_models(tmp_path, tramway, photographs, tiny_metadata):
    """An evaluation reports them without being told of the data set."""
    from roadsigns.evaluation.evaluate import evaluate
    from roadsigns.model_files.model_file import save_model
    from roadsigns.models.build import build_inference_network

    metadata = dataclasses.replace(tiny_metadata, classes=tramway.classes, source="Tramway", trained_on=frozenset())
    network = build_inference_network("tutorial", num_classes=3, image_size=metadata.image_size)
    save_model(network, metadata, tmp_path / "model.keras")

    result = evaluate(tmp_path / "model.keras", photographs)

    subsets = {subset.name: (subset.images, subset.human_accuracy) for subset in result.metrics.subsets}
    assert subsets == {"turns": (4, 0.95), "stops": (2, None)}
    assert result.spec is tramway


def test_its_drawings_are_shown_on_the_page(tramway):
    """The one of each class that stands most often on the road."""
    assert all(has_drawing(sign) for sign in tramway.classes)
    assert drawing_file(tramway.classes[2]).name == "02.svg"
    assert not has_drawing(SignClass(0, "tram right"))


def test_its_drawings_stand_beside_the_images_of_a_contact_sheet(tmp_path, photographs):
    """Nothing warns that there are none."""
    from roadsigns.reporting.contact_sheet import write_contact_sheet
    from roadsigns.synthesis.settings import Drawing

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_contact_sheet(photographs, tmp_path / "sheet.png", drawing=Drawing())

    assert (tmp_path / "sheet.png").stat().st_size > 0
