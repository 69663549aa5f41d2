"""Whatever a server, a proxy or the environment does to a request gets a sentence, and says whether to try again."""

import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roadsigns.datasets.connection import AddressError, Patience, connect, network_problems, unexpected
from roadsigns.errors import DownloadError


def ask(url, **patience):
    """Read an answer to its end."""
    with connect(Patience(**patience)) as client, network_problems():
        return client.get(url)


def problem_with(url, **patience):
    with pytest.raises(AddressError) as caught:
        ask(url, **patience)
    return caught.value


@pytest.mark.usefixtures("no_certificates")
@pytest.mark.parametrize(
    "url",
    [
        "",
        "/",
        "data",
        "sid.erda.dk/public",
        "ftp://127.0.0.1/",
        "file:///tmp",
        "http://",
        "http://[::1",
        "http://127.0.0.1:port",
        "http://a..b/",
        f"http://{'a' * 70}.invalid/",
        "http://\n/",
    ],
)
def test_an_invalid_address_is_told_and_not_tried_again(url):
    """What is no address of the web gets a sentence with the option's name."""
    error = problem_with(url)

    assert "Check --base-url" in str(error)
    assert not error.passing


def test_an_unknown_host_is_told():
    """The name ends in .invalid, which never exists (RFC 2606)."""
    assert problem_with("https://gtsrb.invalid/").problem == "no connection"


@pytest.mark.parametrize(("code", "passing"), [(socket.EAI_NONAME, False), (socket.EAI_AGAIN, True)])
def test_an_unknown_host_stays_unknown_unless_nobody_could_be_asked(code, passing):
    """A typing error is told at once; a network that is away for a moment comes back."""
    error = httpx.ConnectError("no connection")
    error.__cause__ = socket.gaierror(code, "cannot be resolved")

    with pytest.raises(AddressError) as caught, network_problems():
        raise error

    assert caught.value.passing is passing


@pytest.mark.parametrize("port", [1, 99999])
def test_a_refused_connection_may_pass(port):
    """Nobody listens on such ports; a server that is being restarted refuses, too."""
    error = problem_with(f"http://127.0.0.1:{port}/")

    assert error.problem == "no connection"
    assert error.passing


def test_a_redirect_is_followed(server):
    """Mirrors move."""
    server.answers["/old"] = server.redirect("/new")
    server.files["/new"] = b"content"

    assert ask(f"{server.url}/old").content == b"content"


def test_endless_redirects_are_left_and_not_tried_again(server):
    """A server that sends one round in circles is left after a few rounds."""
    server.answers["/a"] = server.redirect("/b")
    server.answers["/b"] = server.redirect("/a")

    error = problem_with(f"{server.url}/a")

    assert error.problem == "more than 5 redirects"
    assert not error.passing
    assert len(server.requests) == 6


def test_a_redirect_to_another_kind_of_address_is_refused(server):
    """A server cannot send one to a file of one's own."""
    server.answers["/a"] = server.redirect("file:///etc/passwd")

    assert not problem_with(f"{server.url}/a").passing


def test_silence_may_pass(server):
    """No answer at all."""
    server.answers["/a"] = server.stall

    error = problem_with(f"{server.url}/a", silence_seconds=0.2)

    assert error.problem == "the server fell silent"
    assert error.passing


@pytest.mark.parametrize("sent", [b"", b"220 ftp ready\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n"])
def test_what_is_no_answer_is_told(server, sent):
    """A server that hangs up at once, or speaks no HTTP."""
    server.answers["/a"] = lambda handler: handler.wfile.write(sent)

    error = problem_with(f"{server.url}/a")

    assert error.problem == "the transfer broke off before its end"
    assert error.passing


@pytest.mark.parametrize(
    ("code", "passing"),
    [
        (204, False),
        (206, False),
        (304, False),
        (400, False),
        (403, False),
        (404, False),
        (416, False),
        (408, True),
        (429, True),
        (500, True),
        (503, True),
        (599, True),
    ],
)
def test_only_some_statuses_may_pass(code, passing):
    """What the client did wrong stays wrong; what the server cannot do just now it may do later."""
    error = unexpected(httpx.Response(code))

    assert f"the server answered {code} " in str(error)
    assert "expected 200 OK" in str(error)
    assert error.passing is passing


