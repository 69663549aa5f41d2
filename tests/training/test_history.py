"""The history of any training: rows read back to the last bit."""

from dataclasses import dataclass, fields

import pytest
from fixtures.errors import raises
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.errors import RunError
from roadsigns.training.history import Epoch, read_history, write_history


@dataclass(frozen=True, slots=True, kw_only=True)
class Row(Epoch):
    """An epoch with a column of its own."""

    found: float


ROWS = st.builds(
    Row,
    epoch=st.integers(1, 10**6),
    **{field.name: st.floats(allow_nan=False) for field in fields(Row) if field.name != "epoch"},
)


@given(st.lists(ROWS, max_size=4))
def test_rows_are_read_back_to_the_last_bit(tmp_path_factory, rows):
    """A resumed run continues with the very numbers."""
    path = tmp_path_factory.mktemp("run") / "history.csv"

    write_history(rows, path, Row)

    assert read_history(path, Row) == rows


def test_the_columns_are_the_fields_of_the_row(tmp_path):
    """Also where no epoch is over yet."""
    write_history([], tmp_path / "history.csv", Row)

    assert (tmp_path / "history.csv").read_text().strip() == "epoch,learning_rate,loss,seconds,waited_seconds,found"


def test_no_file_is_an_empty_history(tmp_path):
    assert read_history(tmp_path / "history.csv", Row) == []


def test_only_the_epochs_that_are_asked_for_are_read(tmp_path):
    """A run that was killed may have one more than its checkpoint."""
    path = tmp_path / "history.csv"
    rows = [Row(epoch=epoch, learning_rate=1, loss=1, seconds=1, waited_seconds=0, found=1) for epoch in (1, 2)]
    write_history(rows, path, Row)

    assert read_history(path, Row, epochs=1) == rows[:1]
    with raises(RunError, problem="it has 2 epochs of 3", subject="history.csv"):
        read_history(path, Row, epochs=3)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"epoch,learning_rate,loss,seconds,waited_seconds,found\n1,0.1,0.2,1", "cut off"),
        (b"epoch,learning_rate,loss,seconds,waited_seconds,found\n1,0.1,0.2,1,0,0,7", "too long"),
        (b"epoch,learning_rate,loss,seconds,waited_seconds,found\n1,0.1,much,1,0,0", "much"),
        (b"epoch,loss\n1,0.5", "columns"),
        (b"loss\n0.5", "columns"),
        (b"epoch\n\xff", "damaged"),
        (b"epoch\n\x001", "damaged"),
    ],
)
def test_damaged_file_is_an_error(tmp_path, text, told):
    """A resumed run would go on without its first epochs."""
    path = tmp_path / "history.csv"
    path.write_bytes(text)

    with raises(RunError, problem=told, hint="--run", subject="history.csv"):
        read_history(path, Row)
