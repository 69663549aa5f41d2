"""Files and folders at any address that fsspec knows: a path, s3://bucket/key, gs://..., https://... .

Requests that fail are made again, and a file that is written appears when it is whole.
"""

import errno
import io
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, TypeVar

from roadsigns.errors import MissingExtraError, OutputError
from roadsigns.files import real_path
from roadsigns.shards.ranges import Ranges
from roadsigns.shards.retry import with_retries
from roadsigns.wording import reason

__all__ = ["TEMPORARY_MARK", "Place", "place_for_output", "unfinished"]

Answer = TypeVar("Answer")

# One request of an object store takes a tenth of a second and costs the same, however little it brings.
REQUEST_BYTES = 8 << 20
# In the name of a file that is not whole yet.
TEMPORARY_MARK = ".roadsigns-part-"
# An upload to S3 appears when it is whole. S3 cannot rename: fsspec lists, copies and deletes, and takes some names for
# patterns.
WHOLE_UPLOADS = frozenset({"s3", "s3a"})


def place_for_output(address: str, *, option: str = "--out") -> "Place":
    """Return the place of a folder to write, which need not exist.

    Args:
        address: Of the folder.
        option: What names it on the command line; empty for an argument.

    Raises:
        OutputError: If there are no such addresses, or a file is there.
        MissingExtraError: If something to write there with is not installed.
    """
    hint = f"Name another place with {option}." if option else "Name another place."
    try:
        place = Place.of(address)
        is_file = place.is_local and Path(place.path).is_file()
    except (OSError, ValueError) as error:
        raise OutputError(f"The folder cannot be used ({reason(error)}).", hint=hint, subject=address) from error
    if is_file:
        raise OutputError("This is a file.", expected="a folder", hint=hint, subject=address)
    return place


def unfinished(names: Iterable[str], run: str = "") -> set[str]:
    """Return which files are not whole yet, or never will be: all, or those of one run."""
    return {name for name in names if f"{TEMPORARY_MARK}{run}" in name}


