"""Channels hand notices over once or say why not; nothing in a notice can forge a header or a line."""

import json
import logging
import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from signoff.errors import HandlerError, Permanent, Retryable
from signoff.runtime.channels import Channel, LogChannel, MailChannel, Notice, channels_from
from signoff.runtime.clock import VirtualClock
from signoff.runtime.contact import Contact
from signoff.runtime.log import JsonFormatter

CHEN = Contact("chen", "陈 总", "chen@example.com", "zh")
HOSTILE = 'a\r\nBcc: all@example.com\n\nb\u202ec\x1b[2J\u2028d"}\x00\x85e'


def notice(**other: Any) -> Notice:
    given = {"id": "i1:n7", "to": CHEN, "subject": "【待审批】确认活动目标", "text": "请审批。\n第二行\n"}
    return Notice(**{**given, "instance": "i1", "task": "i1:g5", "kind": "gate", **other})


class _Post:
    """Takes mail, or answers as it is told to."""

    def __init__(self) -> None:
        self.taken: list[tuple[list[str], EmailMessage]] = []
        self.at_recipient = self.at_data = "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802 - the name is aiosmtpd's
        if self.at_recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.at_recipient

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the name is aiosmtpd's
        self.taken.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return self.at_data


class _Server(Controller):
    """On a free port of the loopback."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _authenticated(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"sign:off", b"p@ss/word")
    return AuthResult(success=right, handled=False)


@pytest.fixture
def post() -> _Post:
    return _Post()


@pytest.fixture
def server(post: _Post) -> Iterator[_Server]:
    running = _Server(
        post,
        hostname="127.0.0.1",
        port=0,
        authenticator=_authenticated,
        auth_require_tls=False,
        enable_SMTPUTF8=True,
    )
    running.start()
    yield running
    running.stop()


@pytest.fixture
def mail(server: _Server) -> MailChannel:
    url = f"smtp://127.0.0.1:{server.port}?from=signoff@example.com"
    return MailChannel(url, clock=VirtualClock("2027-01-01T08:00Z"))


def test_a_mail_arrives_whole_in_chinese(mail: MailChannel, post: _Post) -> None:
    mail.send(notice())
    ((to, got),) = post.taken
    assert to == ["chen@example.com"]
    assert got["Subject"] == "【待审批】确认活动目标"
    assert got["To"] == "陈 总 <chen@example.com>"
    assert got["From"] == "signoff@example.com"
    assert got["Date"] == "Fri, 01 Jan 2027 08:00:00 +0000"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got.get_content().splitlines() == ["请审批。", "第二行"]


def test_the_message_id_is_that_of_the_notice_however_often_it_is_sent(
    mail: MailChannel, post: _Post
) -> None:
    """approvals §3.27: at least once, with a stable id."""
    mail.send(notice())
    mail.send(notice())
    mail.send(notice(id="i1:n8"))
    first, second, other = (got for _, got in post.taken)
    assert first["Message-ID"] == second["Message-ID"] != other["Message-ID"]
    assert first["References"] == other["References"]


def test_nothing_in_a_notice_becomes_a_header_or_a_recipient(mail: MailChannel, post: _Post) -> None:
    hostile = Contact("x", HOSTILE, "chen@example.com")
    mail.send(notice(id=HOSTILE, to=hostile, subject=HOSTILE * 20, text=HOSTILE, instance=HOSTILE))
    ((to, got),) = post.taken
    assert to == ["chen@example.com"]
    assert got["Bcc"] is None
    assert got["Subject"].startswith("a Bcc: all@example.com b\\u202ec\\u001b[2J")
    assert len(got["Subject"]) < 220
    assert "Message-ID" in got


@pytest.mark.parametrize(
    "address",
    [
        "",
        "chen",
        "a@b@example.com",
        "a@example.com, b@example.com",
        "a@example.com\r\nBcc: b@example.com",
        "A <a@example.com>",
        "@example.com",
        "a@",
        "a@" + "x" * 70 + ".com",
        "a;b@example.com",
        "a\u202e@example.com",
    ],
)
def test_an_address_that_is_not_one_address_is_refused_for_good(
    mail: MailChannel, post: _Post, address: str
) -> None:
    with pytest.raises(Permanent):
        mail.send(notice(to=Contact("x", "X", address)))
    assert post.taken == []


def test_a_chinese_mail_domain_is_written_for_the_wire(mail: MailChannel, post: _Post) -> None:
    mail.send(notice(to=Contact("x", "X", "chen@例子.cn")))
    assert post.taken[0][0] == ["chen@xn--fsqu00a.cn"]


@pytest.mark.parametrize(("answer", "kind"), [("450 later", Retryable), ("550 no such user", Permanent)])
def test_what_the_server_says_of_the_recipient_decides_on_a_retry(
    mail: MailChannel, post: _Post, answer: str, kind: type[HandlerError]
) -> None:
    post.at_recipient = answer
    with pytest.raises(kind, match=answer):
        mail.send(notice())


@pytest.mark.parametrize(("answer", "kind"), [("451 disk full", Retryable), ("554 rejected", Permanent)])
def test_what_the_server_says_of_the_mail_decides_on_a_retry(
    mail: MailChannel, post: _Post, answer: str, kind: type[HandlerError]
) -> None:
    post.at_data = answer
    with pytest.raises(kind, match=answer):
        mail.send(notice())


def test_no_server_and_a_silent_one_are_worth_a_retry() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(Retryable):
            MailChannel(f"smtp://127.0.0.1:{port}?from=a@example.com", timeout=0.05).send(notice())
    with pytest.raises(Retryable):
        MailChannel(f"smtp://127.0.0.1:{port}?from=a@example.com", timeout=0.05).send(notice())


def test_a_user_logs_in_with_any_characters_in_name_and_password(server: _Server, post: _Post) -> None:
    place = f"127.0.0.1:{server.port}?from=a@example.com&tls=none"
    MailChannel(f"smtp://sign%3Aoff:p%40ss%2Fword@{place}").send(notice())
    assert len(post.taken) == 1
    with pytest.raises(Permanent):
        MailChannel(f"smtp://sign%3Aoff:wrong@{place}").send(notice())


def test_a_password_never_goes_to_a_server_without_encryption_unasked(server: _Server, post: _Post) -> None:
    with pytest.raises(Permanent, match="STARTTLS"):
        MailChannel(f"smtp://u:canary@127.0.0.1:{server.port}?from=a@example.com").send(notice())
    assert post.taken == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.com",
        "http://u:canary@example.com?from=a@example.com",
        "smtp://u:canary@example.com",
        "smtp://u:canary@example.com:port?from=a@example.com",
        "smtp://u:canary@example.com?from=nobody",
        "smtp://u:canary@example.com?from=a@example.com&tls=maybe",
        "smtp://u:canary@example.com?from=a@example.com&tsl=none",
        "smtps://u:canary@example.com?from=a@example.com&tls=none",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_its_password(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SIGNOFF_SMTP", raising=False)
    with pytest.raises(HandlerError) as refused:
        MailChannel(url)
    assert refused.value.code == "mail_url_unusable"
    assert "canary" not in repr(refused.value) + str(refused.value)


def test_the_url_may_stand_in_the_environment(
    server: _Server, post: _Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNOFF_SMTP", f"smtp://127.0.0.1:{server.port}?from=a@example.com")
    MailChannel().send(notice())
    assert len(post.taken) == 1


def test_a_password_is_not_shown_by_the_channel() -> None:
    channel = MailChannel("smtp://u:canary@example.com?from=a@example.com")
    assert "canary" not in repr(vars(channel))


def test_the_log_gets_one_line_of_json_whatever_stands_in_a_notice(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "signoff.notices"):
        LogChannel().send(notice(subject=HOSTILE, text=HOSTILE))
    (line,) = caplog.messages
    assert len(line.splitlines()) == 1
    assert line.isprintable()
    told = json.loads(line)
    assert (told["notice"], told["to"], told["subject"]) == ("i1:n7", "chen", HOSTILE)


def _raise(text: str) -> None:
    raise ValueError(text)


def test_log_records_are_one_line_of_json_with_their_trace() -> None:
    with pytest.raises(ValueError, match="Bcc") as raised:
        _raise(HOSTILE)
    trace = (raised.type, raised.value, raised.tb)
    record = logging.LogRecord("signoff.x", logging.ERROR, "x.py", 1, "what: %s", (HOSTILE,), trace)
    record.facts = {"instance": "i1", "half": "\ud800"}
    line = JsonFormatter().format(record)
    assert line.isprintable()
    told = json.loads(line)
    assert (told["level"], told["logger"], told["instance"]) == ("error", "signoff.x", "i1")
    assert HOSTILE in told["message"]
    assert "Traceback" in told["error"]


def test_channels_are_loaded_by_the_names_that_are_set() -> None:
    log, mail = channels_from({"log": "", "mail": "smtp://localhost?from=a@example.com"})
    assert isinstance(log, LogChannel)
    assert isinstance(mail, MailChannel)
    assert all(isinstance(channel, Channel) for channel in (log, mail))
    with pytest.raises(HandlerError, match="did you mean `mail`"):
        channels_from({"mial": ""})
