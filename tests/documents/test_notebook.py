"""The notebook runs, and shows how little of the package a person has to know."""

import ast
import os

import nbformat
from fixtures.documents import ROOT
from nbclient import NotebookClient

NOTEBOOK = ROOT / "notebooks" / "tutorial.ipynb"


def test_notebook_runs_on_drawn_signs(tmp_path, monkeypatch):
    """From the first cell to the last without the real images; it is committed without output."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    assert not any(cell.get("outputs") for cell in notebook.cells)
    for name, value in {"NOTEBOOK_EPOCHS": "1", "NOTEBOOK_TRACKS": "2", "ROADSIGNS_CACHE": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("ROADSIGNS_GTSRB", raising=False)
    assert "ROADSIGNS_GTSRB" not in os.environ

    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}).execute()

    pictures = [
        output for cell in notebook.cells for output in cell.get("outputs", []) if "image/png" in output.get("data", {})
    ]
    assert len(pictures) >= 6


def test_notebook_uses_only_the_public_api():
    """It imports `roadsigns` and nothing below it."""
    source = "\n".join(cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code")
    imported = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module)

    assert {name for name in imported if name.startswith("roadsigns")} == {"roadsigns"}
