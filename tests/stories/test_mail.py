"""Mail to people, over a real SMTP server: a step opens, and why it waits stands in the text; then it is overdue."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from signoff import Engine, MailChannel, VirtualClock
from tests.cli.conftest import Run
from tests.runtime.test_channels import _Post, _Server

PEOPLE = """signoff_people: 1
groups:
  staff: {name: 市场部}
  bosses: {name: 管理层}
people:
  lin: {name: 林, groups: [staff], mail: lin@example.com, logins: [lin-login]}
  chen: {name: 陈总, groups: [bosses], mail: chen@example.com}
  amy: {name: Amy, groups: [bosses], mail: amy@example.com, lang: en}
"""
CAMPAIGN = """signoff: 1
process: campaign
name: 营销活动
lang: zh
data: {title: text, event: {type: date, name: 活动日}}
dates: {fair: {day: event, name: 活动}}
roles: {staff: {group: staff, name: 市场部}, boss: {group: bosses, name: 管理层}}
start: {by: [staff], form: {fill: [title, event]}}
documents: {目标确认书: {}}
steps:
  - step: 确认活动目标
    owner: staff
    due: 活动前30天
    escalate:
      - {at: 到期, level: L1, notify: [pending, boss]}
    delivers: [目标确认书]
    approve: [{by: boss, need: any}]
"""


@pytest.fixture
def post() -> _Post:
    return _Post()


@pytest.fixture
def office(run: Run, folder: Path, post: _Post, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """A process, people with addresses, and a mail server on the loopback that SIGNOFF_SMTP names."""
    server = _Server(post, hostname="127.0.0.1", port=0, enable_SMTPUTF8=True)
    server.start()
    monkeypatch.setenv("SIGNOFF_SMTP", f"smtp://127.0.0.1:{server.port}?from=signoff@example.com")
    folder.joinpath("people.yaml").write_text(PEOPLE, encoding="utf-8")
    folder.joinpath("campaign.yaml").write_text(CAMPAIGN, encoding="utf-8")
    for verb in (("people", "import", "people.yaml", "--yes"), ("deploy", "campaign.yaml")):
        assert (result := run(*verb)).exit_code == 0, result.output
    yield run
    server.stop()


def posted(run: Run, post: _Post) -> dict[str, EmailMessage]:
    """What the daemon sends now, by its one recipient."""
    post.taken.clear()
    assert (result := run("daemon", "--once")).exit_code == 0, result.output
    return {to[0]: mail for to, mail in post.taken}


def test_a_step_that_opens_is_told_by_mail_with_why_it_waits(office: Run, post: _Post) -> None:
    office("start", "campaign", "--set", "title=夏日狂欢购", "--set", "event=2035-10-15", "--key", "C1")
    mails = posted(office, post)
    assert list(mails) == ["lin@example.com"]
    mail = mails["lin@example.com"]
    assert mail["To"] == "林 <lin@example.com>"
    assert "确认活动目标" in mail["Subject"]
    assert "夏日狂欢购" in mail["Subject"]
    text = mail.get_content()
    assert "缺少文件“目标确认书”" in text
    assert "2035-09-14 18:00" in text
    assert "C1" in text
    assert posted(office, post) == {}, "each is told once"


def test_the_approvers_are_asked_each_in_their_language(office: Run, folder: Path, post: _Post) -> None:
    office("start", "campaign", "--set", "title=夏日狂欢购", "--set", "event=2035-10-15", "--key", "C1")
    folder.joinpath("a.md").write_text("# 目标", encoding="utf-8")
    posted(office, post)
    assert office("submit", "C1/确认活动目标", "--attach", "目标确认书=a.md").exit_code == 0
    mails = posted(office, post)
    assert set(mails) == {"chen@example.com", "amy@example.com"}
    assert "审批" in mails["chen@example.com"]["Subject"]
    assert "管理层" in mails["chen@example.com"].get_content()
    assert "pprov" in mails["amy@example.com"]["Subject"] + mails["amy@example.com"].get_content()


def test_what_is_late_before_it_begins_is_told_once(office: Run, post: _Post) -> None:
    office("start", "campaign", "--set", "title=旧活动", "--set", "event=2021-10-15", "--key", "C0")
    posted(office, post)
    (late,) = [mail for to, mail in post.taken if to[0] == "lin@example.com" and "催办" in mail["Subject"]]
    assert "缺少文件“目标确认书”" in late.get_content()
    assert "2021-09-15 18:00" in late.get_content()


def test_what_becomes_overdue_is_told_to_its_owner_and_to_whom_the_ladder_names(
    office: Run, folder: Path, post: _Post
) -> None:
    clock = VirtualClock("2027-01-04T09:00+08:00")
    engine = Engine("sqlite:///signoff.db", clock=clock, channels=(MailChannel(clock=clock),))
    engine.start("campaign", {"title": "夏日狂欢购", "event": "2027-03-15"}, by="lin", key="C2")
    engine.worker().drain()
    assert len(post.taken) == 1
    clock.set("2027-02-12T18:00+08:00")
    post.taken.clear()
    engine.worker().drain()
    engine.dispose()
    mails = {to[0]: mail for to, mail in post.taken}
    assert set(mails) == {"lin@example.com", "chen@example.com", "amy@example.com"}
    assert "夏日狂欢购" in mails["chen@example.com"]["Subject"]
    text = mails["chen@example.com"].get_content()
    assert "缺少文件“目标确认书”" in text
    assert "2027-02-12 18:00" in text
    assert "林" in text, "whose move it is"
