"""Talking to a server of files: how patient to be, and what its silences and refusals mean."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from roadsigns.errors import DownloadError

__all__ = ["AddressError", "Patience", "connect", "network_problems", "unexpected"]

# From http to https, to another host, to another folder: what needs more than a few is going round in circles.
MAX_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a server, and how often to come back to it.

    Attributes:
        connect_seconds: How long to wait for a connection.
        silence_seconds: How long to wait for a sign of life. A university's server may think for a while, but who hears
            nothing for half a minute will hear nothing.
        tries: The most requests in a row that bring nothing worthwhile.
        worthwhile_bytes: So many new bytes are worthwhile: tries are counted anew after them.
        pause_seconds: The pause before the second try. Each further one is twice as long.
        longest_pause_seconds: No pause is longer. A server that asks for a longer one is given up.
    """

    connect_seconds: float = 10.0
    silence_seconds: float = 30.0
    tries: int = 6
    worthwhile_bytes: int = 1_000_000
    pause_seconds: float = 1.0
    longest_pause_seconds: float = 120.0


class AddressError(Exception):
    """An address did not bring the file.

    Attributes:
        problem: What is the matter, the beginning of a sentence.
        passing: Whether another try may help.
        pause_seconds: How long the server asks to be left alone; 0 if it does not say.
    """

    def __init__(self, problem: str, advice: str, *, passing: bool, pause_seconds: float = 0.0) -> None:
        super().__init__(f"{problem}. {advice}.")
        self.problem = problem
        self.passing = passing
        self.pause_seconds = pause_seconds


NO_ADDRESS = "not an address of the kind https://host/folder/"
# What was raised or stands behind it; the problem; what to do next; whether it may pass. The first that fits counts.
NETWORK_PROBLEMS: tuple[tuple[type[Exception], str, str, bool], ...] = (
    (httpx.ConnectTimeout, "the server did not accept a connection in time", "Try again later", True),
    (httpx.TimeoutException, "the server fell silent", "Try again later", True),
    (httpx.TooManyRedirects, f"more than {MAX_REDIRECTS} redirects", "Check --base-url", False),
    (httpx.UnsupportedProtocol, NO_ADDRESS, "Check --base-url", False),
    (httpx.InvalidURL, NO_ADDRESS, "Check --base-url", False),
    (UnicodeError, NO_ADDRESS, "Check --base-url", False),
    (
        ssl.SSLCertVerificationError,
        "the server's certificate is not trusted",
        "Check the clock; behind a proxy that reads along, name the file of its certificates in SSL_CERT_FILE",
        False,
    ),
    (
        httpx.ConnectError,
        "no connection",
        "Check --base-url, the network and, behind a proxy, HTTPS_PROXY and HTTP_PROXY",
        True,
    ),
    (httpx.ProxyError, "the proxy refused", "Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY", True),
    (httpx.HTTPError, "the transfer broke off before its end", "Try again", True),
)


def connect(patience: Patience) -> httpx.Client:
    """Make a client that takes proxies and certificates from the environment.

    Raises:
        DownloadError: If the environment's settings cannot be used.
    """
    try:
        return httpx.Client(
            timeout=httpx.Timeout(patience.silence_seconds, connect=patience.connect_seconds),
            follow_redirects=True,
            max_redirects=MAX_REDIRECTS,
            # Nothing is to be had from a connection that broke off: each request gets one of its own.
            limits=httpx.Limits(max_keepalive_connections=0),
            # A zip archive does not shrink any further, and lengths and ranges shall be the file's own.
            headers={"Accept-Encoding": "identity"},
        )
    except (ValueError, ImportError, OSError) as error:
        raise DownloadError(
            f"The network settings of the environment cannot be used ({error}). Expected HTTPS_PROXY, HTTP_PROXY and "
            "ALL_PROXY to be of the kind http://host:port, and SSL_CERT_FILE to be a file of certificates."
        ) from error


@contextmanager
def network_problems() -> Iterator[None]:
    """Turn whatever a request raises into an AddressError."""
    try:
        yield
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        chain = _chain(error)
        problem, advice, passing = next(
            (problem, advice, passing)
            for kind, problem, advice, passing in NETWORK_PROBLEMS
            if any(isinstance(link, kind) for link in chain)
        )
        detail = str(error) or type(error).__name__
        passing = passing and not any(_stays(link) for link in chain)
        raise AddressError(problem, f"{advice} ({detail})", passing=passing) from error


def unexpected(response: httpx.Response) -> AddressError:
    """Turn the status of an answer that brings no file into an error to raise."""
    status = response.status_code
    problem = f"the server answered {status} {response.reason_phrase}, expected 200 OK"
    pause_seconds = _retry_after(response.headers.get("Retry-After", ""))
    if pause_seconds:
        problem += f", and asks for a pause of {pause_seconds:,.0f} s"
    passing = response.is_server_error or status in {httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS}
    return AddressError(problem, "Check --base-url, or try again later", passing=passing, pause_seconds=pause_seconds)


def _chain(error: BaseException) -> list[BaseException]:
    """An error and all that it came from."""
    chain = [error]
    while (link := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(link)
    return chain


def _stays(error: BaseException) -> bool:
    """Say whether an error comes back however often one tries."""
    # A host that does not exist; EAI_AGAIN says that no name server was there to ask.
    unknown_host = isinstance(error, socket.gaierror) and error.errno != socket.EAI_AGAIN
    # httpx tells the proxy's answer in the message only, such as "407 Proxy Authentication Required".
    return unknown_host or (isinstance(error, httpx.ProxyError) and str(error).startswith("4"))


def _retry_after(value: str) -> float:
    """Read a Retry-After header, which holds seconds or a date, as seconds; 0 if it holds neither."""
    if value.isascii() and value.isdecimal():
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    # A date without a zone is Greenwich's, as everywhere in HTTP (RFC 9110, section 5.6.7).
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
