"""A file at an address, read range by range."""

import io
import os
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

__all__ = ["Ranges"]


class Ranges(io.RawIOBase):
    """A file that is read range by range."""

    def __init__(self, read_range: Callable[[int, int], bytes], size: int) -> None:
        """Open it at its start.

        Args:
            read_range: Returns the bytes from one position up to another.
            size: Of the file.
        """
        super().__init__()
        self._read_range = read_range
        self._size = size
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def readinto(self, buffer: "WriteableBuffer") -> int:
        view = memoryview(buffer).cast("B")
        end = min(self._position + len(view), self._size)
        if end <= self._position:
            return 0
        content = self._read_range(self._position, end)
        view[: len(content)] = content
        self._position = end
        return len(content)
