"""The history of any training: rows read back to the last bit."""

from dataclasses import dataclass, fields

from hypothesis import given
from hypothesis import strategies as st

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
