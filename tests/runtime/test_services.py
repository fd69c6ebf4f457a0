"""The channel of Apprise: what it hands over, what it does when a service fails, and that it says what is missing."""

import sys
from types import ModuleType
from typing import Any

import pytest

from signoff.errors import HandlerError, Retryable
from signoff.runtime.channels import Notice
from signoff.runtime.contact import Contact
from signoff.runtime.services import AppriseChannel

NOTICE = Notice("i-1/n4/wang/apprise", Contact("wang", "王芳"), "请审批", "正文", kind="gate")


class Client:
    """What Apprise's own class promises: add() and notify() answer whether it went well."""

    sent: list[dict[str, str]]
    takes = True

    def __init__(self) -> None:
        Client.sent = []

    def add(self, url: str) -> bool:
        return url.startswith("dingtalk://")

    def notify(self, **said: str) -> bool:
        Client.sent.append(said)
        return Client.takes


@pytest.fixture
def apprise(monkeypatch: pytest.MonkeyPatch) -> type[Client]:
    module: Any = ModuleType("apprise")
    module.Apprise = Client
    monkeypatch.setitem(sys.modules, "apprise", module)
    monkeypatch.setattr(Client, "takes", True)
    return Client


def test_a_notice_says_for_whom_it_is_and_its_id(apprise: type[Client]) -> None:
    AppriseChannel("dingtalk://a dingtalk://b").send(NOTICE)
    (said,) = apprise.sent
    assert said["title"] == "王芳: 请审批"
    assert said["body"] == "正文\n[i-1/n4/wang/apprise]"


def test_a_service_that_does_not_take_it_is_tried_again(apprise: type[Client]) -> None:
    channel = AppriseChannel("dingtalk://a")
    apprise.takes = False
    with pytest.raises(Retryable):
        channel.send(NOTICE)


@pytest.mark.usefixtures("apprise")
@pytest.mark.parametrize("urls", ["", "nonsense://secret-token", "dingtalk://a nonsense://secret-token"])
def test_a_url_that_is_none_is_refused_without_being_repeated(urls: str) -> None:
    with pytest.raises(HandlerError) as refused:
        AppriseChannel(urls)
    assert refused.value.code == "apprise_url"
    assert "secret-token" not in str(refused.value)


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(HandlerError) as refused:
        AppriseChannel("dingtalk://a")
    assert refused.value.code == "apprise_missing"