def test_the_wish_for_a_pause_is_read():
    """In seconds, or as a date."""
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    past = format_datetime(datetime.now(UTC) - timedelta(days=60))
    wishes = {"7": 7, soon: 60, past: 0, "": 0, "soon": 0, "-5": 0, "²": 0, "1e3": 0}

    for value, seconds in wishes.items():
        error = unexpected(httpx.Response(503, headers={"Retry-After": value.encode()}))
        assert error.pause_seconds == pytest.approx(seconds, abs=2), value
        assert ("a pause of" in str(error)) is bool(seconds), value


@given(value=st.text(alphabet=st.characters(max_codepoint=255)) | st.integers().map(str) | st.datetimes().map(str))
def test_no_wish_for_a_pause_is_an_error(value):
    """Whatever a server writes there."""
    error = unexpected(httpx.Response(429, headers=[(b"Retry-After", value.encode("latin-1"))]))

    assert error.pause_seconds >= 0


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
def test_a_proxy_comes_from_the_environment(server, start_proxy, monkeypatch, variable):
    """Only the proxy knows the host."""
    proxy = start_proxy(server)
    server.files["/a"] = b"content"
    monkeypatch.setenv(variable, proxy.url)

    assert ask("http://mirror.invalid/a").content == b"content"
    assert proxy.paths == ["http://mirror.invalid/a"]


def test_no_proxy_leads_past_the_proxy(server, start_proxy, monkeypatch):
    """A mirror in one's own network is asked directly."""
    proxy = start_proxy(server)
    server.files["/a"] = b"content"
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")

    assert ask(f"{server.url}/a").content == b"content"
    assert proxy.requests == []


def test_https_goes_through_the_proxy_unread(secure_server, start_proxy, certificate, monkeypatch):
    """A tunnel to the host, whose certificate is looked at."""
    proxy = start_proxy(secure_server)
    secure_server.files["/a"] = b"content"
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))

    assert ask("https://mirror.invalid/a").content == b"content"
    assert proxy.paths == ["mirror.invalid:443"]


def test_a_certificate_that_is_not_trusted_is_told_and_not_tried_again(secure_server):
    """Nobody knows who answers there."""
    secure_server.files["/a"] = b"content"

    error = problem_with(f"{secure_server.url}/a")

    assert error.problem == "the server's certificate is not trusted"
    assert "SSL_CERT_FILE" in str(error)
    assert not error.passing
    assert secure_server.requests == []


@pytest.mark.parametrize(("code", "passing"), [(407, False), (403, False), (502, True)])
def test_a_proxy_that_refuses_is_told(server, monkeypatch, code, passing):
    """A password that is missing stays missing; a host behind the proxy may come back."""
    server.answers["mirror.invalid:443"] = server.status(code)
    monkeypatch.setenv("HTTPS_PROXY", server.url)

    error = problem_with("https://mirror.invalid/a")

    assert error.problem == "the proxy refused"
    assert f"({code} " in str(error)
    assert error.passing is passing


def test_a_proxy_that_is_not_there_is_told(monkeypatch):
    """The sentence names the variables."""
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    assert "behind a proxy, HTTPS_PROXY and HTTP_PROXY" in str(problem_with("http://mirror.invalid/a"))


@pytest.mark.parametrize(
    ("name", "value"), [("HTTPS_PROXY", "gopher://127.0.0.1:70"), ("SSL_CERT_FILE", "/nowhere/certificates.pem")]
)
def test_unusable_network_settings_are_named(monkeypatch, name, value):
    """A typing error in the environment gets a sentence."""
    monkeypatch.setenv(name, value)

    with pytest.raises(DownloadError, match="network settings of the environment cannot be used"):
        connect(Patience())
