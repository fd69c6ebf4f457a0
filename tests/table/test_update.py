"""A table imported again over its file: what changed in the table is applied, what people wrote stays."""

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signoff.errors import UnreadableTable
from signoff.notation.table.importer import Imported, import_table
from signoff.notation.table.update import Updated, update_table
from tests.table.make import SEED, csv_text, write


def table(path: Path, rows: list[list[str]]) -> Imported:
    return import_table(write(path / "seed.csv", csv_text(rows)))


def changed(row: int, column: int, text: str, rows: list[list[str]] | None = None) -> list[list[str]]:
    found = [line[:] for line in rows or SEED]
    found[row][column] = text
    return found


def step(text: str, id_: str) -> dict:
    tree = yaml.safe_load(text)
    return next(s for stage in tree["steps"] for s in stage.get("steps", [stage]) if s["step"] == id_)


@pytest.fixture
def first(tmp_path: Path) -> Imported:
    return table(tmp_path, SEED)


def test_an_unchanged_table_changes_nothing(tmp_path: Path, first: Imported) -> None:
    found = update_table(first.yaml, table(tmp_path, SEED))
    assert found == Updated(first.yaml)


def test_an_untouched_file_becomes_what_a_new_import_writes(tmp_path: Path, first: Imported) -> None:
    rows = changed(2, 3, "活动前24天", changed(3, 2, "财务部", changed(1, 4, "《目标书》《附件》")))
    again = table(tmp_path, rows)
    found = update_table(first.yaml, again)
    assert yaml.safe_load(found.yaml) == yaml.safe_load(again.yaml)
    assert {change.path for change in found.applied} >= {"市场与用户调研.due", "资源评估与预算初定.owner"}
    assert not found.conflicts


def test_hand_edits_and_comments_survive(tmp_path: Path, first: Imported) -> None:
    edited = first.yaml.replace(
        "        owner: 市场专员\n", "        owner: 市场专员   # 王小明\n        help: 先看去年的报告\n"
    ).replace("sign: true}]", "sign: true, need: all}]")
    found = update_table(edited, table(tmp_path, changed(2, 3, "活动前24天")))
    assert "owner: 市场专员   # 王小明\n        help: 先看去年的报告\n        due: 活动前24天" in found.yaml
    assert "need: all" in found.yaml
    assert [change.path for change in found.applied] == ["市场与用户调研.due"]
    assert not found.conflicts


def test_what_both_changed_is_a_conflict_and_the_file_wins(tmp_path: Path, first: Imported) -> None:
    edited = first.yaml.replace("due: 活动前25天", "due: 活动前26天")
    found = update_table(edited, table(tmp_path, changed(2, 3, "活动前24天")))
    assert step(found.yaml, "市场与用户调研")["due"] == "活动前26天"
    (conflict,) = found.conflicts
    assert (conflict.path, conflict.before, conflict.table, conflict.file) == (
        "市场与用户调研.due", "活动前25天", "活动前24天", "活动前26天",
    )  # fmt: skip
    assert update_table(found.yaml, table(tmp_path, changed(2, 3, "活动前24天"))) == Updated(found.yaml)


def test_the_same_change_on_both_sides_is_no_conflict(tmp_path: Path, first: Imported) -> None:
    edited = first.yaml.replace("due: 活动前25天", "due: 活动前24天")
    found = update_table(edited, table(tmp_path, changed(2, 3, "活动前24天")))
    assert not found.conflicts
    assert step(found.yaml, "市场与用户调研")["due"] == "活动前24天"


def test_a_new_row_is_put_behind_the_one_before_it(tmp_path: Path, first: Imported) -> None:
    rows = [*SEED[:3], ["", "法务审查", "法务", "活动前22天", "《意见书》", ""], *SEED[3:]]
    again = table(tmp_path, rows)
    found = update_table(first.yaml.replace("owner: 策划组", "owner: 策划组  # 手写"), again)
    assert yaml.safe_load(found.yaml) == yaml.safe_load(again.yaml)
    assert "# 手写" in found.yaml


