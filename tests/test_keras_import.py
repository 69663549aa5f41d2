"""Keras is imported where it is needed, and the library leaves its caller's process as it is."""

import subprocess
import sys

from fixtures.errors import raises

from roadsigns.errors import MissingExtraError
from roadsigns.keras_import import import_keras

SCRIPT = """
import gc, os
from roadsigns.keras_import import import_keras

def state():
    return gc.isenabled(), gc.get_freeze_count(), os.environ.get("TF_CPP_MIN_LOG_LEVEL")

os.environ.pop("TF_CPP_MIN_LOG_LEVEL", None)
before = state()
assert import_keras() is import_keras()
assert state() == before, state()
"""


def test_import_leaves_the_process_as_it_is():
    """Collecting garbage and the environment are the caller's."""
    result = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stderr


def test_missing_keras_is_reported_with_the_command_that_installs_it(monkeypatch):
    class NoKeras:
        @staticmethod
        def find_spec(name, path, target=None):
            if name == "keras":
                raise ModuleNotFoundError("No module named 'keras'")

    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoKeras, *sys.meta_path])

    with raises(MissingExtraError, hint="pip install 'roadsigns[train]'"):
        import_keras()
