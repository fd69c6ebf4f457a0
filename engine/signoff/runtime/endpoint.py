"""Health and metrics over HTTP, for monitors: two pages that only read. Loopback unless told otherwise.

Knows nothing of processes or people; nothing it serves can change anything. May import health only.
"""

import json
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from socket import AF_INET6
from typing import Any

from signoff.errors import Invalid
from signoff.runtime.health import CONTENT, Health

LOOPBACK = "127.0.0.1"
SILENCE = 10.0  # seconds that a client may take to say what it wants


class Endpoint:
    """`/health` (200, or 503 when the daemon is stuck) and `/metrics`, from `start` to `stop`."""

    def __init__(self, health: Health, address: str) -> None:
        """`address` is PORT or HOST:PORT, port 0 for any; raises Invalid for what is none or is taken."""
        host, port = _parsed(address)
        try:
            self._server = _server(host, port, health)
        except OSError as error:
            raise Invalid("endpoint_address", address=address, why=str(error)) from error
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where it is served."""
        host, port = self._server.server_address[:2]
        shown = f"[{host!s}]" if ":" in str(host) else str(host)
        return f"http://{shown}:{port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Answer nobody any more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _parsed(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    host = host.strip("[]") or LOOPBACK
    if not (port.isascii() and port.isdecimal() and int(port) < 1 << 16):
        raise Invalid("endpoint_address", address=address, why="no port")
    try:
        ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError as error:
        raise Invalid("endpoint_address", address=address, why=str(error)) from error
    return host, int(port)


def _server(host: str, port: int, health: Health) -> ThreadingHTTPServer:
    class Server(ThreadingHTTPServer):
        daemon_threads = True
        address_family = AF_INET6 if ":" in host else ThreadingHTTPServer.address_family

    class Page(_Page):
        source = health

    return Server((host, port), Page)


class _Page(BaseHTTPRequestHandler):
    """Answers GET and HEAD; `send_error` of the base class refuses every other method."""

    source: Health
    timeout = SILENCE
    server_version = "signoff"
    sys_version = ""

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        status, kind, body = self._page(self.path.partition("?")[0])
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _page(self, path: str) -> tuple[HTTPStatus, str, bytes]:
        if path == "/metrics":
            return HTTPStatus.OK, CONTENT, self.source.metrics().encode()
        if path == "/health":
            found = self.source.status()
            status = HTTPStatus.OK if found["status"] == "ok" else HTTPStatus.SERVICE_UNAVAILABLE
            return status, "application/json", json.dumps(found, ensure_ascii=False).encode()
        return HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"/health, /metrics\n"

    def log_message(self, format: str, *arguments: Any) -> None:
        """Monitors ask every few seconds; nobody reads that."""