def test_a_new_stage_is_put_in_its_place(tmp_path: Path, first: Imported) -> None:
    rows = [
        *SEED,
        ["执行阶段", "落地", "执行组", "活动当天", "《记录》", ""],
        ["", "短会", "执行组", "每日", "《纪要》", ""],
    ]
    again = table(tmp_path, rows)
    found = update_table(first.yaml, again)
    assert yaml.safe_load(found.yaml) == yaml.safe_load(again.yaml)
    back = update_table(found.yaml, table(tmp_path, SEED))
    assert yaml.safe_load(back.yaml) == yaml.safe_load(first.yaml)


def test_a_removed_row_is_removed_only_where_nobody_touched_it(tmp_path: Path, first: Imported) -> None:
    rows = [SEED[0], *SEED[2:]]
    rows[1] = ["筹备阶段", *rows[1][1:]]
    found = update_table(first.yaml, table(tmp_path, rows))
    assert "需求发起与目标确认" not in found.yaml
    edited = first.yaml.replace(
        "        owner: 经理\n        due: 活动前30天", "        owner: 经理\n        due: 活动前31天"
    )
    kept = update_table(edited, table(tmp_path, rows))
    assert step(kept.yaml, "需求发起与目标确认")["due"] == "活动前31天"
    assert [change.path for change in kept.kept] == ["需求发起与目标确认"]


def test_a_step_that_was_deleted_by_hand_stays_deleted(tmp_path: Path, first: Imported) -> None:
    start = first.yaml.index("      - step: 资源评估")
    edited = first.yaml[:start] + first.yaml[first.yaml.index("      - step: 跨部门") :]
    found = update_table(edited, table(tmp_path, changed(2, 3, "活动前24天")))
    assert "step: 资源评估" not in found.yaml.split("\n# What")[0]
    assert not found.conflicts
    conflict = update_table(edited, table(tmp_path, changed(3, 3, "活动前19天")))
    assert [change.path for change in conflict.conflicts] == ["资源评估与预算初定"]


def test_a_renamed_row_keeps_what_was_written_into_it(tmp_path: Path, first: Imported) -> None:
    edited = first.yaml.replace(
        "        owner: 市场专员\n", "        owner: 市场专员\n        takes: 3 days\n"
    ).replace("        owner: 策划组\n", "        owner: 策划组\n        return_to: [市场与用户调研]\n")
    found = update_table(edited, table(tmp_path, changed(2, 1, "市场调研")))
    assert step(found.yaml, "市场调研")["takes"] == "3 days"
    assert step(found.yaml, "活动主题与创意设计")["return_to"] == ["市场调研"]


def test_a_renamed_stage_keeps_its_steps(tmp_path: Path, first: Imported) -> None:
    edited = first.yaml.replace("owner: 市场专员", "owner: [市场专员, 经理]")
    found = update_table(edited, table(tmp_path, changed(1, 0, "准备阶段")))
    assert [stage["stage"] for stage in yaml.safe_load(found.yaml)["steps"]] == ["准备阶段", "策划阶段"]
    assert step(found.yaml, "市场与用户调研")["owner"] == ["市场专员", "经理"]
    assert not found.conflicts


def test_rows_that_changed_places_are_moved_with_their_edits(tmp_path: Path, first: Imported) -> None:
    rows = [SEED[0], SEED[1], SEED[3], SEED[2], *SEED[4:]]
    edited = first.yaml.replace(
        "        owner: 市场专员\n", "        owner: 市场专员  # 王\n        takes: 3 days\n"
    )
    found = update_table(edited, table(tmp_path, rows))
    ids = [s["step"] for s in yaml.safe_load(found.yaml)["steps"][0]["steps"]]
    assert ids == ["需求发起与目标确认", "资源评估与预算初定", "市场与用户调研", "跨部门沟通与团队组建"]
    assert "owner: 市场专员  # 王\n        takes: 3 days" in found.yaml


