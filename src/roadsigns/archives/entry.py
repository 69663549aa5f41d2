"""What a folder of an archive lists."""

from typing import NamedTuple

__all__ = ["Entry"]


class Entry(NamedTuple):
    """A file or folder in an archive; like `os.DirEntry`, as far as anybody here needs it."""

    name: str
    folder: bool

    def is_dir(self) -> bool:
        """Whether it is a folder."""
        return self.folder
