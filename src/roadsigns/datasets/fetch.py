"""Download of one file from the first mirror that has it.

pooch downloads to a temporary name, compares the checksum, renames the file, and tries again with growing pauses. This
module adds several mirrors, a progress bar, and the failures for which retrying is useless.
"""

import logging
import zipfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Any

import pooch
import requests
from requests import exceptions

from roadsigns.errors import DownloadError
from roadsigns.progress import Advance, progress

__all__ = ["fetch"]

# After the first try; pooch waits 1, 2 and 3 seconds before them.
RETRIES = 3
# For a connection, and for a sign of life after that.
TIMEOUT_SECONDS = 30
CHUNK_BYTES = 1 << 20

# HTTP errors that a retry would not change. Request timeout (408) and too many requests (429) are temporary.
NO_ADDRESS = (exceptions.InvalidURL, exceptions.MissingSchema, exceptions.InvalidSchema)
LASTING = (*NO_ADDRESS, exceptions.SSLError)
LASTING_ANSWERS = frozenset(range(400, 500)) - {408, 429}

NOT_AN_ADDRESS = "this is not an address that begins with http:// or https://"
OTHER_FILE = "the server sent a file with another checksum"
NO_ZIP = "the server sent something else than a zip archive"
# In this order: a ConnectTimeout is a ConnectionError too, and so are the first two.
REASONS = (
    (NO_ADDRESS, NOT_AN_ADDRESS),
    ((exceptions.SSLError,), "the server's certificate is not accepted"),
    ((exceptions.ProxyError,), "the proxy cannot be reached"),
    ((exceptions.Timeout,), "the server did not answer in time"),
    ((exceptions.ChunkedEncodingError, exceptions.ContentDecodingError), "the transfer broke off"),
    ((exceptions.ConnectionError,), "the server cannot be reached, or it broke off the connection"),
)


def fetch(name: str, folder: Path, *, md5: str | None, base_urls: Sequence[str]) -> Path:
    """Fetch a file into a folder, unless it is there already with the right checksum.

    Where no checksum is known, a whole zip archive is taken for the right file.

    Proxies are taken from the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY).

    Args:
        name: The file's name below the addresses and in the folder.
        folder: An existing folder.
        md5: The publisher's checksum, 32 hexadecimal digits; None where none is known.
        base_urls: Folders that hold the file, tried in this order, with or without a slash at the end.

    Returns:
        The file.

    Raises:
        DownloadError: If no address brings the file.
        OSError: If the file cannot be written.
    """
    # Otherwise it writes to standard error, between the lines of the progress bar.
    pooch.get_logger().setLevel(logging.WARNING)
    problems = []
    for base_url in base_urls:
        url = f"{base_url.rstrip('/')}/{name}"
        store = pooch.Pooch(
            folder,
            base_url="",
            registry={name: f"md5:{md5}" if md5 else None},
            urls={name: url},
            retry_if_failed=RETRIES,
        )
        try:
            return Path(store.fetch(name, downloader=_try_once if md5 else _try_once_for_zip))
        # requests' errors are OSErrors as well, but no error of writing a file is one of theirs.
        except (DownloadError, requests.RequestException, ValueError) as error:
            # An empty address is shown as ''.
            problems.append(f"{base_url or repr(base_url)}: {_reason(error)}.")
    told = " ".join(problems)
    hint = "Name another mirror with --base-url."
    if not all(NOT_AN_ADDRESS in problem for problem in problems):
        hint = "Check the network, or name another mirror with --base-url."
    if any(path.suffix == ".zip" and path.name != name for path in folder.iterdir()):
        hint += " Complete archives are kept for the next call."
    expected = "a zip archive" if NO_ZIP in told else ""
    if OTHER_FILE in told:
        expected = f"a file with the MD5 checksum {md5}"
    raise DownloadError(told, expected=expected, hint=hint, subject=name)


def _try_once(url: str, output_file: Any, _pooch: object) -> None:
    """Download a file. A failure for which retrying is useless is a DownloadError, after which pooch does not retry."""
    with ExitStack() as stack:
        bar = _Bar(f"Fetching {PurePosixPath(url).name}", stack)
        try:
            pooch.HTTPDownloader(bar, CHUNK_BYTES, timeout=TIMEOUT_SECONDS)(url, output_file, None)
        except LASTING as error:
            raise DownloadError(_reason(error)) from error
        except requests.HTTPError as error:
            if error.response is not None and error.response.status_code in LASTING_ANSWERS:
                raise DownloadError(_reason(error)) from error
            raise


def _try_once_for_zip(url: str, output_file: Any, pooch_: object) -> None:
    """Download a zip archive. Anything else is a ValueError, after which pooch tries again, as for a wrong checksum."""
    _try_once(url, output_file, pooch_)
    if not zipfile.is_zipfile(output_file):
        raise ValueError(NO_ZIP)


def _reason(error: Exception) -> str:
    if NO_ZIP in error.args:
        return NO_ZIP
    if isinstance(error, DownloadError):
        return error.problem
    if isinstance(error, requests.HTTPError):
        return f"the server answered {str(error).partition(' for url')[0]}"
    if isinstance(error, requests.RequestException):
        return next((text for kinds, text in REASONS if isinstance(error, kinds)), "the transfer failed")
    return OTHER_FILE


class _Bar:
    """The part of tqdm's interface that pooch uses, over `roadsigns.progress`."""

    def __init__(self, title: str, stack: ExitStack) -> None:
        self.total = 0
        self._title = title
        self._stack = stack
        self._advance: Advance | None = None
        self._done = 0

    def update(self, num_bytes: int) -> None:
        # pooch knows the total only after the response; it is 0 if the server does not send it.
        if self._advance is None:
            total = _megabytes(self.total) or None
            self._advance = self._stack.enter_context(progress(self._title, total=total, unit="MB"))
        # pooch counts the last chunk as a whole one, and at the end everything once more.
        before, self._done = self._done, min(self._done + num_bytes, self.total or self._done + num_bytes)
        self._advance(_megabytes(self._done) - _megabytes(before))

    def reset(self) -> None:
        """Leave the bar where it is."""

    def close(self) -> None:
        """Leave it to the stack."""


def _megabytes(num_bytes: int) -> int:
    return round(num_bytes / 1e6)
