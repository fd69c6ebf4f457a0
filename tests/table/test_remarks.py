"""Remarks that demand something become parts of the step; every other remark is kept as a note."""

from pathlib import Path

import pytest
import yaml

from signoff.errors import InvalidDefinition
from signoff.notation.yaml import read
from tests.table.rows import english, one, table


@pytest.mark.parametrize(
    ("remark", "entries"),
    [
        ("需管理层签字", [{"by": "管理层", "sign": True}]),
        ("须经财务主管复核", [{"by": "财务主管", "as": "review"}]),
        ("预算表须经财务主管复核", [{"by": "财务主管", "as": "review"}]),
        ("经财务审核后报总经理审批", [{"by": "财务", "as": "review"}, {"by": "总经理"}]),
        ("财务审核、总经理审批", [{"by": "财务", "as": "review"}, {"by": "总经理"}]),
        ("需财务审核，管理层签字", [{"by": "财务", "as": "review"}, {"by": "管理层", "sign": True}]),
        ("由销售、法务会签", [{"by": ["销售", "法务"], "need": "each"}]),
        ("会签：财务、法务", [{"by": ["财务", "法务"], "need": "each"}]),
        ("总监或经理审批", [{"by": ["总监", "经理"]}]),
        ("主管、总监依次审批", [{"by": "主管"}, {"by": "总监"}]),
        ("部门领导逐级审批", [{"by": "部门领导", "need": "all"}]),
        ("提交管理层存档", [{"by": "管理层", "as": "acknowledge"}]),
        ("需各部门负责人签字确认", [{"by": "各部门负责人", "need": "all", "sign": True}]),
        ("需2名评委签字", [{"by": "评委", "need": 2, "sign": True}]),
        ("财务*审核", [{"by": "财务", "as": "review"}]),
        ("经经理审批", [{"by": "经理"}]),
    ],
)  # fmt: skip
def test_a_remark_that_demands_a_decision_is_an_approval(tmp_path: Path, remark: str, entries: list) -> None:
    assert one(tmp_path, remark=remark)["approve"] == entries


@pytest.mark.parametrize(
    ("remark", "entries"),
    [
        ("Needs management's signature", [{"by": "management", "sign": True}]),
        ("Signed by Management", [{"by": "Management", "sign": True}]),
        ("Reviewed by finance", [{"by": "finance", "as": "review"}]),
        ("Finance review; CFO approval", [{"by": "Finance", "as": "review"}, {"by": "CFO"}]),
        ("Countersigned by Legal and Finance", [{"by": ["Legal", "Finance"], "need": "each", "sign": True}]),
        ("Approval by manager or director", [{"by": ["Manager", "director"]}]),
        ("Subject to legal approval", [{"by": "legal"}]),
        ("For the file of management", [{"by": "management", "as": "acknowledge"}]),
        ("Approved by the CFO and the CEO", [{"by": ["CFO", "CEO"], "need": "each"}]),
    ],
)
def test_english_demands_are_approvals_too(tmp_path: Path, remark: str, entries: list) -> None:
    assert english(tmp_path, remark)["approve"] == entries


@pytest.mark.parametrize(
    "remark", ["需签字", "方案审批", "逐级审批", "跨部门会签", "Approval required", "Budget review"]
)
def test_a_demand_that_names_nobody_is_kept_and_reported(tmp_path: Path, remark: str) -> None:
    found = table(tmp_path, ["立项", "经理", "3天内", "《方案》", remark])
    step = yaml.safe_load(found.yaml)["steps"][0]
    assert step["help"] == remark
    assert "approve" not in step
    assert "table_unnamed" in {f.code for f in found.findings}


def test_other_remarks(tmp_path: Path) -> None:
    assert one(tmp_path, remark="抄送法务、财务")["cc"] == ["法务", "财务"]
    assert one(tmp_path, remark="预留10%-15%的应急资金")["checklist"] == ["预留10%-15%的应急资金"]
    assert one(tmp_path, remark="主题简洁，差异化")["help"] == "主题简洁，差异化"
    assert one(tmp_path, remark="3个工作日内", due="")["due"] == "3个工作日内"
    assert one(tmp_path, remark="提前1天完成", due="")["due"] == "活动前1天 不调整"
    assert one(tmp_path, remark="提前1天完成", due="活动前1天")["due"] == "活动前1天 不调整"
    assert one(tmp_path, remark="资料存档")["help"] == "资料存档"
    assert one(tmp_path, remark="需管理层签字后执行")["help"] == "需管理层签字后执行"
    assert english(tmp_path, "cc legal")["cc"] == ["legal"]
    assert english(tmp_path, "Complete 2 days in advance", due="")["due"] == "2 days before event exactly"


def test_sections_belong_to_the_first_document_of_the_row(tmp_path: Path) -> None:
    found = table(tmp_path, ["调研", "市场", "3天内", "《报告》《画像》", "包含竞品分析、用户访谈等"])
    tree = yaml.safe_load(found.yaml)
    assert tree["documents"] == {"报告": {"sections": ["竞品分析", "用户访谈"]}}
    assert "table_is_sections_of_first" in {f.code for f in found.findings}


def test_a_remark_that_contradicts_the_deadline_is_an_error(tmp_path: Path) -> None:
    found = table(tmp_path, ["立项", "经理", "活动前3天", "《方案》", "提前1天完成"])
    assert found.unreadable == 1
    assert "table_due_twice" in {f.code for f in found.findings}


def test_deadlines_that_go_backwards_are_kept_and_reported(tmp_path: Path) -> None:
    found = table(
        tmp_path, ["甲", "经理", "活动前3天", "《一》", ""], ["乙", "经理", "活动前9天", "《二》", ""]
    )
    assert [step["due"] for step in yaml.safe_load(found.yaml)["steps"]] == ["活动前3天", "活动前9天"]
    (said,) = (f for f in found.findings if f.code == "table_due_backwards")
    assert (said.cell.text, said.verdict) == ("乙", "unreadable")
    assert found.unreadable == 1
    with pytest.raises(InvalidDefinition) as caught:
        read(found.yaml)
    assert {problem.code for problem in caught.value.problems} == {"P05"}


def test_neighbouring_rows_may_run_side_by_side(tmp_path: Path) -> None:
    rows = [
        ["甲", "经理", "3天内", "《一》", ""],
        ["乙", "财务", "3天内", "《二》", "与第1行并行"],
        ["丙", "经理", "3天内", "", "与第1行并行"],
    ]
    found = table(
        tmp_path,
        *rows,
        ["丁", "经理", "9天内", "", "与第1行并行"],
        ["戊", "经理", "9天内", "", "与第9行并行"],
    )
    block, last = yaml.safe_load(found.yaml)["steps"]
    assert [branch["steps"][0]["step"] for branch in block["branches"]] == ["甲", "乙", "丙", "丁"]
    assert last["help"] == "与第9行并行"
    assert "table_not_beside" in {f.code for f in found.findings}
    read(found.yaml)


def test_online_and_offline_remarks_are_items_by_mode(tmp_path: Path) -> None:
    step = one(tmp_path, remark="线上：明确平台规则；线下：规划场地布局")
    assert step["checklist"] == [
        {"item": "明确平台规则", "if": "mode != 'offline'"},
        {"item": "规划场地布局", "if": "mode != 'online'"},
    ]


def test_a_signature_without_a_document_binds_what_the_process_was_started_with(tmp_path: Path) -> None:
    assert one(tmp_path, remark="需管理层签字", documents="")["binds"] == ["title", "event_start"]
