"""Files of predictions."""

import pytest


@pytest.fixture
def written(tmp_path):
    """Write lines into a CSV file."""

    def write(*lines):
        path = tmp_path / "predictions.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write