@dataclass(frozen=True, slots=True)
class Place:
    """A file or folder, which need not exist.

    Attributes:
        filesystem: Of fsspec.
        path: In it.
        run: Stands in the names of files that are not whole yet, so that a run knows its own.
    """

    filesystem: Any
    path: str
    run: str = ""

    @classmethod
    def of(cls, address: str) -> "Place":
        """Return the place of an address.

        Raises:
            MissingExtraError: If fsspec, or what it needs for such addresses, is not installed.
            ValueError: If fsspec knows no such addresses.
        """
        try:
            from fsspec.core import url_to_fs
        except ImportError as error:
            raise MissingExtraError(
                "Shards need fsspec, which is not installed.", hint="Install it: pip install 'roadsigns[ray]'"
            ) from error
        try:
            filesystem, path = url_to_fs(address)
        except ImportError as error:
            raise MissingExtraError(
                f"{address}: a package for such addresses is not installed ({error}).", hint="Install it with pip."
            ) from error
        return cls(filesystem, path)

    def __truediv__(self, name: str) -> "Place":
        return replace(self, path=f"{self.path.rstrip('/')}/{name}")

    @property
    def address(self) -> str:
        """What people call it: a plain path where it is local."""
        return self.path if self.is_local else str(self.filesystem.unstrip_protocol(self.path))

    @property
    def is_local(self) -> bool:
        """Whether it is a path of the machine's own file system, or of one that is mounted."""
        return "file" in self._protocols

    @property
    def _protocols(self) -> tuple[str, ...]:
        protocol = self.filesystem.protocol
        return (protocol,) if isinstance(protocol, str) else tuple(protocol)

    def size(self) -> int:
        """Return the bytes of a file.

        Raises:
            FileNotFoundError: If it is not there.
            StorageError: If that cannot be found out.
        """
        return int(self._again(lambda: self.filesystem.info(self.path))["size"])

    def is_folder(self) -> bool:
        """Whether a folder is there, or names that begin as one would. Raises a StorageError."""
        try:
            # Where a request fails, `isdir` says no.
            return bool(self._again(lambda: self.filesystem.info(self.path))["type"] == "directory")
        except FileNotFoundError:
            return False

    def files(self) -> dict[str, int]:
        """List the files in a folder and below it: {name from the folder: bytes}; none where it does not exist.

        Links to local folders are followed, and no folder is read twice, so that a circle of links ends.

        Raises:
            StorageError: If it cannot be listed.
        """

        # What others wrote meanwhile must be seen.
        self.filesystem.invalidate_cache()
        root = self.path.rstrip("/")
        sizes: dict[str, int] = {}
        folders, seen = [root], set()
        while folders:
            folder = folders.pop()
            real = self._real(folder)
            if real in seen:
                continue
            seen.add(real)
            for info in sorted(self._list(folder), key=lambda info: str(info["name"])):
                name = str(info["name"]).rstrip("/")
                if info["type"] == "directory":
                    folders.append(name)
                elif info.get("islink") and Path(name).is_dir():
                    # After all others: a file has the name that it has without links, where it has one.
                    folders.insert(0, name)
                elif name != folder:
                    sizes[name.removeprefix(f"{root}/")] = int(info["size"] or 0)
        return sizes

    def _real(self, path: str) -> str:
        """Return a path without links."""
        return str(real_path(Path(path))) if self.is_local else path

    def _list(self, folder: str) -> list[dict[str, Any]]:
        """List one folder. fsspec's `find`, `walk` and `glob` leave out what a failed request was for."""
        try:
            return list(self._again(lambda: self.filesystem.ls(folder, detail=True)))
        except FileNotFoundError:
            return []

    def read(self) -> bytes:
        """Return the content of a file. Raises a FileNotFoundError or a StorageError."""
        return bytes(self._again(lambda: self.filesystem.cat_file(self.path)))

    def open(self) -> IO[bytes]:
        """Open a file for reading, anywhere in it, with few requests. Raises a FileNotFoundError or a StorageError."""
        return io.BufferedReader(Ranges(self.read_range, self.size()), REQUEST_BYTES)

    def read_range(self, start: int, end: int) -> bytes:
        """Return a part of a file.

        Args:
            start: The first byte.
            end: The one after the last.

        Raises:
            FileNotFoundError: If it is not there.
            StorageError: If it cannot be read.
        """

        def fetch() -> bytes:
            content = bytes(self.filesystem.cat_file(self.path, start=start, end=end))
            if len(content) != end - start:
                raise OSError(errno.EIO, f"{len(content)} bytes came instead of {end - start}")
            return content

        return self._again(fetch)

    def write(self, content: bytes) -> None:
        """Write a file, which appears when it is whole; what stood there before stays until then.

        On S3 this is one upload; elsewhere the file is written under a temporary name, then renamed.

        Raises:
            FileNotFoundError: If there is no such bucket.
            PermissionError: If it may not be written.
            StorageError: If it cannot be written.
        """
        folder, _, name = self.path.rpartition("/")

        def store() -> None:
            if not WHOLE_UPLOADS.isdisjoint(self._protocols):
                self.filesystem.pipe_file(self.path, content)
                return
            temporary = f"{folder}/{TEMPORARY_MARK}{self.run}{uuid.uuid4().hex[:12]}-{name}"
            try:
                try:
                    self.filesystem.pipe_file(temporary, content)
                except FileNotFoundError:
                    # In an object store it is the bucket that is missing, which `makedirs` would make.
                    if self.filesystem.async_impl:
                        raise
                    self.filesystem.makedirs(folder, exist_ok=True)
                    self.filesystem.pipe_file(temporary, content)
                self.filesystem.mv(temporary, self.path)
            except Exception:
                _remove(self.filesystem, temporary)
                raise

        self._again(store)

    def remove(self) -> None:
        """Remove a file, if that is possible."""
        _remove(self.filesystem, self.path)

    def _again(self, request: Callable[[], Answer]) -> Answer:
        return with_retries(request, path=self.path, address=self.address)


def _remove(filesystem: Any, path: str) -> None:
    try:
        filesystem.rm_file(path)
    # It is gone already, or stays: a file of that name is never read.
    except Exception:
        return
