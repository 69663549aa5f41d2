"""What the tests of training share."""

import pytest

from roadsigns.recipe import load_recipe
from roadsigns.training.run_folder import RunFolder


@pytest.fixture
def run(tmp_path):
    """A run folder that nobody holds."""
    return RunFolder(tmp_path)


@pytest.fixture
def begun(run):
    """A run of the recipe `tutorial` with 5 epochs and seed 3, stopped after some."""
    run.write_recipe(load_recipe("tutorial", ["training.epochs=5"]))
    run.write_json("environment.json", {"recipe": "tutorial", "seed": 3})
    return run
