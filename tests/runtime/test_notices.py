"""Notices say what happened, to whom it falls and why, in the reader's language."""

from datetime import UTC, datetime

import pytest

from signoff.model.definition import Notice
from signoff.model.types import Text
from signoff.runtime.notices import Occasion, check_notice, render, wording
from signoff.runtime.template import check_template

FACTS = {
    "title": "夏日狂欢购",
    "process_key": "MC-2027-01",
    "task": "i1:a5",
    "instance": "i1",
    "step": {"name": "确认活动目标", "due": datetime(2026, 9, 15, 10, tzinfo=UTC), "pending": "陈"},
    "why": ["活动前30天", "逾期2个工作日"],
    "bound": ["活动目标确认书 v2", "预算 5000"],
    "level": "第一级催办",
    "by": "林",
    "note": "请补充预算",
    "problem": "找不到审批人",
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("occasion", Occasion)
def test_the_engines_own_words_are_safe_and_complete_in_both_languages(occasion: Occasion, lang: str) -> None:
    for template in wording(occasion, lang):
        assert check_template(template) == []
    message = render(occasion, FACTS, lang, zone="Asia/Shanghai")
    assert "夏日狂欢购" in message.subject
    assert "\n" not in message.subject
    assert "- 活动前30天\n- 逾期2个工作日\n" in message.text
    assert "\n\n\n" not in message.text
    bare = render(occasion, {}, lang)
    assert "None" not in bare.subject + bare.text


def test_a_gate_says_what_is_decided_on_and_by_when() -> None:
    text = render(Occasion.GATE, FACTS, "zh", zone="Asia/Shanghai").text
    assert "- 活动目标确认书 v2\n- 预算 5000\n" in text
    assert "审批期限：2026-09-15 18:00" in text
    assert "提交人：林" in text


def test_a_rung_says_its_level_and_whose_move_it_is() -> None:
    message = render(Occasion.OVERDUE, FACTS, "zh")
    assert message.subject == "【第一级催办】确认活动目标（夏日狂欢购）"
    assert "现由 陈 处理" in message.text


def test_a_return_and_an_incident_say_what_to_do() -> None:
    assert "请补充预算" in render(Occasion.RETURNED, FACTS, "zh").text
    assert "找不到审批人" in render(Occasion.INCIDENT, FACTS, "zh").text
    assert "retry" in render(Occasion.INCIDENT, FACTS, "en").text


def test_another_language_is_answered_in_english() -> None:
    assert render(Occasion.TASK, FACTS, "fr") == render(Occasion.TASK, FACTS, "en")


def test_a_definitions_own_notice_reads_data_and_the_step() -> None:
    notice = Notice(
        "overdue",
        Text(zh="【逾期】{{ step.name }}"),
        Text(zh="{{ title }}：应于 {{ step.due }} 完成，现由 {{ step.pending }} 处理。{{ amount }}"),
    )
    message = render(notice, {**FACTS, "amount": 5000}, "en", zone="Asia/Shanghai")
    assert message.subject == "【逾期】确认活动目标"
    assert message.text == "夏日狂欢购：应于 2026-09-15 18:00 完成，现由 陈 处理。5,000\n"


def test_a_value_cannot_add_a_line_to_the_subject() -> None:
    notice = Notice("n", Text(zh="{{ title }}"), Text(zh="x"))
    message = render(notice, {"title": "a\r\nBcc: all@example.com\u202e" + "b" * 500}, "zh")
    assert message.subject.startswith("a Bcc: all@example.com\\u202e")
    assert len(message.subject) == 200


def test_text_in_values_is_never_a_template() -> None:
    notice = Notice("n", Text(zh="{{ title }}"), Text(zh="{{ title }}"))
    assert (
        render(notice, {"title": "{{ 7 * 7 }}{% for x in y %}"}, "zh").subject
        == "{{ 7 * 7 }}{% for x in y %}"
    )


def test_a_definitions_notice_is_checked_in_both_languages_before_it_is_deployed() -> None:
    good = Notice("n", Text(zh="{{ title }}{{ step.due }}"), Text(zh="{{ 原因 }}", en="{{ starter.name }}"))
    assert check_notice(good, {"原因"}) == []
    bad = Notice("n", Text(zh="{{ titel }}"), Text(zh="{{ reason }}", en="{{ 2 * 3 }}"))
    assert [problem.code for problem in check_notice(bad, {"reason"}, file="p.yaml")] == [
        "template_unknown_name",
        "template_not_allowed",
    ]
    assert {problem.place.file for problem in check_notice(bad, {"reason"}, file="p.yaml")} == {"p.yaml"}
