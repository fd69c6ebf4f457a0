"""Where notices go out: the protocol of a channel, the log, mail, and the loader of all channels.

A notice is sent at least once and bears a stable id, so a receiver can drop the second one. Must not import
store or kernel; knows nothing of why something is told.
"""

import logging
import os
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from hashlib import sha256
from importlib.metadata import EntryPoint, entry_points
from typing import NoReturn, Protocol, runtime_checkable
from urllib.parse import parse_qs, unquote, urlsplit

from signoff.errors import HandlerError, Permanent, Retryable
from signoff.runtime.clock import Clock, SystemClock
from signoff.runtime.contact import Contact
from signoff.runtime.text import json_line, meant, one_line

GROUP = "signoff.channels"
#: Those that come with signoff; other distributions add theirs to the group.
OWN = (
    EntryPoint("log", "signoff.runtime.channels:LogChannel", GROUP),
    EntryPoint("mail", "signoff.runtime.channels:MailChannel", GROUP),
    EntryPoint("webhook", "signoff.runtime.webhook:WebhookChannel", GROUP),
    EntryPoint("apprise", "signoff.runtime.services:AppriseChannel", GROUP),
)
VARIABLE = "SIGNOFF_SMTP"
TIMEOUT = 20.0  # seconds, for each answer of the mail server
MAX_SUBJECT = 200
_NOTICES = logging.getLogger("signoff.notices")
_PORTS = {"none": 25, "starttls": 587, "ssl": 465}


@dataclass(frozen=True, slots=True)
class Notice:
    """One text for one person. `id` stays the same however often it is sent."""

    id: str
    to: Contact
    subject: str
    text: str
    instance: str = ""
    task: str = ""
    kind: str = ""


@runtime_checkable
class Channel(Protocol):
    """A way to people. `send` returns when the notice is handed over.

    Raises Retryable or Permanent; any other exception counts as Retryable.
    """

    name: str

    def send(self, notice: Notice, /) -> None: ...


class LogChannel:
    """One line of JSON per notice on the logger `signoff.notices`; nothing in a notice can forge a line."""

    name = "log"

    def send(self, notice: Notice, /) -> None:
        facts = {
            "notice": notice.id,
            "kind": notice.kind,
            "to": notice.to.id,
            "instance": notice.instance,
            "task": notice.task,
            "subject": notice.subject,
            "text": notice.text,
        }
        _NOTICES.info("%s", json_line(facts))


class MailChannel:
    """Mail over SMTP, one connection per notice.

    `url`, else the variable SIGNOFF_SMTP: `smtp://user:password@host:port?from=signoff@example.com&tls=starttls`.
    `tls` is `starttls` (the default with a user), `ssl` (the default of `smtps://`) or `none`. Certificates are
    checked. HandlerError for a URL that cannot be used.
    """

    name = "mail"

    def __init__(self, url: str = "", *, timeout: float = TIMEOUT, clock: Clock | None = None) -> None:
        self._server = _server(url or os.environ.get(VARIABLE, ""))
        self._timeout = timeout
        self._clock = clock or SystemClock()

    def send(self, notice: Notice, /) -> None:
        """Hand one mail to the server; its Message-ID derives from the notice's id."""
        mail = self._mail(notice)
        with _mapped(), self._connection() as connection:
            connection.send_message(mail)

    def _mail(self, notice: Notice) -> EmailMessage:
        sender = self._server.sender
        mail = EmailMessage()
        mail["Subject"] = one_line(notice.subject, limit=MAX_SUBJECT)
        mail["From"] = sender
        mail["To"] = _address(notice.to)
        mail["Date"] = format_datetime(self._clock.now())
        mail["Message-ID"] = _message_id(notice.id, sender.domain)
        if notice.instance:
            mail["References"] = _message_id(notice.instance, sender.domain)
        mail["Auto-Submitted"] = "auto-generated"
        # Base64 keeps Chinese whole on servers without 8BITMIME.
        mail.set_content(notice.text, cte=None if notice.text.isascii() else "base64")
        return mail

    @contextmanager
    def _connection(self) -> Iterator[smtplib.SMTP]:
        server = self._server
        if server.tls == "ssl":
            context = ssl.create_default_context()
            opened: smtplib.SMTP = smtplib.SMTP_SSL(
                server.host, server.port, timeout=self._timeout, context=context
            )
        else:
            opened = smtplib.SMTP(server.host, server.port, timeout=self._timeout)
        with opened as connection:
            if server.tls == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if server.user:
                connection.login(server.user, server.password)
            yield connection


