"""A webhook gets each notice under its stable id, and no URL leads anywhere else than the operator allowed."""

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from signoff.errors import HandlerError, Permanent, Retryable
from signoff.runtime.channels import Notice, channels_from
from signoff.runtime.contact import Contact
from signoff.runtime.webhook import WebhookChannel

HERE = ("127.0.0.1/32",)
NOTICE = Notice(
    "i-1/n4/王芳/webhook", Contact("wang", "王芳"), "请审批", "第一行\n第二行", instance="i-1", kind="gate"
)
INWARD = (
    "127.0.0.1 127.8.8.8 0.0.0.0 10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 192.0.2.1 198.18.0.1"
    " 224.0.0.1 240.0.0.1 255.255.255.255 ::1 :: fe80::1 fc00::1 fd00:ec2::254 fec0::1 ff02::1 ::ffff:127.0.0.1"
    " ::ffff:8.8.8.8 64:ff9b::7f00:1 2002:7f00:1:: 2001:0:7f00:1:: ::127.0.0.1 2001:db8::1"
).split()


class Server(HTTPServer):
    """Answers with what it is told, and keeps what it was given."""

    status, headers, slow = 200, {}, False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Page)
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.over = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook?token=1"


class Page(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((dict(self.headers), body))
        if self.server.slow:
            assert self.server.over.wait(60)
            return
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


def _resolving(*addresses: str) -> Any:
    def look_up(_host: str, port: int, **_more: Any) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

    return look_up


def test_a_notice_arrives_whole_under_its_id_with_a_proof_of_who_sent_it(server: Server) -> None:
    channel = WebhookChannel(server.url, networks=HERE, secret="s3")
    channel.send(NOTICE)
    ((headers, body),) = server.got
    found = json.loads(body)
    assert (found["id"], found["to"], found["text"]) == (
        NOTICE.id,
        {"id": "wang", "name": "王芳"},
        NOTICE.text,
    )
    assert headers["Idempotency-Key"] == "i-1/n4/%E7%8E%8B%E8%8A%B3/webhook"
    assert headers["X-Signoff-Signature"] == "sha256=" + hmac.new(b"s3", body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("status", [500, 503, 429, 408])
def test_what_may_pass_is_tried_again(server: Server, status: int) -> None:
    server.status, server.headers = status, {"Retry-After": "7"}
    with pytest.raises(Retryable) as failed:
        WebhookChannel(server.url, networks=HERE).send(NOTICE)
    assert failed.value.after == 7


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404])
def test_a_redirect_is_not_followed_and_a_refusal_is_final(server: Server, status: int) -> None:
    server.status, server.headers = status, {"Location": server.url}
    with pytest.raises(Permanent):
        WebhookChannel(server.url, networks=HERE).send(NOTICE)
    assert len(server.got) == 1


def test_a_server_that_says_nothing_is_left(server: Server) -> None:
    server.slow = True
    with pytest.raises(Retryable):
        WebhookChannel(server.url, networks=HERE, timeout=0.05).send(NOTICE)


@pytest.mark.parametrize("address", INWARD)
def test_no_name_leads_into_the_own_network(address: str) -> None:
    channel = WebhookChannel("https://hooks.example.com/x", look_up=_resolving(address))
    with pytest.raises(Permanent, match="not public"):
        channel.send(NOTICE)


def test_one_bad_address_among_good_ones_is_enough() -> None:
    channel = WebhookChannel("https://hooks.example.com/x", look_up=_resolving("93.184.215.14", "10.0.0.1"))
    with pytest.raises(Permanent, match=r"10\.0\.0\.1"):
        channel.send(NOTICE)


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "localhost", "[::ffff:127.0.0.1]"])
def test_other_spellings_of_this_machine_are_found_out(host: str) -> None:
    with pytest.raises(Permanent, match="not public"):
        WebhookChannel(f"https://{host}/").send(NOTICE)


def test_the_host_is_looked_up_once_for_each_notice_and_that_answer_is_used(server: Server) -> None:
    answers = [("127.0.0.1",), ("10.9.9.9",)]
    asked: list[str] = []

    def look_up(host: str, port: int, **more: Any) -> Any:
        asked.append(host)
        return _resolving(*answers[len(asked) - 1])(host, port, **more)

    url = f"http://hooks.example.com:{server.server_port}/"
    channel = WebhookChannel(url, networks=HERE, look_up=look_up)
    channel.send(NOTICE)
    assert (asked, len(server.got)) == (["hooks.example.com"], 1)
    with pytest.raises(Permanent):
        channel.send(NOTICE)
    assert len(server.got) == 1, "checked anew: it leads elsewhere now"


def test_a_name_that_is_not_known_is_tried_again() -> None:
    def look_up(*_: Any, **__: Any) -> Any:
        raise socket.gaierror("no such host")

    with pytest.raises(Retryable):
        WebhookChannel("https://hooks.example.com/", look_up=look_up).send(NOTICE)


def test_in_the_open_only_https_is_used() -> None:
    with pytest.raises(Permanent, match="https"):
        WebhookChannel("http://hooks.example.com/", look_up=_resolving("93.184.215.14")).send(NOTICE)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "ftp://a/",
        "https://",
        "https://u:p@a/",
        "https://a/ b",
        "https://a/\r\nX: y",
        "https://a:99999/",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_being_repeated(url: str, monkeypatch: Any) -> None:
    monkeypatch.delenv("SIGNOFF_WEBHOOK", raising=False)
    with pytest.raises(HandlerError) as refused:
        WebhookChannel(url)
    assert refused.value.code == "webhook_unusable"
    assert "u:p" not in str(refused.value)


def test_it_is_an_installed_channel_and_off_unless_named() -> None:
    (channel,) = channels_from({"webhook": "https://hooks.example.com/x"})
    assert channel.name == "webhook"
