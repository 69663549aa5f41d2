"""Servers on loopback that are as good or as bad as a test wants them."""

import contextlib
import shutil
import socket
import ssl
import subprocess
import threading
from email.message import Message
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest

PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


class Request(NamedTuple):
    """What a server was asked for."""

    path: str
    headers: Message


class Server:
    """An HTTP server that serves `files` (path to bytes), with ranges and tags, and does as told where it is told to.

    Attributes:
        files: What is served well.
        answers: What to do instead, for each path: a function of the request handler, for as long as it stands here.
        next_answers: The same, but each in the list is done once only, before all else.
        requests: What was asked for.
        sent: How many bytes of files were sent.
        url: The address of the server, without a slash at the end.
    """

    def __init__(self, certificate=None):
        self.files = {}
        self.answers = {}
        self.next_answers = {}
        self.requests = []
        self.sent = 0
        self.released = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                server.requests.append(Request(self.path, self.headers))
                self.close_connection = True
                server.answer(self)

            def do_CONNECT(self):
                self.do_GET()

            def log_message(self, *args):
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.http.handle_error = lambda *_: None
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.http.server_port}"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.http.socket = context.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def paths(self):
        return [request.path for request in self.requests]

    @property
    def ranges(self):
        return [request.headers["Range"] for request in self.requests]

    def answer(self, handler):
        queue = self.next_answers.get(handler.path)
        if queue:
            queue.pop(0)(handler)
        elif handler.path in self.answers:
            self.answers[handler.path](handler)
        elif handler.path in self.files:
            self.serve()(handler)
        else:
            handler.send_error(404)

    def tag_of(self, content):
        return f'"{hash(content):x}"'

    def serve(self, *, until=None, tag=True, then=None):
        """Serve a file as one should, but only until this byte; then do something."""

        def answer(handler):
            content = self.files[handler.path]
            start = self._start(handler, content, tag=tag)
            if start is not None and start >= len(content):
                handler.send_error(416)
                return
            handler.send_response(200 if start is None else 206)
            if start is not None:
                handler.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
            if tag:
                handler.send_header("ETag", self.tag_of(content))
            handler.send_header("Content-Length", str(len(content) - (start or 0)))
            handler.end_headers()
            self.send(handler, content[start or 0 : until])
            if then:
                then(handler)

        return answer

    def _start(self, handler, content, *, tag):
        """The first byte that is asked for; None if all of them are, or the file is another than the asker knows."""
        if "Range" not in handler.headers:
            return None
        if handler.headers.get("If-Range", self.tag_of(content)) != self.tag_of(content):
            return None
        return int(handler.headers["Range"].removeprefix("bytes=").removesuffix("-"))

    def send(self, handler, content):
        # In pieces: who hangs up in the middle has got the beginning.
        steps = range(0, len(content) + 65536, 65536)
        for begin, end in pairwise(steps):
            # Counted first: who has got the last piece may look at the sum before this thread goes on.
            self.sent += len(content[begin:end])
            handler.wfile.write(content[begin:end])

    def body(self, content, *, length=-1, status=200, headers=()):
        """Answer with this content whatever is asked for; `length` may be a lie, or None for no length at all."""

        def answer(handler):
            handler.send_response(status)
            for name, value in headers:
                handler.send_header(name, value)
            if length is not None:
                handler.send_header("Content-Length", str(len(content) if length < 0 else length))
            handler.end_headers()
            self.send(handler, content)

        return answer

    def status(self, code, **headers):
        """Answer with this status."""
        return self.body(b"", status=code, headers=[(name.replace("_", "-"), value) for name, value in headers.items()])

    def redirect(self, location):
        return self.status(302, Location=location)

    def stall(self, handler):
        """Say nothing more until the test is over."""
        self.released.wait(20)


@contextlib.contextmanager
def running(server):
    thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.released.set()
        server.http.shutdown()
        server.http.server_close()
        thread.join()


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch):
    """What the environment of whoever runs the tests says about proxies does not count."""
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def no_certificates(monkeypatch):
    """Spare the time to read all the world's certificates for each client, where no server shows one."""
    monkeypatch.setattr(httpx, "Client", partial(httpx.Client, verify=False))


@pytest.fixture
def server():
    """A server without files."""
    with running(Server()) as server:
        yield server


@pytest.fixture
def other_server():
    """Another one."""
    with running(Server()) as server:
        yield server


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate of mirror.invalid that nobody vouches for, and its key."""
    if not shutil.which("openssl"):
        pytest.skip("a certificate is made with openssl, which is not installed")
    folder = tmp_path_factory.mktemp("certificate")
    names = ["-subj", "/CN=mirror.invalid", "-addext", "subjectAltName=DNS:mirror.invalid,IP:127.0.0.1"]
    files = ["-out", folder / "certificate.pem", "-keyout", folder / "key.pem"]
    kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    subprocess.run(["openssl", "req", *kind, *names, *files], check=True, capture_output=True)
    return folder / "certificate.pem", folder / "key.pem"


@pytest.fixture
def secure_server(certificate):
    """A server behind TLS."""
    with running(Server(certificate)) as server:
        yield server


class Proxy(Server):
    """A proxy that finds every host, whatever its name, at the port of one server on loopback."""

    def __init__(self, port):
        super().__init__()
        self.port = port

    def answer(self, handler):
        with socket.create_connection(("127.0.0.1", self.port)) as behind:
            if handler.command == "CONNECT":
                handler.send_response(200)
                handler.end_headers()
                pump = threading.Thread(target=self.pass_on, args=(handler.connection, behind))
                pump.start()
                self.pass_on(behind, handler.connection)
                pump.join()
            else:
                headers = "".join(f"{name}: {value}\r\n" for name, value in handler.headers.items())
                path = urlsplit(handler.path).path
                behind.sendall(f"GET {path} HTTP/1.1\r\n{headers}\r\n".encode())
                self.pass_on(behind, handler.connection)

    def pass_on(self, source, target):
        with contextlib.suppress(OSError):
            while content := source.recv(65536):
                target.sendall(content)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


@pytest.fixture
def start_proxy():
    """Start a proxy in front of a server."""
    with contextlib.ExitStack() as stack:
        yield lambda server: stack.enter_context(running(Proxy(server.http.server_port)))
