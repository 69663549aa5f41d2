"""Text files are read as UTF-8, or refused."""

import os

from fixtures.errors import raises

from roadsigns.datasets.scenes.text import read_lines, read_text
from roadsigns.errors import DataError


def test_byte_order_mark_is_left_out(tmp_path):
    """Windows's editors write one."""
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfone\r\ntwo\n")

    assert read_lines(tmp_path / "a.txt") == ["one", "two"]


def test_what_is_no_text_is_refused(tmp_path):
    """Also a pipe, which may never end."""
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe")
    os.mkfifo(tmp_path / "pipe.txt")

    with raises(DataError, problem="not text in UTF-8", subject="a.txt"):
        read_text(tmp_path / "a.txt")
    with raises(DataError, problem="pipe", subject="pipe.txt"):
        read_text(tmp_path / "pipe.txt")
    with raises(DataError, problem="cannot be read", subject="gone.txt"):
        read_text(tmp_path / "gone.txt")
