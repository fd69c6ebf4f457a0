"""What tables from real desks hold: stages called 活动前, rows that others count back from, demands with conditions."""

from pathlib import Path

import pytest
import yaml

from signoff.notation.yaml import read
from tests.table.rows import ENGLISH, one, table


def test_a_stage_called_before_the_event_leaves_the_event_its_word(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        ["入职前", "准备工位", "行政", "入职前15天", "《工位清单》", ""],
        ["入职后", "转正评估", "上级", "入职后3个月", "《评估表》", ""],
        head=["阶段", "环节", "负责人", "时间节点", "输出成果", "备注"],
    )
    assert found.unreadable == 0
    read(found.yaml)


def test_a_row_that_earlier_rows_count_back_from_is_a_date(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        ["备课", "讲师", "首课前40天至首课前30天", "《大纲》", ""],
        ["首课", "讲师", "首课当天 9:00", "《签到表》", ""],
        ["评估", "经理", "首课后5个工作日内", "《报告》", ""],
    )
    assert found.unreadable == 0
    read(found.yaml)
    tree = yaml.safe_load(found.yaml)
    assert tree["dates"] == {"首课": {"day": "首课_date"}}
    assert [step["step"] for step in tree["steps"]] == ["备课", "首课-2", "评估"]


def test_a_row_that_later_rows_count_from_stays_a_step(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        ["询价", "采购员", "3天内", "《记录》", ""],
        ["签订", "采购员", "询价后2天", "《合同》", ""],
    )
    read(found.yaml)
    assert "dates" not in yaml.safe_load(found.yaml)


@pytest.mark.parametrize(
    "text", ["会前15天", "会议前15天", "开会前15天", "体检日前45天", "开班前20天", "到货后2天"]
)
def test_the_usual_dates_are_known(tmp_path: Path, text: str) -> None:
    assert "unreadable" not in one(tmp_path, due=text)["due"]


def test_the_meeting_goes_by_several_words_in_one_table(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        ["通知", "办公室", "会前15天", "《通知》", ""],
        ["召开", "办公室", "会议当天", "《记录》", ""],
        ["印发", "办公室", "会后3个工作日内", "《纪要》", ""],
    )
    assert found.unreadable == 0
    read(found.yaml)


def test_the_end_of_another_word_is_no_meeting(tmp_path: Path) -> None:
    found = table(tmp_path, ["通知", "办公室", "董事会后3天", "《通知》", ""])
    assert found.unreadable == 1


@pytest.mark.parametrize(
    "remark", ["超过5万元需总经理审批", "金额1万元以上须经总经理审批", "必要时由法务审核"]
)
def test_the_condition_of_a_demand_is_not_lost(tmp_path: Path, remark: str) -> None:
    found = table(tmp_path, ["立项", "经理", "3天内", "《方案》", remark])
    assert remark in yaml.safe_load(found.yaml)["steps"][0]["help"]
    assert any(
        each.code in ("table_rest", "table_kept") and remark in each.cell.text for each in found.findings
    )


@pytest.mark.parametrize("remark", ["需本人签字", "由双方签字"])
def test_nobody_in_particular_is_no_role(tmp_path: Path, remark: str) -> None:
    assert "approve" not in one(tmp_path, remark=remark)


@pytest.mark.parametrize("remark", ["需总监批准或总经理批准", "总监批准 或 总经理批准"])
def test_either_of_two_may_be_said_with_the_verb_twice(tmp_path: Path, remark: str) -> None:
    assert one(tmp_path, remark=remark)["approve"] == [{"by": ["总监", "总经理"]}]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("within 5 working days after the move", "5 working days after move"),
        ("within 2 weeks of the launch", "2 weeks after launch"),
    ],
)
def test_within_a_time_after_a_date(tmp_path: Path, text: str, due: str) -> None:
    found = table(tmp_path, ["Close", "Manager", text, "Plan", ""], head=ENGLISH)
    assert yaml.safe_load(found.yaml)["steps"][0]["due"] == due


def test_the_person_in_charge_owns_and_a_vp_signs(tmp_path: Path) -> None:
    head = ["Step", "Person in charge", "Due date", "Documents", "Remark"]
    row = ["Ship", "PM", "9 days before launch", "Plan", "Needs sign-off from VP Engineering"]
    step = yaml.safe_load(table(tmp_path, row, head=head).yaml)["steps"][0]
    assert step["owner"] == "PM"
    assert step["approve"] == [{"by": "VP-Engineering", "sign": True}]


def test_the_day_itself_is_that_of_the_only_date(tmp_path: Path) -> None:
    rows = (
        ["Order", "Manager", "9 days before move", "Plan", ""],
        ["Move", "Manager", "On the day", "Log", ""],
    )
    found = table(tmp_path, *rows, head=ENGLISH)
    assert found.unreadable == 0
    read(found.yaml)


@pytest.mark.parametrize("remark", ["无", "—", "/"])
def test_a_dash_is_no_note(tmp_path: Path, remark: str) -> None:
    assert "help" not in one(tmp_path, remark=remark)


def test_every_finding_is_a_sentence_in_both_languages(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        ["布置", "办公室", "会前1天", "《布置图》", "部门领导逐级审批"],
        ["材料", "办公室", "会前3天", "《汇编》", "由双方签字"],
    )
    for finding in found.findings:
        for lang in ("zh", "en"):
            assert not finding.sentence(lang).startswith(finding.code), finding.code
