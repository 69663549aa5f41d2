"""Data, and how predictions for them are read."""

import pytest
from fixtures.audits import write_tracks

from roadsigns.audit.evidence.read import read_evidence
from roadsigns.datasets.reader import read_training


@pytest.fixture
def data(tmp_path):
    return write_tracks(tmp_path / "signs")


@pytest.fixture
def read():
    return lambda predictions, data: read_evidence(predictions, read_training(data), data)
