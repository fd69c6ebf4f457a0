"""The same table means the same, whichever file it stands in."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from signoff.errors import UnreadableTable
from signoff.notation.table import lines
from signoff.notation.table.importer import Imported, import_table
from tests.table.make import SEED, SEED_TEXT, csv_text, docx, markdown, write, xlsx

ENGLISH = [
    ["Phase", "Step", "Owner", "Deadline", "Deliverable", "Remarks"],
    [
        "Preparation",
        "Confirm goals",
        "Manager",
        "30 days before event",
        "Goal sheet",
        "Needs management's signature",
    ],
    [
        "",
        "Market research",
        "Market Researcher",
        "25 days before event",
        "Research report, Personas",
        "Includes competitor analysis",
    ],
    ["Planning", "Draft budget", "Finance", "20 days before event", "Budget draft", "Reserve contingency"],
]


def read(path: Path) -> dict:
    return yaml.safe_load(import_table(path).yaml)


def steps(tree: dict) -> list[dict]:
    return [step for stage in tree["steps"] for step in stage.get("steps", [stage])]


@pytest.fixture
def forms(tmp_path: Path) -> dict[str, Path]:
    """The seed's table in every format, each file called the same."""
    return {
        "docx": docx(tmp_path / "seed.docx", SEED),
        "xlsx": xlsx(tmp_path / "seed.xlsx", SEED),
        "csv": write(tmp_path / "seed.csv", csv_text(SEED)),
        "md": write(tmp_path / "seed.md", markdown(SEED)),
        "txt": write(tmp_path / "seed.txt", SEED_TEXT),
    }


def test_the_five_formats_give_one_definition(forms: dict[str, Path]) -> None:
    found = {name: read(path) for name, path in forms.items()}
    assert all(tree == found["docx"] for tree in found.values())


def test_the_first_five_rows_come_out_as_the_source_has_them(forms: dict[str, Path]) -> None:
    tree = read(forms["txt"])
    rows = steps(tree)
    assert [row["owner"] for row in rows] == ["经理", "市场专员", "财务", "经理", "策划组"]
    assert [row["due"] for row in rows] == [f"活动前{n}天" for n in (30, 25, 20, 18, 15)]
    assert [row["delivers"] for row in rows] == [
        ["活动目标确认书"],
        ["市场调研报告", "用户画像"],
        ["初步预算表"],
        ["专项小组分工表"],
        ["活动主题方案", "创意KV设计稿"],
    ]
    assert [row.get("approve") for row in rows] == [[{"by": "管理层", "sign": True}], None, None, None, None]
    assert [row["ref"] for row in rows] == [f"第 {n} 行" for n in range(1, 6)]
    assert [stage["stage"] for stage in tree["steps"]] == ["筹备阶段", "策划阶段"]
    assert tree["documents"] == {"市场调研报告": {"sections": ["竞品分析"]}}
    assert tree["name"] == "企业营销活动策划通用流程表"
    assert tree["roles"]["市场专员"] == {"group": "市场专员"}
    assert "help" not in rows[4]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk", "utf-32"]
)
def test_csv_is_read_in_the_encodings_office_programs_write(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path / "t.csv", csv_text(SEED), encoding)
    assert [row["owner"] for row in steps(read(path))] == ["经理", "市场专员", "财务", "经理", "策划组"]


def test_big5_is_recognised_by_its_headings(tmp_path: Path) -> None:
    rows = [["階段", "任務", "負責人", "時間"], ["籌備", "開始", "經理", "3天內"]]
    found = import_table(write(tmp_path / "t.csv", csv_text(rows, title=""), "big5"))
    assert found.encoding == "big5"
    assert steps(yaml.safe_load(found.yaml))[0]["step"] == "開始"