def channels_from(settings: Mapping[str, str]) -> tuple[Channel, ...]:
    """The installed channels that the settings name, in that order: `{"log": "", "mail": "smtp://…"}`.

    A channel is made with its setting when one is given, else with nothing. HandlerError for a name that no
    installed distribution offers in the entry-point group `signoff.channels`.
    """
    offered = {entry.name: entry for entry in (*entry_points(group=GROUP), *OWN)}
    found = []
    for name, setting in settings.items():
        if name not in offered:
            raise HandlerError("channel_unknown", name=name, hint=meant(name, offered), known=sorted(offered))
        made = offered[name].load()
        found.append(made(setting) if setting else made())
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Server:
    host: str
    port: int
    tls: str
    sender: Address
    user: str = ""
    password: str = field(default="", repr=False)


def _server(url: str) -> _Server:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        _unusable("it is no URL")
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        _unusable("it does not begin with smtp:// or smtps:// and a host")
    if unknown := sorted(set(options) - {"from", "tls"}):
        _unusable(f"it has unknown options: {', '.join(unknown)}")
    user = unquote(parts.username or "")
    tls = options.get("tls", "ssl" if parts.scheme == "smtps" else "starttls" if user else "none")
    if tls not in _PORTS:
        _unusable("tls is starttls, ssl or none")
    if parts.scheme == "smtps" and tls != "ssl":
        _unusable("smtps:// means tls=ssl")
    sender = _parsed(options.get("from", ""))
    if sender is None:
        _unusable("it has no valid sender; add ?from=signoff@example.com")
    return _Server(parts.hostname, port or _PORTS[tls], tls, sender, user, unquote(parts.password or ""))


def _unusable(reason: str) -> NoReturn:
    # The URL holds a password and is never repeated.
    raise HandlerError("mail_url_unusable", variable=VARIABLE, reason=reason)


def _address(to: Contact) -> Address:
    if not to.mail:
        raise Permanent(f"{to.id} has no mail address")
    found = _parsed(to.mail, one_line(to.name))
    if found is None:
        raise Permanent(f"the mail address of {to.id} is not valid")
    return found


def _parsed(address: str, name: str = "") -> Address | None:
    """One plain address; None for anything that could name a second one, or a header."""
    if (
        not address.isprintable()
        or any(mark in address for mark in ' ,;:<>()[]"\\')
        or address.count("@") != 1
    ):
        return None
    local, _, domain = address.partition("@")
    try:
        return Address(name, local, domain.encode("idna").decode()) if local and domain else None
    except (MessageError, ValueError):
        return None


def _message_id(key: str, domain: str) -> str:
    return f"<{sha256(key.encode()).hexdigest()[:40]}@{domain}>"


@contextmanager
def _mapped() -> Iterator[None]:
    """Failures of the mail server as Retryable (it may pass) or Permanent (it will not)."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        _answered(code, answer, error)
    except smtplib.SMTPResponseException as error:
        _answered(error.smtp_code, error.smtp_error, error)
    except (smtplib.SMTPNotSupportedError, ssl.SSLCertVerificationError, UnicodeError) as error:
        raise Permanent(one_line(str(error), limit=MAX_SUBJECT)) from error
    except (smtplib.SMTPException, OSError) as error:
        raise Retryable(one_line(f"{type(error).__name__}: {error}", limit=MAX_SUBJECT)) from error


def _answered(code: int, answer: bytes | str, error: Exception) -> NoReturn:
    text = str(answer, "utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    said = one_line(f"the mail server answered {code} {text}", limit=MAX_SUBJECT)
    # RFC 5321 §4.2.1: 5yz is a permanent refusal; everything else may pass.
    raise (Permanent(said) if code >= 500 else Retryable(said)) from error
