"""Fields of protocol buffers."""

from hypothesis import given
from hypothesis import strategies as st

from roadsigns.model_files.protobuf import delimited, fields


@given(st.lists(st.tuples(st.integers(1, 40), st.binary(max_size=300))))
def test_fields_come_back_as_they_were_written(parts):
    """Short and long, in order."""
    content = b"".join(delimited(number, value) for number, value in parts)

    assert [(number, content[start:end]) for number, start, end in fields(content)] == parts
