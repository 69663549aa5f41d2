"""A sweep with written results, none of which was trained."""

import pytest

from roadsigns.datasets.reader import read_training
from roadsigns.sweep.grid import settings_of
from roadsigns.sweep.settings import SweepSettings


@pytest.fixture
def sweep(tmp_path, drawn_folder):
    """Two rates and two seeds."""
    grid = settings_of(["tutorial"], ["training.learning_rate=0.01,0.1", "training.epochs=8"])
    return SweepSettings(data=drawn_folder, out=tmp_path / "sweep", grid=grid, seeds=(0, 3), by="track")


@pytest.fixture
def finish(sweep, write_cross):
    """Write the results of a setting, by its number, and a seed, with so many errors."""
    data = read_training(sweep.data)
    names = [f"{sample.path.parent.name}/{sample.path.name}" for sample in data.samples]

    def finish(number, seed, errors, **options):
        cell = sweep.cell(sweep.grid[number], seed)
        cell.out.parent.mkdir(parents=True, exist_ok=True)
        write_cross(cell.out, data, misread=names[:errors], seed=seed, recipe=cell.overrides, **options)

    return finish
