"""A server on loopback that is as good or as bad as a test needs it."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Server:
    """Serves `files` (path to bytes), or answers as told, once for each function in `answers[path]`.

    Attributes:
        files: What is served.
        answers: What to do instead, the first for the next request: functions of the request handler.
        paths: What was requested.
        url: The server's address, without a slash at the end.
    """

    def __init__(self):
        self.files = {}
        self.answers = {}
        self.paths = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                server.paths.append(self.path)
                queue = server.answers.get(self.path)
                if queue:
                    queue.pop(0)(self)
                elif self.path in server.files:
                    server.send(self, server.files[self.path])
                else:
                    self.send_error(404)

            def log_message(self, *args):
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"

    def send(self, handler, content, *, length=None):
        """Send a file; a length that is too large is what a broken transfer looks like."""
        handler.send_response(200)
        handler.send_header("Content-Length", str(length or len(content)))
        handler.end_headers()
        handler.wfile.write(content)


@pytest.fixture
def start_server(monkeypatch):
    """Start a server without files. Proxies of the person who runs the tests do not count."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    servers = []

    def start():
        server = Server()
        thread = threading.Thread(target=server.http.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        servers.append((server, thread))
        return server

    yield start
    for server, thread in servers:
        server.http.shutdown()
        server.http.server_close()
        thread.join()


@pytest.fixture
def server(start_server):
    """A server without files."""
    return start_server()


@pytest.fixture
def pauses(monkeypatch):
    """The pauses before further tries, in seconds, which nobody waits for."""
    pauses = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    return pauses
