"""Notices to a URL of the operator's choice, in such a way that no URL leads into the operator's own network.

The host is looked up once for each notice, all its addresses are checked, and one of those checked is connected to;
redirects are not followed; size and time are bounded (rule S14). Must not import store or kernel.
"""

import hashlib
import hmac
import http.client
import json
import os
import socket
import ssl
import threading
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, NoReturn, TypeAlias
from urllib.parse import quote, urlsplit

from signoff.errors import HandlerError, Permanent, Retryable
from signoff.runtime.channels import Notice
from signoff.runtime.text import one_line

VARIABLE = "SIGNOFF_WEBHOOK"
NETWORKS = "SIGNOFF_WEBHOOK_NETWORKS"
SECRET = "SIGNOFF_WEBHOOK_SECRET"  # noqa: S105 - the name of a variable
TIMEOUT = 10.0  # seconds, from the connection to the end of the answer
ANSWER = 4096  # bytes of an answer that are read
LONGEST_WAIT = 3600  # seconds that a server may ask us to wait
_PASSING = frozenset({408, 425, 429})  # besides 5xx: may pass
# Addresses that hold another one: whoever reaches them reaches that one.
_HOLDING = tuple(map(IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "::/96")))

Address: TypeAlias = IPv4Address | IPv6Address
LookUp: TypeAlias = Callable[..., Sequence[tuple[Any, ...]]]


class WebhookChannel:
    """POSTs each notice as JSON to one URL; there is none unless the operator names it.

    `url`, else the variable SIGNOFF_WEBHOOK. Only public addresses are reached, by https, and those of `networks`
    (`10.1.0.0/16`; the variable SIGNOFF_WEBHOOK_NETWORKS, separated by commas), by http too. With a `secret`
    (SIGNOFF_WEBHOOK_SECRET) the header X-Signoff-Signature proves who sent it. HandlerError for what cannot be used.
    """

    name = "webhook"

    def __init__(
        self,
        url: str = "",
        *,
        networks: Sequence[str] = (),
        secret: str = "",
        timeout: float = TIMEOUT,
        look_up: LookUp = socket.getaddrinfo,
    ) -> None:
        self._url = _parsed(url or os.environ.get(VARIABLE, ""))
        told = [each.strip() for each in os.environ.get(NETWORKS, "").split(",") if each.strip()]
        try:
            self._networks = [ip_network(each) for each in networks or told]
        except ValueError:
            _unusable(f"{NETWORKS} names something that is no network")
        self._secret = secret or os.environ.get(SECRET, "")
        self._timeout = timeout
        self._look_up = look_up

    def send(self, notice: Notice, /) -> None:
        """Hand one notice over; the header Idempotency-Key is the same however often it is sent."""
        body = _body(notice)
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": quote(notice.id),
            "User-Agent": "signoff",
        }
        if self._secret:
            proof = hmac.new(self._secret.encode(), body, hashlib.sha256).hexdigest()
            headers["X-Signoff-Signature"] = f"sha256={proof}"
        status, wait = self._post(body, headers)
        if status < 300:
            return
        said = f"the webhook answered {status}"
        if status in _PASSING or status >= 500:
            raise Retryable(said, after=wait)
        raise Permanent(said)  # a redirect among them: it may lead anywhere

    def _post(self, body: bytes, headers: dict[str, str]) -> tuple[int, float | None]:
        """The status, and how long the server asks us to wait."""
        connection = _Pinned(
            self._url.host, self._url.port, self._checked(), tls=self._url.tls, timeout=self._timeout
        )
        clock = threading.Timer(self._timeout, connection.cut)
        clock.daemon = True
        clock.start()
        try:
            connection.request("POST", self._url.target, body=body, headers=headers)
            return _read(connection.getresponse())
        except ssl.SSLCertVerificationError as error:
            raise Permanent(one_line(str(error), limit=200)) from error
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as error:
            # ValueError and AttributeError: the socket was cut while it was read
            raise Retryable(one_line(f"{type(error).__name__}: {error}", limit=200)) from error
        finally:
            clock.cancel()
            connection.close()

    def _checked(self) -> Address:
        """The first address of the host, once all of them may be reached. Looked up at each notice, and only once."""
        try:
            found = self._look_up(self._url.host, self._url.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Retryable(f"the webhook's host is not known: {error}") from error
        addresses = [ip_address(str(each[4][0]).partition("%")[0]) for each in found]
        if not addresses:
            raise Retryable("the webhook's host has no address")
        for each in addresses:
            self._check(each)
        return addresses[0]

    def _check(self, address: Address) -> None:
        if any(address.version == network.version and address in network for network in self._networks):
            return
        if not _is_public(address):
            raise Permanent(f"the webhook's host leads to {address}, which is not public; see {NETWORKS}")
        if not self._url.tls:
            raise Permanent(f"a webhook outside {NETWORKS} is reached by https only")


def _read(answer: http.client.HTTPResponse) -> tuple[int, float | None]:
    answer.read(ANSWER)
    wait = answer.getheader("Retry-After", "")
    asked = min(float(wait), LONGEST_WAIT) if wait.isascii() and wait.isdecimal() else None
    return answer.status, asked


class _Pinned(http.client.HTTPConnection):
    """A connection to an address that was checked; the certificate has to be the host's."""

    def __init__(self, host: str, port: int, address: Address, *, tls: bool, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address = str(address)
        self._tls = ssl.create_default_context() if tls else None

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._tls is not None:
            self.sock = self._tls.wrap_socket(self.sock, server_hostname=self.host)

    def cut(self) -> None:
        """End it, whoever waits for it."""
        sock = self.sock
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                return


class _Url:
    """Where to: read once, when the channel is made."""

    def __init__(self, host: str, port: int, target: str, *, tls: bool) -> None:
        self.host, self.port, self.target, self.tls = host, port, target, tls


def _parsed(url: str) -> _Url:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        _unusable("it is no URL")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        _unusable("it does not begin with https:// and a host")
    if parts.username is not None or parts.password is not None:
        _unusable("it holds a user; use a secret instead")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if not url.isascii() or not url.isprintable() or " " in url:
        _unusable("it has characters that no URL has")
    tls = parts.scheme == "https"
    return _Url(parts.hostname, port or (443 if tls else 80), target, tls=tls)


def _unusable(reason: str) -> NoReturn:
    # The URL may hold a token and is never repeated.
    raise HandlerError("webhook_unusable", variable=VARIABLE, reason=reason)


def _is_public(address: Address) -> bool:
    """Whether it is an address of the public network that holds no other one."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None or any(address in network for network in _HOLDING):
            return False
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _body(notice: Notice) -> bytes:
    said = {
        "id": notice.id,
        "kind": notice.kind,
        "to": {"id": notice.to.id, "name": notice.to.name},
        "instance": notice.instance,
        "task": notice.task,
        "subject": notice.subject,
        "text": notice.text,
    }
    return json.dumps(said, ensure_ascii=False).encode(errors="replace")
