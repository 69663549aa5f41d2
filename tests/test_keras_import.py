"""Keras is imported where it is needed."""

import sys

from fixtures.errors import raises

from roadsigns.errors import MissingExtraError
from roadsigns.keras_import import import_keras


def test_import_gives_keras():
    """The same each time. What it leaves as it is, `test_forks.py` tests in a process of its own."""
    assert import_keras() is import_keras()
    assert import_keras().__name__ == "keras"


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
