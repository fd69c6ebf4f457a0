"""What a cell means: deadlines, owners, documents and remarks, in Chinese and English."""

from pathlib import Path

import pytest
import yaml

from signoff.errors import InvalidDefinition
from signoff.notation.table.finding import Verdict
from signoff.notation.table.importer import import_table
from signoff.notation.table.name import identifier, unnumbered
from signoff.notation.yaml import read
from tests.table.make import docx
from tests.table.rows import ENGLISH, HEAD, english, one, table
from tests.table.test_reading import OFFICE
from tests.table.test_reading import steps as all_steps


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("活动前30天", "活动前30天"),
        (" 活动前３０天 ", "活动前３０天"),
        ("最迟活动前20天完成", "活动前20天"),
        ("活动前30天之前", "活动前30天"),
        ("（活动前5个工作日）", "活动前5个工作日"),
        ("活动举办前10天", "活动前10天"),
        ("活动当天", "活动当天"),
        ("活动日", "活动当天"),
        ("活动结束后3个工作日内", "活动结束后3个工作日内"),
        ("3个工作日内完成", "3个工作日内"),
        ("T-30", "T-30"),
        ("D-3", "D-3"),
        ("上市前2周", "上市前2周"),
        ("提前3天", None),
    ],
)  # fmt: skip
def test_a_deadline_keeps_its_words_where_they_are_a_phrase(
    tmp_path: Path, text: str, due: str | None
) -> None:
    assert one(tmp_path, due=text)["due"] == (due or text)


@pytest.mark.parametrize(
    ("text", "opens", "due"),
    [
        ("活动前7天起至活动前1天", "活动前7天", "活动前1天"),
        ("活动前7天至前1天", "活动前7天", "活动前1天"),
        ("活动前7-1天", "活动前7天", "活动前1天"),
        ("活动前1–4周", "活动前4周", "活动前1周"),
        ("T-7 ~ T-1", "T-7", "T-1"),
        ("从活动当天到活动后2天", "活动当天", "活动后2天"),
    ],
)  # fmt: skip
def test_a_range_opens_and_is_due(tmp_path: Path, text: str, opens: str, due: str) -> None:
    found = one(tmp_path, due=text)
    assert (found["opens"], found["due"]) == (opens, due)


@pytest.mark.parametrize(
    "text",
    [
        "活动前30天左右", "待定", "TBD", "下周三", "2026-10-15", "活动前半个月", "第1-2周", "3-5个工作日内", "上级批准后3天",
        "尽快", "活动前", "30天", "活动前0天", "春天前3天", "活动前约30天",
    ],
)  # fmt: skip
def test_a_deadline_that_is_not_understood_is_never_guessed(tmp_path: Path, text: str) -> None:
    found = table(tmp_path, ["立项", "经理", text, "《方案》", ""])
    assert found.unreadable == 1
    assert [f.cell.text for f in found.findings if f.verdict is Verdict.UNREADABLE] == [text]
    assert yaml.safe_load(found.yaml)["steps"][0]["due"] == f"unreadable: {text}"
    line = next(n for n, line in enumerate(found.yaml.split("\n"), 1) if "unreadable:" in line)
    with pytest.raises(InvalidDefinition) as caught:
        read(found.yaml)
    assert [(p.code, p.place.line) for p in caught.value.problems if not p.warning] == [("P01", line)]


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("30 days before the event", "30 days before event"),
        ("by T-30 days", "T-30"),
        ("Two weeks prior to the event", "2 weeks before event"),
        ("Event day", "event start"),
        ("Within 3 business days", "within 3 working days"),
        ("no later than 5 days before launch", "5 days before launch"),
        ("3 days after the event ends", "3 days after event end"),
    ],
)
def test_english_deadlines_are_understood(tmp_path: Path, text: str, due: str) -> None:
    assert english(tmp_path, "", due=text)["due"] == due


@pytest.mark.parametrize(
    "text", ["about 2 weeks before event", "ASAP", "Q3", "mid June", "30 days", "2 weeks before things"]
)
def test_english_deadlines_are_never_guessed(tmp_path: Path, text: str) -> None:
    assert table(tmp_path, ["Set up", "Manager", text, "Plan", ""], head=ENGLISH).unreadable == 1


