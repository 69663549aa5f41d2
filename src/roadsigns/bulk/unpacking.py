"""Reading what is packed without being flooded by it."""

from collections.abc import Callable
from typing import IO

from roadsigns.errors import DataError

__all__ = ["BYTES_OF_HEADERS", "Unpacked"]

# Photographs do not shrink much and drawn signs by about ten; bombs by a thousand (deflate) or far more. What unpacks
# to little harms nobody, however well it was packed.
LARGEST_RATIO = 200
HARMLESS_BYTES = 250_000_000
# A tar archive's header has 512 bytes; a long name comes before it as a file of its own.
BYTES_OF_HEADERS = 1_000_000


class Unpacked:
    """The content of a packed file, counted."""

    def __init__(self, content: IO[bytes], *, packed: Callable[[], int]) -> None:
        """Read `content`, which comes from as many bytes as `packed` tells."""
        self._content = content
        self._packed = packed
        self._count = 0
        self._allowed: int | None = None

    def read(self, size: int) -> bytes:
        """Read some bytes.

        Raises:
            DataError: If they are too many, by `count` or `allow`.
        """
        chunk = self._content.read(size)
        self.count(len(chunk))
        if self._allowed is not None:
            self._allowed -= len(chunk)
            if self._allowed < 0:
                raise DataError(
                    f"has a header of more than {BYTES_OF_HEADERS} bytes. Nobody packs images so; do not use it."
                )
        return chunk

    def count(self, num_bytes: int) -> None:
        """Add to what has been unpacked.

        Raises:
            DataError: If it has become out of proportion to what is packed.
        """
        self._count += num_bytes
        if self._count > HARMLESS_BYTES and self._count > HARMLESS_BYTES + LARGEST_RATIO * self._packed():
            raise DataError(
                f"unpacks to more than {LARGEST_RATIO} times its size: it looks as if it was made to flood whoever "
                "unpacks it. If it was not, unpack it and give the folder."
            )

    def allow(self, num_bytes: int | None) -> None:
        """Bound what may be read until this is called again; None for no bound."""
        self._allowed = num_bytes
