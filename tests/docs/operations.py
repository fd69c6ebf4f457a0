"""docs/approvals.md, written from the tests: `python -m tests.docs.operations`.

Each of the 34 operations names the files of its tests and what their names have in common; here they are looked up, so
the page cannot claim one that is not there. What is missing says so.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "approvals.md"
_TEST = re.compile(r"^def (test_\w+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Operation:
    """One of the operations. `tests`: file below tests/ -> what the names of its tests match; `lacks`: not yet."""

    name: str
    chinese: str
    by: str
    tests: dict[str, str]
    lacks: str = ""


_GATE, _POLICY, _SIGNERS = "kernel/test_gate.py", "kernel/test_policy.py", "kernel/test_signers.py"
_PROXY, _RETURN, _HUMAN = "kernel/test_proxy.py", "kernel/test_return.py", "kernel/test_human.py"
_ASIDES, _ENGINE = "kernel/test_asides.py", "runtime/test_asides.py"
OPERATIONS = (
    Operation("All-of", "会签", "`need: all`", {"kernel/test_ballot.py": "oracle", _GATE: "test_all_takes"}),
    Operation("Any-of", "或签", "`need: any`, `first`", {_GATE: "test_any_", _POLICY: "first_answer"}),
    Operation(
        "Ratio, weights",
        "票签·比例签",
        "`need: 60%`, `weights`, `veto`",
        {
            _GATE: "percentage|count_is_declined",
            _POLICY: "weight|veto",
            "kernel/test_ballot.py": "weigh|policies",
        },
    ),
    Operation(
        "Sequential",
        "依次审批",
        "`need: all in turn`, an entry's `due`",
        {_POLICY: "test_in_turn", "kernel/test_hourglass.py": ""},
    ),
    Operation(
        "Add a signer", "前加签·后加签·并加签", "`add-signer`", {_SIGNERS: "added|add|before|beside|after"}
    ),
    Operation(
        "Remove a signer", "减签", "`remove-signer`", {_SIGNERS: "tak(en|es|ing)_.*off|takes_somebody|taken"}
    ),
    Operation("Reassign", "转办·转交", "`transfer`", {_PROXY: "transfer|vote_goes|handed_over|hands_his"}),
    Operation("Delegate and return", "委派", "`delegate`, `advise`", {_PROXY: "opinion|delegate|question"}),
    Operation(
        "Substitute",
        "代理·外出代理",
        "`--for`, `substitutes`",
        {"people/test_substitutes.py": "", "people/test_standing.py": ""},
    ),
    Operation(
        "Bulk handover",
        "离职转办",
        "`handover`",
        {_ASIDES: "handed|has_left", _ENGINE: "leaver", "people/test_leavers.py": "grants"},
    ),
    Operation(
        "Decline and terminate", "拒绝·终止", "`decline`, `declined: end`", {_GATE: "a_no_|any_is_declined"}
    ),
    Operation(
        "Return",
        "退回·驳回到",
        "`return`",
        {_RETURN: "", "kernel/test_cube.py": "", "kernel/test_round.py": ""},
    ),
    Operation(
        "Resubmit",
        "从头·直达",
        "`resume: restart`, `direct`, `smart`",
        {_RETURN: "smart|restart", "kernel/test_detour.py": ""},
    ),
    Operation("Take back", "拿回", "`take-back`", {"kernel/test_retraction.py": ""}),
    Operation(
        "Recall",
        "撤回申请",
        "`withdraw`, `start: withdraw`, `request … withdraw`",
        {_ASIDES: "withdraw", _ENGINE: "withdrawn|recalled", "kernel/test_recall.py": ""},
    ),
    Operation("Urge", "催办", "`urge`, `defaults: {urge: …}`", {_ASIDES: "urge", _ENGINE: "urged"}),
    Operation(
        "Copy, read receipt",
        "抄送·已阅",
        "`cc`, `copies`, `read`",
        {_ASIDES: "cop(y|ied)|receipt", _ENGINE: "copy", _HUMAN: "copy"},
    ),
    Operation(
        "Claim, release",
        "认领·取消认领",
        "`claim`, `release`",
        {_HUMAN: "takes_it|cannot_take", "cli/test_pool.py": "claims", _GATE: "claimed"},
    ),
    Operation(
        "Suspend, resume",
        "挂起·激活",
        "`suspend`, `resume`",
        {_HUMAN: "suspend", "store/test_unit.py": "suspending", "kernel/test_pause.py": ""},
    ),
    Operation(
        "Comment, ask for information",
        "评论·沟通·补充材料",
        "`comment`, `ask`, `answer`, `thread`",
        {
            _ASIDES: "comment|asked_something|questions|talked|concerns",
            _ENGINE: "question",
            "kernel/test_standstill.py": "",
        },
    ),
    Operation("Same approver", "去重·自动通过", "`same_person`", {_POLICY: "counts|skip|other|ask_asks"}),
    Operation(
        "Approver is the starter",
        "审批人与提交人同一人",
        "`not_by`, `if_empty`",
        {"kernel/test_duties.py": "", _GATE: "prepared|starter"},
    ),
    Operation(
        "Empty roster",
        "审批人为空",
        "`if_empty`, `assign`",
        {_GATE: "nobody_holds|too_few", _HUMAN: "gives_nobody|nobody_holds"},
    ),
    Operation(
        "Resolution of approvers",
        "审批人规则",
        "`roles`",
        {"people/test_roles.py": "", "people/test_picks.py": "", "kernel/test_roster.py": ""},
    ),
    Operation(
        "By amount",
        "按金额条件",
        "`tables`, `limit`",
        {"people/test_authority.py": "amount|limits", "people/test_chain.py": ""},
    ),
    Operation(
        "Field permissions",
        "表单权限",
        "`form`: `fill`, `edit`, `show`; `readers`",
        {_HUMAN: "form|written_before|values_are_read", "runtime/test_reader.py": ""},
    ),
    Operation(
        "Timeout",
        "超时提醒·升级",
        "`due`, `escalate`, `lapses`",
        {"kernel/test_deadline.py": "rung|ladder|lapse|late", "kernel/test_ladder.py": ""},
    ),
    Operation(
        "Versions",
        "流程版本",
        "`deploy`, `definitions`, `migrate`",
        {
            "runtime/test_deployment.py": "",
            "kernel/test_migration.py": "",
            "runtime/test_migration.py": "",
            "evidence/test_migration.py": "",
        },
    ),
    Operation(
        "Forecast",
        "流程预测",
        "`forecast`, `start --dry-run`",
        {"runtime/test_forecast.py": ""},
    ),
    Operation(
        "Opinion, signature; drafts",
        "审批意见·签名·暂存",
        "`--note`, `--sign`, `save`, `put-off`, `prioritize`",
        {"evidence/test_signing.py": "", "runtime/test_desk.py": ""},
    ),
    Operation(
        "Attachments",
        "附件",
        "`delivers`, `--attach`",
        {"runtime/test_attachments.py": "", _HUMAN: "document"},
    ),
    Operation(
        "Print, export",
        "打印·导出",
        "`export`",
        {"evidence/test_sheet.py": "", "evidence/test_bundle.py": ""},
    ),
    Operation(
        "Override by an administrator",
        "跳转·作废",
        "`override`, `move`, `cancel`",
        {_ASIDES: "overrid", _ENGINE: "override", "kernel/test_relocation.py": ""},
    ),
    Operation(
        "Back-dated approval",
        "事后补审",
        "`comment --effective`",
        {_ASIDES: "from_which_it_holds", "kernel/test_deadline.py": "backwards"},
    ),
)


@cache
def tests_in(file: str) -> tuple[str, ...]:
    """The tests of a file, by name."""
    return tuple(_TEST.findall((ROOT / "tests" / file).read_text("utf-8")))


def shown_by(operation: Operation) -> list[tuple[str, list[str]]]:
    """File -> the tests that show the operation."""
    return [
        (file, [name for name in tests_in(file) if re.search(pattern, name)])
        for file, pattern in operation.tests.items()
    ]


def text() -> str:
    """The page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# The 34 operations of approval"
    yield ""
    yield "Made from the tests by `python -m tests.docs.operations`; a test compares. *Not yet* says what is still missing."
    yield "How they work stands in [the language](language.md), [Voting](voting.md), [Beside the flow](beside.md) and"
    yield "[People](people.md)."
    yield ""
    yield "| # | operation | 操作 | by | tests | not yet |"
    yield "|---|---|---|---|---|---|"
    for number, operation in enumerate(OPERATIONS, 1):
        files = ", ".join(f"{len(names)} in `{file}`" for file, names in shown_by(operation))
        row = (operation.name, operation.chinese, operation.by, files, operation.lacks)
        yield f"| {number} | " + " | ".join(row) + " |"
    yield ""
    yield "## The tests by name"
    for number, operation in enumerate(OPERATIONS, 1):
        yield ""
        yield f"{number}. **{operation.name} {operation.chinese}**"
        for _, names in shown_by(operation):
            yield from (f"   - {name.removeprefix('test_').replace('_', ' ')}" for name in names)


if __name__ == "__main__":
    PAGE.write_text(text(), encoding="utf-8")
