"""Models that differ in what they were trained on, and an evaluation to report."""

import dataclasses
from pathlib import Path

import pytest

from roadsigns.classes import SignClass
from roadsigns.data.gtsrb import read_training
from roadsigns.data.samples import DataSet, Sample
from roadsigns.data.split import split_samples, tracks_of
from roadsigns.evaluation.evaluate import evaluate
from roadsigns.inference.model_file import save_model


@pytest.fixture(scope="session")
def drawn_data(drawn_folder):
    """The labelled images of the drawn folder."""
    return read_training(drawn_folder)


@pytest.fixture(scope="session")
def model_split_by(tmp_path_factory, tiny_network, tiny_metadata, drawn_data):
    """Save the tiny model as if trained on the drawn images with a split of this kind; changes to its metadata win."""

    def save(by, **changes):
        split = {"by": by, "validation_fraction": 0.5, "seed": 3}
        trained_on = tracks_of(split_samples(drawn_data.samples, **split).train)
        metadata = dataclasses.replace(
            tiny_metadata, **{"source": drawn_data.source, "trained_on": trained_on, "split": split} | changes
        )
        path = tmp_path_factory.mktemp("models") / f"{by}.keras"
        save_model(tiny_network, metadata, path)
        return path

    return save


@pytest.fixture(scope="session")
def track_model(model_split_by):
    """The tiny model as if trained on half of the drawn tracks. Not to be changed."""
    return model_split_by("track")


@pytest.fixture(scope="session")
def evaluation(track_model, drawn_folder):
    """The tiny model, which mostly errs, on the held-out half of the drawn tracks."""
    return evaluate(track_model, drawn_folder, split="validation")


@pytest.fixture(scope="session")
def three_signs():
    """Three classes of four tracks of five images that nobody has drawn."""
    classes = tuple(SignClass(class_id, name) for class_id, name in enumerate(["Bus", "stop", "[b]ferry"]))
    samples = tuple(
        Sample(Path(f"data/{sign.name}/{track}_{frame}.png"), sign.class_id, track=str(track))
        for sign in classes
        for track in range(4)
        for frame in range(5)
    )
    return DataSet(samples, classes, "own")


@pytest.fixture(scope="session")
def frames_of():
    """Names of the first frames of a track of the three signs."""

    def name(sign, track, count):
        return {f"{sign}/{track}_{frame}.png" for frame in range(count)}

    return name


@pytest.fixture(scope="session")
def sides(tmp_path_factory, write_cross, three_signs, frames_of):
    """A misreads a bus and a ferry; B half of the ferry, and a stop. Not to be changed."""
    folder = tmp_path_factory.mktemp("sides")
    before = frames_of("Bus", 1, 5) | frames_of("[b]ferry", 2, 4)
    after = frames_of("[b]ferry", 2, 2) | frames_of("stop", 0, 3)
    return (
        write_cross(folder / "a", three_signs, misread=before),
        write_cross(folder / "b", three_signs, misread=after),
    )