def test_a_deadline_may_count_from_another_row(tmp_path: Path) -> None:
    rows = [
        ["启动会", "经理", "3个工作日内", "《纪要》", ""],
        ["方案", "策划", "启动会完成后5天", "《方案》", ""],
    ]
    found = table(tmp_path, *rows)
    tree = yaml.safe_load(found.yaml)
    assert tree["steps"][1]["due"] == "启动会完成后5天"
    assert "dates" not in tree
    read(found.yaml)


@pytest.mark.parametrize(
    "text", ["每日", "每天17:30", "活动期间每日", "每日（活动期间）", "每周一", "每个工作日"]
)
def test_what_recurs_stands_beside_the_steps_of_its_stage(tmp_path: Path, text: str) -> None:
    head = ["阶段", *HEAD]
    rows = [["执行", "落地", "执行组", "活动当天", "", ""], ["", "短会", "执行组", text, "《纪要》", ""]]
    found = table(tmp_path, *rows, head=head)
    (stage,) = yaml.safe_load(found.yaml)["steps"]
    assert [step["step"] for step in stage["steps"]] == ["落地"]
    assert [step["step"] for step in stage["upon"][0]["steps"]] == ["短会"]
    read(found.yaml)


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("市场专员*", "市场专员"),
        ("张*、李**", ["张", "李"]),
        ("策划组/执行组", ["策划组", "执行组"]),
        ("财务和法务", ["财务", "法务"]),
        ("总负责人（如经理）", "总负责人"),
        ("", "发起人"),
        ("-", "发起人"),
        ("admin", "admin-2"),
    ],
)
def test_owners_are_roles_without_masks(tmp_path: Path, text: str, owners: object) -> None:
    assert one(tmp_path, owner=text)["owner"] == owners


@pytest.mark.parametrize(
    ("text", "documents"),
    [
        ("《A》《B》", ["A", "B"]),
        ("《A》、《B》和《C》", ["A", "B", "C"]),
        ("报告、清单", ["报告", "清单"]),
        ("营销方案（含预算明细表）", ["营销方案"]),
        ("《执行手册V1.0》", ["执行手册V1-0"]),
        ("<报告>", ["报告"]),
        ("无", None),
    ],
)
def test_documents_are_listed_with_and_without_marks(tmp_path: Path, text: str, documents: object) -> None:
    assert one(tmp_path, documents=text).get("delivers") == documents


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("现场/线上活动落地", "现场-线上活动落地"),
        ("3D建模", "n3D建模"),
        ("Kick-off meeting", "Kick-off-meeting"),
        ("  (a) b: c  ", "a-b-c"),
        ("——", ""),
        ("Ｆｕｌｌ", "Full"),
        ("x" * 200, "x" * 80),
        ("😀表", "表"),
    ],
)
def test_an_id_is_the_cells_own_words(text: str, id_: str) -> None:
    assert identifier(text) == id_


@pytest.mark.parametrize(
    "text",
    ["1. 立项", "1.2、立项", "（三）立项", "Step 4: 立项", "三、立项", "① 立项", "步骤二：立项", "1) 立项"],
)
def test_list_numbers_are_no_part_of_a_name(text: str) -> None:
    assert unnumbered(text) == "立项"


def test_rows_with_the_same_words_get_ids_of_their_own(tmp_path: Path) -> None:
    found = table(
        tmp_path,
        ["评审", "经理", "3天内", "", ""],
        ["评审", "经理", "5天内", "", ""],
        ["活动", "经理", "活动前1天", "", ""],
    )
    assert [step["step"] for step in all_steps(yaml.safe_load(found.yaml))] == ["评审", "评审-2", "活动-2"]
    read(found.yaml)


@pytest.mark.parametrize(
    "text",
    [
        "yes",
        "NO",
        "on",
        "true",
        "null",
        "17:30",
        "2026-10-15",
        "1e3",
        "a: b",
        "x #y",
        "[a]",
        "'",
        '"',
        "\\",
        "~",
        "- a",
        "*x",
        "&x",
        "=",
        "\u202e翻",
    ],
)
def test_every_text_is_written_so_that_it_comes_back(tmp_path: Path, text: str) -> None:
    found = table(
        tmp_path, [f"做 {text}", "经理", "3天内", f"《{text}》", text], ["别的", text, "3天内", "", ""]
    )
    tree = yaml.safe_load(found.yaml)
    assert tree["steps"][0].get("name", tree["steps"][0]["step"]).startswith("做")
    assert text in (tree["steps"][0].get("help", ""), *tree["steps"][0].get("checklist", [])) or text == "-"
    read(found.yaml)


