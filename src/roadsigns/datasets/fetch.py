"""Fetching one file over HTTP from servers that break off, stall, lie or go away: its checksum decides.

What came stays at the file's path, and the next try, the next address or the next run asks for the rest only (RFC 9110,
section 14). PATH.json beside it remembers which version of the file the bytes are of.
"""

import hashlib
import json
import random
import re
import time
import warnings
from collections.abc import Sequence
from pathlib import Path

import httpx

from roadsigns.datasets.archive import room_for
from roadsigns.datasets.connection import AddressError, Patience, connect, network_problems, unexpected
from roadsigns.errors import DownloadError
from roadsigns.progress import progress

__all__ = ["fetch"]

# The largest official archive has 276 MB.
MAX_BYTES = 1_000_000_000
CONTENT_RANGE = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")


def fetch(path: Path, *, urls: Sequence[str], md5: str, patience: Patience | None = None) -> None:
    """Bring a file to a path, from the first address that has it, going on from the bytes that are there already.

    A path whose content has the checksum already is left as it is, and nobody is asked. After an error the path holds
    what came so far, for the next call. Proxies are taken from the environment (HTTPS_PROXY, HTTP_PROXY, NO_PROXY).

    Args:
        path: Where the file grows, in an existing folder. PATH.json beside it is used as well.
        urls: Addresses of the same file, tried in this order.
        md5: The checksum of the file, 32 hexadecimal digits.
        patience: How long to wait for a server, and how often to come back to it.

    Raises:
        DownloadError: If no address brings the file, or the disk has no room for it.
        OSError: If the file cannot be written for another reason.
    """
    if _md5_of(path) != md5:
        _fetch_from_any(urls, path, md5=md5, patience=patience or Patience())
    _memory_of(path).unlink(missing_ok=True)


def _fetch_from_any(urls: Sequence[str], path: Path, *, md5: str, patience: Patience) -> None:
    problems = []
    with connect(patience) as client:
        for url in urls:
            try:
                _fetch_from(url, path, md5=md5, client=client, patience=patience)
            except AddressError as error:
                problems.append(f"Could not fetch {url}: {error}")
                if len(problems) == len(urls):
                    raise DownloadError(" ".join(problems)) from error
            else:
                return


def _fetch_from(url: str, path: Path, *, md5: str, client: httpx.Client, patience: Patience) -> None:
    # Pieces that do not fit together may be of two files, or cut in the wrong place: once more, from zero.
    for _ in range(2):
        in_one_piece = _insist(url, path, md5=md5, client=client, patience=patience)
        came = _md5_of(path)
        if came == md5:
            return
        _start_over(path)
        if in_one_piece:
            break
    raise AddressError(
        f"it is not the expected file, its MD5 checksum is {came}, expected {md5}",
        "Try again; if it stays so, the server has another file of this name: try another mirror with --base-url",
        passing=False,
    )


def _insist(url: str, path: Path, *, md5: str, client: httpx.Client, patience: Patience) -> bool:
    """Ask again and again until an answer comes to its end. Returns what `_ask` does."""
    failures, reached = 0, _size_of(path)
    while True:
        try:
            return _ask(url, path, client=client)
        except AddressError as error:
            if _md5_of(path) == md5:
                # It broke off before the announced end, but after the true one.
                return True
            if _size_of(path) >= reached + patience.worthwhile_bytes:
                failures, reached = 0, _size_of(path)
            failures += 1
            if not error.passing or failures >= patience.tries or error.pause_seconds > patience.longest_pause_seconds:
                raise
            pause_seconds = max(error.pause_seconds, _back_off_seconds(failures, patience))
            warnings.warn(
                f"{path.name} from {httpx.URL(url).host}: {error.problem}. Try {failures + 1} of {patience.tries} "
                f"follows in {pause_seconds:.1f} s; {_size_of(path) / 1e6:.1f} MB are there.",
                stacklevel=2,
            )
            time.sleep(pause_seconds)


def _back_off_seconds(failures: int, patience: Patience) -> float:
    longest = min(patience.pause_seconds * 2 ** (failures - 1), patience.longest_pause_seconds)
    # Not everybody whom a server has dropped shall come back in the same second.
    return random.SystemRandom().uniform(longest / 2, longest)


def _ask(url: str, path: Path, *, client: httpx.Client) -> bool:
    """Make one request for what is missing and write it down.

    Returns:
        True if every byte is of this answer and it told where its end is. Then the checksum is final.

    Raises:
        AddressError: If there was no answer, no usable one, or not all of it.
    """
    start = _size_of(path)
    with network_problems(), client.stream("GET", url, headers=_range_headers(url, path, start=start)) as response:
        if response.status_code == httpx.codes.OK:
            # The whole file: nothing was there yet, it has changed since, or the server knows no ranges.
            _start_over(path)
            _remember(url, response, path)
            _save(response, path, start=0)
            return "Content-Length" in response.headers or "Transfer-Encoding" in response.headers
        if response.status_code == httpx.codes.PARTIAL_CONTENT and start and _first_byte(response) == start:
            _save(response, path, start=start)
            return False
        if start and response.status_code in {httpx.codes.PARTIAL_CONTENT, httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE}:
            _start_over(path)
            raise AddressError("the server could not go on where the file ended", "Try again", passing=True)
        raise unexpected(response)


def _range_headers(url: str, path: Path, *, start: int) -> dict[str, str]:
    if not start:
        return {}
    headers = {"Range": f"bytes={start}-"}
    try:
        memory = json.loads(_memory_of(path).read_text(encoding="utf-8"))
        # What another address calls its version says nothing here.
        if memory["url"] == url and memory["version"]:
            headers["If-Range"] = str(memory["version"])
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        # Without a version, or with half of one after a kill, the checksum alone decides.
        pass
    return headers


def _remember(url: str, response: httpx.Response, path: Path) -> None:
    """Write down which version of the file is coming."""
    version = response.headers.get("ETag", "")
    if version.startswith("W/") or not version.isascii():
        # A weak tag stands for files that mean the same; their bytes may differ (RFC 9110, section 13.1.5).
        version = ""
    version = version or response.headers.get("Last-Modified", "")
    _memory_of(path).write_text(json.dumps({"url": url, "version": version}), encoding="utf-8")


def _first_byte(response: httpx.Response) -> int | None:
    match = CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
    return int(match[1]) if match else None


def _save(response: httpx.Response, path: Path, *, start: int) -> None:
    """Write the body of an answer behind what is there."""
    length = int(response.headers.get("Content-Length", 0))
    total = start + length if length else 0
    done = start
    with (
        progress(f"Fetching {path.name}", total=_megabytes(total), unit="MB") as advance,
        room_for(f"fetching {path.name}", total, folder=path.parent),
        path.open("ab") as file,
    ):
        if start:
            advance(_megabytes(start))
        for chunk in response.iter_raw():
            before, done = done, done + len(chunk)
            if max(done, total) > MAX_BYTES:
                file.truncate(0)
                raise _too_long(max(done, total))
            file.write(chunk)
            advance(_megabytes(done) - _megabytes(before))


def _too_long(num_bytes: int) -> AddressError:
    return AddressError(
        f"it has {num_bytes / 1e6:,.1f} MB or more, at most {MAX_BYTES / 1e6:,.1f} MB were expected",
        "This is not an archive of GTSRB: check --base-url",
        passing=False,
    )


def _megabytes(num_bytes: int) -> int:
    return round(num_bytes / 1e6)


def _memory_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _start_over(path: Path) -> None:
    path.write_bytes(b"")


def _size_of(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _md5_of(path: Path) -> str:
    if not path.exists():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
