"""Images to name, and what their names become."""

import io
import sys
from types import SimpleNamespace

import pytest

from roadsigns.bulk.inputs.sources import open_sources


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder: two images, one in a folder, a text, a hidden one."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "signs" / "sub").mkdir(parents=True)
    for name in ("10.png", "9.png", "sub/a.ppm", "notes.txt", ".hidden.png"):
        (tmp_path / "signs" / name).write_bytes(name.encode())
    return tmp_path


@pytest.fixture
def type_in(monkeypatch):
    """Put bytes on standard input."""
    return lambda content: monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))


@pytest.fixture
def names():
    """The names of what is found."""
    return lambda *given, **options: [entry.name for entry in open_sources(given, **options).entries()]
