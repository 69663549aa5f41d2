"""Fetching the official GTSRB archives: both parts come whole, or nothing changes.

    DEST/GT-final_test.csv
    DEST/Final_Test/Images/00000.ppm ...
    DEST/Final_Training/Images/00000/00000_00000.ppm ...

Everything is fetched, compared with its checksum, unpacked and counted in a hidden folder inside the destination, which
lies on the same disk, so that renaming is all that is left to do.
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from roadsigns.data.archive import extract, room_for
from roadsigns.errors import DownloadError
from roadsigns.progress import progress

if sys.platform != "win32":
    import fcntl

__all__ = ["OFFICIAL_ARCHIVES", "OFFICIAL_BASE_URL", "PARTS", "Archive", "download"]

# The archive that the benchmark's own page links to (https://benchmark.ini.rub.de/gtsrb_dataset.html).
OFFICIAL_BASE_URL = "https://sid.erda.dk/public/archives/daaeac0d7ce1152aea9b61d9f1e19370/"
# A university's server may think for a while, but who hears nothing for half a minute will hear nothing.
TIMEOUT = httpx.Timeout(30.0, connect=10.0)
# From http to https, to another host, to another folder: what needs more than a few is going round in circles.
MAX_REDIRECTS = 5
# The largest official archive has 276 MB.
MAX_ARCHIVE_BYTES = 1_000_000_000
READMES = "Readme*.txt"

NETWORK_PROBLEMS: tuple[tuple[type[Exception], str], ...] = (
    (httpx.ConnectTimeout, "the server did not accept a connection in time. Try again later"),
    (httpx.TimeoutException, "the server fell silent. Try again later"),
    (httpx.TooManyRedirects, f"more than {MAX_REDIRECTS} redirects. Check --base-url"),
    (httpx.UnsupportedProtocol, "not an address of the kind https://host/folder/. Check --base-url"),
    (httpx.InvalidURL, "not an address of the kind https://host/folder/. Check --base-url"),
    (UnicodeError, "not an address of the kind https://host/folder/. Check --base-url"),
    (httpx.ConnectError, "no connection. Check --base-url, the network and, behind a proxy, HTTPS_PROXY"),
    (httpx.ProxyError, "the proxy refused. Check HTTPS_PROXY and NO_PROXY"),
    (httpx.HTTPError, "the transfer broke off before its end. Try again"),
)


@dataclass(frozen=True, slots=True)
class Archive:
    """One zip archive of the benchmark.

    Attributes:
        name: File name below the base address.
        md5: The publisher's checksum, 32 hexadecimal digits.
        target: The one file or folder that it brings, at the top of the destination.
        images: How many .ppm images it holds.
    """

    name: str
    md5: str
    target: str
    images: int


# The checksums of the test part are also those of torchvision.datasets.GTSRB, which takes another archive,
# GTSRB-Training_fixed.zip with fewer images, for training. Numbers of images: Stallkamp et al. 2012.
PARTS: dict[str, tuple[Archive, ...]] = {
    "training": (
        Archive("GTSRB_Final_Training_Images.zip", "f33fd80ac59bff73c82d25ab499e03a3", "Final_Training", 39_209),
    ),
    "test": (
        Archive("GTSRB_Final_Test_Images.zip", "c7e4e6327067d32654124b0fe9e82185", "Final_Test", 12_630),
        Archive("GTSRB_Final_Test_GT.zip", "fe31e9c9270bbcd7b84b7f21a9d9d9e5", "GT-final_test.csv", 0),
    ),
}
OFFICIAL_ARCHIVES: tuple[Archive, ...] = PARTS["training"] + PARTS["test"]


def download(
    destination: Path,
    *,
    archives: Sequence[Archive] = OFFICIAL_ARCHIVES,
    base_url: str = OFFICIAL_BASE_URL,
    timeout: httpx.Timeout = TIMEOUT,
) -> list[Path]:
    """Fetch archives, check them and unpack them into a folder: all of them or none.

    What the folder holds already is never overwritten. Whatever goes wrong, Ctrl-C included, the folder is left as it
    was. Proxies are taken from the environment (HTTPS_PROXY, NO_PROXY).

    Args:
        destination: The data folder, made if need be.
        archives: What to fetch.
        base_url: The address of the folder with the archives, with or without a slash at the end.
        timeout: How long, in seconds, to wait for a connection and for a sign of life.

    Returns:
        The files and folders that were brought, one for each archive.

    Raises:
        DownloadError: If an archive cannot be fetched, is not the expected one or is not safe to unpack; if the folder
            has one of the targets already, is being filled by another download, cannot be written or is full.
    """
    try:
        with _folder(destination), _lock(destination):
            _refuse_taken(destination, archives)
            with (
                tempfile.TemporaryDirectory(dir=destination, prefix=".roadsigns-download-") as staging,
                _client(timeout) as client,
            ):
                tree = Path(staging) / "tree"
                tree.mkdir()
                for archive in archives:
                    _bring(archive, tree, client=client, base_url=base_url)
                _publish(tree, destination, archives)
    except OSError as error:
        raise DownloadError(
            f"Cannot write the data set to {destination}: {error}. Choose a folder that you may write to, on a disk "
            "that works."
        ) from error
    return [destination / archive.target for archive in archives]


def _bring(archive: Archive, tree: Path, *, client: httpx.Client, base_url: str) -> None:
    path = tree.parent / archive.name
    _fetch(archive, path, client=client, url=f"{base_url.rstrip('/')}/{archive.name}")
    extract(path, tree, keep=(archive.target, READMES))
    # Zip and pictures of one part at a time are enough to ask of a disk.
    path.unlink()
    _check_content(archive, tree)


def _fetch(archive: Archive, path: Path, *, client: httpx.Client, url: str) -> None:
    with _network_problems(url), client.stream("GET", url) as response:
        if response.status_code != httpx.codes.OK:
            raise DownloadError(
                f"Could not fetch {url}: the server answered {response.status_code} {response.reason_phrase}, expected "
                "200 OK. Check --base-url, or try again later."
            )
        md5 = _save(response, path)
    if md5 != archive.md5:
        raise DownloadError(
            f"{url} is not the expected file: its MD5 checksum is {md5}, expected {archive.md5}. Try again; if it "
            "stays so, the server has another file of this name: try another mirror with --base-url."
        )


def _save(response: httpx.Response, path: Path) -> str:
    """Write the body of a response to a new file and return its MD5 checksum."""
    md5 = hashlib.md5(usedforsecurity=False)
    num_bytes = int(response.headers.get("Content-Length", 0))
    done = 0
    with (
        progress(f"Fetching {path.name}", total=_megabytes(num_bytes), unit="MB") as advance,
        room_for(f"fetching {path.name}", num_bytes, folder=path.parent),
        path.open("xb") as file,
    ):
        for chunk in response.iter_bytes():
            before, done = done, done + len(chunk)
            _check_length(response, max(done, num_bytes))
            md5.update(chunk)
            file.write(chunk)
            advance(_megabytes(done) - _megabytes(before))
    return md5.hexdigest()


def _check_length(response: httpx.Response, num_bytes: int) -> None:
    if num_bytes > MAX_ARCHIVE_BYTES:
        raise DownloadError(
            f"{response.url} has {num_bytes / 1e6:,.1f} MB or more, at most {MAX_ARCHIVE_BYTES / 1e6:,.1f} MB were "
            "expected. This is not an archive of GTSRB: check --base-url."
        )


def _megabytes(num_bytes: int) -> int:
    return round(num_bytes / 1e6)


def _check_content(archive: Archive, tree: Path) -> None:
    target = tree / archive.target
    images = sum(1 for _ in target.rglob("*.ppm"))
    if not target.exists() or images != archive.images:
        raise DownloadError(
            f"{archive.name} brought {images:,} images in {archive.target}, expected {archive.images:,}. It is not the "
            "official archive: try another mirror with --base-url."
        )


def _publish(tree: Path, destination: Path, archives: Sequence[Archive]) -> None:
    """Move everything to its place. If one move fails, those before it are taken back."""
    _refuse_taken(destination, archives)
    # A Readme is a courtesy: one that is there already stays.
    readmes = [path.name for path in tree.glob(READMES) if not os.path.lexists(destination / path.name)]
    names = [*(archive.target for archive in archives), *readmes]
    try:
        for name in names:
            (tree / name).rename(destination / name)
    except BaseException:
        for name in names:
            if not (tree / name).exists():
                (destination / name).rename(tree / name)
        raise


def _refuse_taken(destination: Path, archives: Sequence[Archive]) -> None:
    # lexists: a link to nowhere is the user's too.
    taken = [archive.target for archive in archives if os.path.lexists(destination / archive.target)]
    if taken:
        raise DownloadError(
            f"{destination} already holds {' and '.join(taken)}, and nothing is overwritten. Move that away, choose "
            "another folder, or fetch only the missing part with --part."
        )


@contextmanager
def _folder(path: Path) -> Iterator[None]:
    """Make a folder; on an error remove it again, and the parents that were made with it."""
    made = [folder for folder in (path, *path.parents) if not folder.exists()]
    try:
        path.mkdir(parents=True, exist_ok=True)
        yield
    except BaseException:
        for folder in made:
            # Not empty: somebody else has begun to use it.
            with suppress(OSError):
                folder.rmdir()
        raise


@contextmanager
def _lock(folder: Path) -> Iterator[None]:
    """Keep a second download out of the folder. The system drops the lock of a process that dies."""
    if sys.platform == "win32":
        # No lock on folders there; the second download is refused when it wants to rename.
        yield
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        # Some network file systems know no locks (another OSError): there, too, the second is refused at the end.
        with suppress(OSError):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise DownloadError(
                    f"Another download into {folder} is under way. Wait for its end, or choose another folder."
                ) from error
        yield
    finally:
        os.close(handle)


def _client(timeout: httpx.Timeout) -> httpx.Client:
    try:
        return httpx.Client(
            timeout=timeout,
            follow_redirects=True,
            max_redirects=MAX_REDIRECTS,
            # While one archive is unpacked, the server may hang up: each request gets a connection of its own.
            limits=httpx.Limits(max_keepalive_connections=0),
            # A zip archive does not shrink any further, and Content-Length shall be the file's own.
            headers={"Accept-Encoding": "identity"},
        )
    except (ValueError, ImportError, OSError) as error:
        raise DownloadError(
            f"The network settings of the environment cannot be used ({error}). Expected HTTPS_PROXY, HTTP_PROXY and "
            "ALL_PROXY to be of the kind http://host:port, and SSL_CERT_FILE to be a file of certificates."
        ) from error


@contextmanager
def _network_problems(url: str) -> Iterator[None]:
    try:
        yield
    except tuple(kind for kind, _ in NETWORK_PROBLEMS) as error:
        problem = next(problem for kind, problem in NETWORK_PROBLEMS if isinstance(error, kind))
        raise DownloadError(f"Could not fetch {url}: {problem}. ({str(error) or type(error).__name__})") from error
