"""Requests to storage, made again where they fail for a reason that may pass."""

import errno
import logging
import os
import time
from collections.abc import Callable
from typing import TypeVar

from roadsigns.wording import reason

__all__ = ["FULL", "StorageError", "with_retries"]

logger = logging.getLogger(__name__)

Answer = TypeVar("Answer")

ATTEMPTS = 5
# Doubled after each further attempt: 3 seconds in all.
FIRST_PAUSE_SECONDS = 0.2
# What no further attempt fixes.
FINAL = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError, ValueError, TypeError, ImportError)
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})


class StorageError(OSError):
    """A request that failed, again and again."""


def with_retries(request: Callable[[], Answer], *, path: str, address: str) -> Answer:
    """Make a request, again where it fails for a reason that may pass.

    Args:
        request: What is done.
        path: What it is about, as the filesystem calls it.
        address: As people call it, for errors.

    Raises:
        FileNotFoundError: If there is no such file or bucket.
        PermissionError: If it may not be read or written.
        StorageError: If it fails again and again, or the storage is full.
    """
    for attempt in range(ATTEMPTS):
        try:
            return request()
        except (FileNotFoundError, PermissionError) as error:
            raise _named(error, path, address) from error
        except FINAL:
            raise
        # The clients of object stores have exceptions of their own.
        except Exception as error:
            number = error.errno if isinstance(error, OSError) and error.errno else errno.EIO
            told = reason(error)
            if attempt == ATTEMPTS - 1 or number in FULL:
                raise StorageError(number, told, address) from error
            if attempt == 0:
                logger.info("%s: %s. The request is made again.", address, told)
            time.sleep(FIRST_PAUSE_SECONDS * 2**attempt)
    raise AssertionError


def _named(error: FileNotFoundError | PermissionError, path: str, address: str) -> OSError:
    """Return an error that says which file it is about, and what is wrong: clients of object stores say one."""
    # By its number, an OSError becomes the same kind of error again.
    number = errno.ENOENT if isinstance(error, FileNotFoundError) else errno.EACCES
    told = error.strerror or str(error)
    return OSError(number, os.strerror(number) if told in ("", path) else told, address)