def test_an_encoding_can_be_forced(tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", csv_text(SEED), "gb18030")
    assert import_table(path, encoding="gb18030").encoding == "gb18030"
    with pytest.raises(UnreadableTable) as caught:
        import_table(path, encoding="utf-8")
    assert caught.value.code == "table_encoding_wrong"
    with pytest.raises(UnreadableTable) as caught:
        import_table(path, encoding="klingon")
    assert caught.value.code == "table_encoding_unheard"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_found(tmp_path: Path, separator: str) -> None:
    assert len(steps(read(write(tmp_path / "t.csv", csv_text(SEED, separator=separator))))) == 5


def test_the_columns_may_stand_in_any_order(tmp_path: Path) -> None:
    order = [3, 5, 1, 0, 4, 2]
    filled = [row[:] for row in SEED]
    for row in filled[2:5]:
        row[0] = "筹备阶段"
    turned = [[row[c] for c in order] for row in filled]
    straight = read(write(tmp_path / "t.csv", csv_text(filled)))
    assert read(write(tmp_path / "t.md", markdown(turned))) == straight
    assert read(docx(tmp_path / "t.docx", turned, merge=False)) == straight


@pytest.mark.parametrize(
    "headings",
    [
        ["阶段", "环节", "责任人", "完成时间", "交付物", "要求"],
        ["所属阶段", "步骤", "责任部门", "期限", "成果", "说明"],
        ["流程阶段", "工作内容", "主责", "截止时间", "产出", "审批要求"],
        ["Phase", "Task", "Responsible", "Due date", "Output", "Notes"],
        ["Stage", "Activity", "Owner", "When", "Document", "Requirements"],
        ["阶 段", "任务（必填）", "主要负责人：", "时间", "输出成果/交付物", "备 注"],
        [
            "阶段/Phase",
            "关键环节/Step",
            "负责人/Owner",
            "时间节点/Deadline",
            "输出成果/Output",
            "备注/Remark",
        ],
    ],
)
def test_headings_are_recognised_by_their_usual_synonyms(tmp_path: Path, headings: list[str]) -> None:
    tree = read(write(tmp_path / "t.csv", csv_text([headings, *SEED[1:]])))
    first = steps(tree)[0]
    assert (first["step"], first["owner"], first["due"]) == ("需求发起与目标确认", "经理", "活动前30天")
    assert first["delivers"] == ["活动目标确认书"]
    assert first["approve"] == [{"by": "管理层", "sign": True}]
    assert tree["steps"][0]["stage"] == "筹备阶段"


def test_an_english_table_is_written_in_english(tmp_path: Path) -> None:
    found = import_table(write(tmp_path / "campaign.csv", csv_text(ENGLISH, title="Campaign process")))
    tree = yaml.safe_load(found.yaml)
    first, second, third = steps(tree)
    assert tree["lang"] == "en"
    assert (first["step"], first["name"], first["ref"]) == ("Confirm-goals", "Confirm goals", "row 1")
    assert first["due"] == "30 days before event"
    assert first["approve"] == [{"by": "management", "sign": True}]
    assert second["delivers"] == ["Research-report", "Personas"]
    assert tree["documents"]["Research-report"] == {
        "name": "Research report",
        "sections": ["competitor analysis"],
    }
    assert third["checklist"] == ["Reserve contingency"]
    assert found.unreadable == 0


OFFICE = [
    ["#", "Task", "Responsible Party", "Start Date", "Due Date", "Deliverables", "Approver", "Comments"],
    ["1", "1. Kick-off meeting", "Project Manager", "", "T-30", "Minutes", "", "cc Sales"],
    ["2", "Draft contract", "Legal / Procurement", "", "within 5 business days", "Contract; Risk log", "CFO, CEO", "Reviewed by Finance"],
    ["3", "Venue set-up", "Operations Team", "3 days before the event", "1 day prior to the event", "-", "n/a", ""],
    ["4", "Daily stand-up", "Operations Team", "", "Daily during event", "", "", ""],
    ["5", "Debrief", "Project Manager", "", "3 days after the event ends", "Report", "", "For management's information"],
]  # fmt: skip


def test_a_table_as_english_offices_write_it(tmp_path: Path) -> None:
    found = import_table(write(tmp_path / "plan.csv", csv_text(OFFICE, title="")))
    tree = yaml.safe_load(found.yaml)
    by_id = {step["step"]: step for step in tree["steps"]}
    assert found.unreadable == 0
    kick_off, contract, venue = (by_id[id_] for id_ in ("Kick-off-meeting", "Draft-contract", "Venue-set-up"))
    assert (kick_off["due"], kick_off["cc"]) == ("T-30", ["Sales"])
    assert contract["owner"] == ["Legal", "Procurement"]
    assert contract["due"] == "within 5 working days"
    assert contract["approve"] == [{"by": ["CFO", "CEO"], "need": "each"}, {"by": "Finance", "as": "review"}]
    assert (venue["opens"], venue["due"]) == ("3 days before event", "1 day before event")
    assert "delivers" not in venue
    (daily,) = tree["upon"]
    assert daily["every"] == "day during event"
    assert [step["step"] for step in daily["steps"]] == ["Daily-stand-up"]
    assert by_id["Debrief"]["approve"] == [{"by": "management", "as": "acknowledge"}]
    assert tree["dates"]["event"]["also"] == ["T"]


def test_several_tables_of_one_document_are_one_process(tmp_path: Path) -> None:
    first, second = SEED[:4], [SEED[0], *SEED[4:]]
    second = [second[0], ["筹备阶段", *second[1][1:]], second[2]]
    two = read(docx(tmp_path / "seed.docx", first, second))
    assert two == read(docx(tmp_path / "seed2.docx", SEED)) | {"process": "seed"}
    assert read(xlsx(tmp_path / "seed.xlsx", first, second)) == two


def test_a_heading_that_is_repeated_is_no_row(tmp_path: Path) -> None:
    again = [*SEED[:3], SEED[0], *SEED[3:]]
    assert len(steps(read(write(tmp_path / "t.csv", csv_text(again))))) == 5


def test_other_tables_of_the_document_are_left_out_and_reported(tmp_path: Path) -> None:
    other = [["版本", "修订人"], ["1.0", "张三"]]
    found = import_table(docx(tmp_path / "t.docx", other, SEED, merge=False))
    assert len(steps(yaml.safe_load(found.yaml))) == 5
    assert {f.cell.text for f in found.findings if f.code == "table_outside"} == {
        "版本",
        "修订人",
        "1.0",
        "张三",
    }


def test_notes_and_title_rows_around_the_table_are_kept(tmp_path: Path) -> None:
    rows = [*SEED, ["注：时间以公历计", "", "", "", "", ""]]
    found = import_table(xlsx(tmp_path / "t.xlsx", rows, merge=False))
    tree = yaml.safe_load(found.yaml)
    assert tree["help"] == "注：时间以公历计"
    assert len(steps(tree)) == 5


def test_a_row_over_the_whole_width_is_a_stage(tmp_path: Path) -> None:
    rows = [row[1:] for row in SEED]
    rows.insert(1, ["一、筹备阶段", "", "", "", ""])
    rows.insert(6, ["二、策划阶段", "", "", "", ""])
    tree = read(write(tmp_path / "t.csv", csv_text(rows)))
    assert [stage["stage"] for stage in tree["steps"]] == ["筹备阶段", "策划阶段"]
    assert len(steps(tree)) == 5


def test_a_table_without_stages_is_a_plain_list_of_steps(tmp_path: Path) -> None:
    tree = read(write(tmp_path / "t.csv", csv_text([row[1:] for row in SEED])))
    assert [step["step"] for step in tree["steps"]][:2] == ["需求发起与目标确认", "市场与用户调研"]


def test_a_step_merged_over_rows_is_one_step_with_all_they_say(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for row in (
        ["环节", "负责人", "时间", "成果"],
        ["调研", "市场", "活动前9天", "《报告》"],
        [None, "产品", None, "《画像》"],
    ):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    book.active.merge_cells("C2:C3")
    book.save(tmp_path / "t.xlsx")
    (step,) = read(tmp_path / "t.xlsx")["steps"]
    assert step["owner"] == ["市场", "产品"]
    assert step["delivers"] == ["报告", "画像"]
    assert step["due"] == "活动前9天"


def test_numbers_and_dates_of_a_sheet_are_read_as_they_are_shown(tmp_path: Path) -> None:
    import datetime as dt

    import openpyxl

    book = openpyxl.Workbook()
    for row in (
        ["序号", "环节", "负责人", "时间", "备注"],
        [1, "立项", "经理", dt.date(2026, 10, 15), 0.3],
    ):
        book.active.append(row)
    book.active["E2"].number_format = "0%"
    book.save(tmp_path / "t.xlsx")
    found = import_table(tmp_path / "t.xlsx")
    assert found.unreadable == 1
    assert {f.cell.text for f in found.findings} >= {"1", "2026-10-15", "30%"}


def test_text_that_was_deleted_under_change_tracking_is_not_read(tmp_path: Path) -> None:
    import docx as word

    path = docx(tmp_path / "t.docx", SEED)
    document = word.Document(str(path))
    paragraph = document.tables[0].cell(1, 2).paragraphs[0]
    xml = '<w:del xmlns:w="%s"><w:r><w:delText>总监</w:delText></w:r></w:del>'
    from lxml import etree

    paragraph._p.append(etree.fromstring(xml % paragraph._p.nsmap["w"]))
    insert = '<w:ins xmlns:w="%s"><w:r><w:t>助理</w:t></w:r></w:ins>'
    paragraph._p.append(etree.fromstring(insert % paragraph._p.nsmap["w"]))
    document.save(str(path))
    assert steps(read(path))[0]["owner"] == "经理助理"


def test_a_tab_separated_text_is_a_table_too(tmp_path: Path) -> None:
    text = "\n".join("\t".join(row) for row in SEED)
    assert len(steps(read(write(tmp_path / "t.txt", text)))) == 5


def test_a_title_and_numbers_do_not_change_what_a_row_is_called(tmp_path: Path) -> None:
    rows = [
        ["序号", "步骤", "负责人", "时间"],
        ["1", "1.1 立项", "经理", "3天内"],
        ["2", "（二）3D建模", "设计", "5天内"],
        ["", "", "", ""],
    ]
    tree = read(write(tmp_path / "t.csv", csv_text(rows)))
    assert [(s["step"], s.get("name")) for s in tree["steps"]] == [("立项", None), ("n3D建模", "3D建模")]


def imported(tmp_path: Path, rows: list[list[str]]) -> Imported:
    return import_table(write(tmp_path / "t.csv", csv_text(rows, title="")))


def test_every_cell_with_text_is_reported(tmp_path: Path) -> None:
    found = imported(tmp_path, SEED)
    cells = {cell for row in SEED for cell in row if cell}
    assert {finding.cell.text for finding in found.findings} == cells
    assert all(finding.sentence("zh") and finding.sentence("en") for finding in found.findings)


LINES = st.lists(
    st.tuples(
        st.sampled_from(["", "筹备阶段", "执行阶段", "复盘阶段"]),
        st.sampled_from(["市场调研", "预算初定", "团队组建", "主题设计", "活动落地", "会议与总结"]),
        st.sampled_from(["经理", "市场专员*", "财务*", "策划组", "总负责人"]),
        st.sampled_from(["活动前30天", "3个工作日内", "活动当天", "每日", "活动后5天"]),
        st.sampled_from(["《报告》", "《甲》《乙》"]),
        st.sampled_from(["", "需管理层签字", "包含竞品分析", "明确各组职责"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=40, deadline=None)
@given(LINES, st.permutations(range(6)))
def test_law_one_cell_per_line_gives_the_rows_back(rows: list[tuple[str, ...]], turned: list[int]) -> None:
    """Merged stages and blank remarks leave no line behind, in whatever order the columns stand."""
    if turned[0] == 5 or turned[-1] == 0:
        turned = list(range(6))  # a blank cell between two rows could belong to either
    table = [[row[c] for c in turned] for row in [tuple(SEED[0]), *rows]]
    (grid,) = lines.read("\n".join(cell for row in table for cell in row if cell), "t.txt")
    assert [[cell.text for cell in row] for row in grid.rows] == table