FULL = [
    ["阶段", *HEAD],
    ["筹备阶段", "需求发起与目标确认", "经理", "活动前30天", "《活动目标确认书》", "需管理层签字"],
    ["", "市场与用户调研", "市场专员*", "活动前25天", "《市场调研报告》《用户画像》", "包含竞品分析"],
    ["策划阶段", "方案框架与内容细化", "策划组*", "活动前12天", "《活动执行方案》", "执行组、宣传组会签，抄送法务"],
    ["", "预算确认与资源分配", "财务*", "活动前10天", "《正式预算表》", "提交管理层审批"],
    ["", "风险预案制定", "执行组", "活动前8天", "《风险预案》", "与第4行并行；总负责人审核"],
    ["执行阶段", "宣传预热与引流", "宣传组", "活动前7天起至活动前1天", "《宣传排期表》", "多渠道发布，实时跟进"],
    ["", "场地搭建、物料布置", "后勤组/执行组", "活动前1天", "《现场验收清单》", "提前1天完成"],
    ["", "现场/线上活动落地", "总负责人", "活动当天", "《活动执行记录》", "线上：监控数据；线下：签到"],
    ["", "进度监控", "执行组", "每日（活动期间）", "《每日短会纪要》", "同步进展、解决突发"],
    ["收尾阶段", "复盘会议", "总负责人", "活动后5天", "《复盘报告》", "提交管理层存档；包含目标达成情况、改进建议"],
]  # fmt: skip


def test_what_is_written_passes_the_check(tmp_path: Path) -> None:
    for found in (
        import_table(docx(tmp_path / "活动.docx", FULL)),
        table(tmp_path, *OFFICE[1:], head=OFFICE[0]),
    ):
        assert found.unreadable == 0
        assert {problem.code for problem in read(found.yaml).warnings} <= {
            "F06"
        }  # a step that asks for nothing


def test_the_people_file_has_somebody_for_every_role(tmp_path: Path) -> None:
    rows = [
        ["立项", "经理", "3天内", "《方案》", "经理审批；需2名评委签字"],
        ["申请", "申请人", "3天内", "", ""],
    ]
    tree = yaml.safe_load(table(tmp_path, *rows).people)
    assert tree["signoff_people"] == 1
    assert set(tree["groups"]) == {"经理", "评委"}
    groups = [person["groups"] for person in tree["people"].values()]
    assert groups.count(["经理"]) == 2  # nobody approves what he did himself
    assert groups.count(["评委"]) == 2


@pytest.mark.parametrize(
    "due",
    [
        "2027-03-01",
        "2027年3月1日",
        "2027年3月1日前",
        "3月1日",
        "by 2027-03-01",
        "1 March 2027",
        "March 1",
        "3/1/2027",
    ],
)
def test_a_day_of_the_calendar_is_no_deadline_of_a_process_that_runs_again(tmp_path: Path, due: str) -> None:
    found = table(tmp_path, ["立项", "经理", due, "《方案》", ""])
    (said,) = (f for f in found.findings if f.verdict == "unreadable")
    assert said.code == "table_due_is_date"
    assert "30 days before the event" in said.sentence("en")
    assert "活动前30天" in said.sentence("zh")
    assert found.unreadable == 1


@pytest.mark.parametrize(
    ("due", "within", "before"),
    [
        ("3 days", "within 3 days", "3 days before the event"),
        ("2 weeks.", "within 2 weeks", "2 weeks before the event"),
        ("3天", "3天内", "活动前3天"),
        ("5个工作日", "5个工作日内", "活动前5个工作日"),
    ],
)
def test_a_length_alone_is_told_how_it_could_be_meant(
    tmp_path: Path, due: str, within: str, before: str
) -> None:
    found = table(tmp_path, ["立项", "经理", due, "《方案》", ""])
    (said,) = (f for f in found.findings if f.verdict == "unreadable")
    assert said.code == "table_due_is_length"
    assert f"{within}" in said.sentence("en")
    assert before in said.sentence("zh")


@pytest.mark.parametrize("due", ["soon", "待定", "about 3 days", "2027"])
def test_what_says_neither_is_shown_examples(tmp_path: Path, due: str) -> None:
    found = table(tmp_path, ["立项", "经理", due, "《方案》", ""])
    assert [f.code for f in found.findings if f.verdict == "unreadable"] == ["table_not_due"]
