"""Keras is imported where it is needed."""

import os
import sys

import pytest
from fixtures.errors import raises

from roadsigns.errors import MissingExtraError
from roadsigns.keras_import import import_keras

ONEDNN = "TF_ENABLE_ONEDNN_OPTS"


@pytest.fixture
def without_keras(monkeypatch):
    """As if it were not installed."""

    class NoKeras:
        @staticmethod
        def find_spec(name, path, target=None):
            if name == "keras":
                raise ModuleNotFoundError("No module named 'keras'")

    monkeypatch.delitem(sys.modules, "keras", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoKeras, *sys.meta_path])


def test_import_gives_keras():
    """The same each time. What it leaves as it is, `test_forks.py` tests in a process of its own."""
    assert import_keras() is import_keras()
    assert import_keras().__name__ == "keras"


def test_missing_keras_is_reported_with_the_command_that_installs_it(without_keras):
    with raises(MissingExtraError, hint="pip install 'roadsigns[train]'"):
        import_keras()


@pytest.mark.parametrize(
    ("flags", "asked", "left"),
    [("avx avx2", None, "1"), ("avx avx2", "0", "0"), ("sse4_2 avx", None, None), ("fp asimd", None, None)],
)
def test_tensorflow_is_to_compute_with_onednn_where_the_cpu_has_avx2(
    without_keras, monkeypatch, pretend_cpu, flags, asked, left
):
    """Unless the user says otherwise."""
    pretend_cpu(f"flags : {flags}\n")
    monkeypatch.setenv(ONEDNN, asked or "")
    if asked is None:
        monkeypatch.delenv(ONEDNN)

    with raises(MissingExtraError):
        import_keras()

    assert os.environ.get(ONEDNN) == left
