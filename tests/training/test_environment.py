"""What a reader needs to repeat a run."""

import importlib.metadata
import sys

from roadsigns import __version__
from roadsigns.training.environment import describe_environment


def test_environment_names_versions_machine_and_command():
    """As installed and as called."""
    record = describe_environment(cpu="a CPU", backend="tensorflow", precision="float32")

    assert record["roadsigns"] == __version__
    assert record["command"] == sys.argv
    assert record["packages"]["numpy"] == importlib.metadata.version("numpy")
    assert (record["cpu"], record["backend"], record["precision"]) == ("a CPU", "tensorflow", "float32")
