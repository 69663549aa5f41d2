"""Requests that fail are made again where that may help, and errors say what failed."""

import errno
import os
from types import SimpleNamespace

import pytest

from roadsigns.shards import retry
from roadsigns.shards.retry import StorageError, with_retries


@pytest.fixture(autouse=True)
def pauses(monkeypatch):
    """Nobody waits between two attempts; how long it would have been is noted."""
    seconds = []
    monkeypatch.setattr(retry, "time", SimpleNamespace(sleep=seconds.append))
    return seconds


def request(error, failures):
    """Make a request that fails so many times, and what counts how often it was made."""
    made = []

    def answer():
        made.append(len(made) + 1)
        if len(made) <= failures:
            raise error
        return "answer"

    return answer, made


def ask(answer):
    return with_retries(answer, path="bucket/a", address="s3://bucket/a")


def test_failed_requests_are_made_again_after_longer_and_longer_pauses(pauses):
    """Whatever the client of the store raises."""
    answer, made = request(RuntimeError("busy"), 3)

    assert ask(answer) == "answer"
    assert made == [1, 2, 3, 4]
    assert pauses == pytest.approx([0.2, 0.4, 0.8])


def test_requests_that_keep_failing_are_an_error():
    """With the address and the reason, after five attempts."""
    answer, made = request(OSError(errno.EIO, "busy"), 99)

    with pytest.raises(StorageError, match=r"busy.*s3://bucket/a"):
        ask(answer)
    assert len(made) == 5


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (PermissionError("Access Denied"), "Access Denied"),
        (FileNotFoundError("bucket/a"), "No such file or directory"),
        (FileNotFoundError(errno.ENOENT, "No such file or directory"), "No such file or directory"),
    ],
)
def test_errors_that_last_say_which_file_and_why(error, told):
    """The clients of object stores say one of them. It is not asked again."""
    answer, made = request(error, 99)

    with pytest.raises(type(error)) as raised:
        ask(answer)

    assert (raised.value.strerror, raised.value.filename) == (told, "s3://bucket/a")
    assert len(made) == 1


def test_a_full_disk_is_not_tried_again():
    """It stays full."""
    answer, made = request(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), 2)

    with pytest.raises(StorageError, match="No space left"):
        ask(answer)
    assert len(made) == 1


def test_a_mistake_of_the_program_is_not_hidden():
    """It is raised as it is."""
    answer, made = request(TypeError("no such argument"), 2)

    with pytest.raises(TypeError, match="no such argument"):
        ask(answer)
    assert len(made) == 1