def test_a_deadline_that_becomes_daily_moves_beside_the_others(tmp_path: Path, first: Imported) -> None:
    again = table(tmp_path, changed(4, 3, "每日"))
    found = update_table(first.yaml, again)
    assert yaml.safe_load(found.yaml) == yaml.safe_load(again.yaml)
    back = update_table(found.yaml, table(tmp_path, SEED))
    assert yaml.safe_load(back.yaml) == yaml.safe_load(first.yaml)
    edited = first.yaml.replace("delivers: [专项小组分工表]", "delivers: [专项小组分工表, 名单]")
    kept = update_table(edited, again)
    assert step(kept.yaml, "跨部门沟通与团队组建")["delivers"] == ["专项小组分工表", "名单"]
    assert kept.conflicts


def test_a_file_without_its_trailer_is_refused(tmp_path: Path, first: Imported) -> None:
    with pytest.raises(UnreadableTable) as caught:
        update_table(first.yaml.split("\n# What")[0], first, file="a.yaml")
    assert caught.value.code == "table_not_imported"


@pytest.mark.parametrize("broken", ["steps: [", "a: &x 1\nb: *x", "x: " + "[" * 10_000, "- a"])
def test_a_file_that_is_no_yaml_is_refused_with_its_line(first: Imported, broken: str) -> None:
    trailer = first.yaml[first.yaml.index("\n# What") :]
    with pytest.raises(UnreadableTable) as caught:
        update_table(broken + "\n" + trailer, first, file="a.yaml")
    assert caught.value.code == "table_file_unreadable"


CELL = st.sampled_from(["经理", "财务", "市场专员*", "法务部、财务"])
DUE = st.sampled_from(
    ["活动前30天", "活动前10天", "每日", "3个工作日内", "活动前7天起至活动前1天", "待定", ""]
)
REMARK = st.sampled_from(
    ["", "需管理层签字", "包含竞品分析", "明确职责", "抄送法务", "随便写", "财务、法务会签", "与第2行并行"]
)
ROW = st.tuples(
    st.sampled_from(["", "甲阶段", "乙阶段"]),
    st.sampled_from(["立项", "调研", "预算", "设计", "执行", "复盘"]),
    CELL,
    DUE,
    st.sampled_from(["", "《甲》", "《乙》《丙》"]),
    REMARK,
)
ROWS = st.lists(ROW, min_size=1, max_size=6, unique_by=lambda row: row[1]).map(
    lambda rows: [SEED[0], *map(list, rows)]
)
quick = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(ROWS)
def test_law_an_update_with_the_same_table_changes_nothing(tmp_path: Path, rows: list[list[str]]) -> None:
    found = table(tmp_path, rows)
    assert update_table(found.yaml, found) == Updated(found.yaml)


@quick
@given(ROWS, ROWS)
def test_law_an_untouched_file_follows_the_table(
    tmp_path: Path, old: list[list[str]], new: list[list[str]]
) -> None:
    before, after = table(tmp_path, old), table(tmp_path, new)
    found = update_table(before.yaml, after)
    merged = yaml.safe_load(found.yaml)
    assert update_table(found.yaml, after) == Updated(found.yaml)
    if not found.conflicts and not found.kept:
        assert unordered(merged) == unordered(yaml.safe_load(after.yaml))


@quick
@given(ROWS, ROWS)
def test_law_no_hand_edit_is_ever_lost(tmp_path: Path, old: list[list[str]], new: list[list[str]]) -> None:
    before, after = table(tmp_path, old), table(tmp_path, new)
    lines = []
    for number, line in enumerate(before.yaml.split("\n")):
        lines.append(line)
        if line.lstrip().startswith("- step:"):
            indent = " " * (len(line) - len(line.lstrip()) + 2)
            lines += [f"{indent}takes: {number + 1} days", f"{indent}# hand {number}"]
    edited = "\n".join(lines)
    merged = update_table(edited, after).yaml
    yaml.safe_load(merged)
    for number, line in enumerate(before.yaml.split("\n")):
        if line.lstrip().startswith("- step:"):
            assert f"takes: {number + 1} days" in merged
            assert f"# hand {number}\n" in merged


def unordered(tree: dict) -> dict:
    return {
        **tree,
        **{key: dict(sorted(tree[key].items())) for key in ("roles", "documents", "data") if key in tree},
    }
