"""The words of the approval sheet in both languages, and its times. Must import nothing of signoff but read.sheet."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from signoff.read.sheet import Decided

_WORDS: Mapping[str, tuple[str, str]] = {
    "sheet": ("审批单", "Approval sheet"),
    "instance": ("实例", "Instance"),
    "key": ("业务编号", "Key"),
    "process": ("流程", "Process"),
    "version": ("定义版本 (SHA-256)", "Definition (SHA-256)"),
    "status": ("状态", "Status"),
    "starter": ("发起人", "Started by"),
    "started": ("发起时间", "Started"),
    "ended": ("结束时间", "Ended"),
    "as_of": ("截至记录", "As of record"),
    "round": ("轮次", "Round"),
    "content": ("审批内容", "Decided on"),
    "subject": ("内容哈希", "Subject"),
    "name": ("名称", "Name"),
    "value": ("内容", "Content"),
    "document_version": ("版本", "Version"),
    "who": ("签署人", "Who"),
    "role": ("角色", "Role"),
    "decision": ("决定", "Decision"),
    "meaning": ("含义", "Meaning"),
    "when": ("时间", "When"),
    "strength": ("证明力", "Proof"),
    "note": ("意见", "Comment"),
    "record": ("记录", "Record"),
    "nobody": ("尚无人签署。", "Nobody has decided yet."),
    "nothing": ("没有审批环节。", "There was nothing to approve."),
    "for": ("代", "for"),
    "grant": ("授权", "grant"),
    "signing_key": ("密钥", "key"),
    "to": ("退回至", "to"),
    "void": ("已失效", "void"),
    "by_rule": ("按规则", "by rule"),
    "decision_yes": ("同意", "approved"),
    "decision_no": ("不同意", "declined"),
    "decision_abstain": ("弃权", "abstained"),
    "decision_return": ("退回", "returned"),
    "decision_override": ("由管理员放行，不是审批", "let go on by an administrator, not approved"),
    "meaning_draft": ("起草", "draft"),
    "meaning_review": ("审核", "review"),
    "meaning_approve": ("批准", "approve"),
    "meaning_acknowledge": ("知悉", "acknowledge"),
    "strength_asserted": ("声称", "asserted"),
    "strength_attested": ("经验证的登录", "attested"),
    "strength_signed": ("本人密钥签名", "signed"),
    "status_open": ("进行中", "open"),
    "status_passed": ("已通过", "passed"),
    "status_declined": ("未通过", "declined"),
    "status_returned": ("已退回", "returned"),
    "status_stale": ("内容已变，待重新审批", "stale: what was approved has changed"),
    "status_cancelled": ("已取消", "cancelled"),
    "status_overridden": ("由管理员放行", "let go on by an administrator"),
    "status_running": ("进行中", "running"),
    "status_suspended": ("已挂起", "suspended"),
    "status_completed": ("已完成", "completed"),
    "status_terminated": ("已终止", "terminated"),
    "status_withdrawn": ("已撤回", "withdrawn"),
}


def word(name: str, lang: str) -> str:
    """A word of the sheet; what a definition calls its own outcome stays."""
    known = _WORDS.get(name)
    return name.partition("_")[2] if known is None else known[lang != "zh"]


def when(at: datetime | None, zone: str) -> str:
    """An instant in the zone of the process, with the zone, and in UTC."""
    if at is None:
        return ""
    there, utc = at.astimezone(ZoneInfo(zone)), at.astimezone(UTC)
    return f"{there:%Y-%m-%d %H:%M:%S} {zone} ({utc:%Y-%m-%dT%H:%M:%S}Z)"


def who(decided: Decided, lang: str) -> str:
    """The name as printed then, the id, and on whose behalf under which grant."""
    said = decided.name if decided.name in ("", decided.person) else f"{decided.name} ({decided.person})"
    said = said or decided.person
    if decided.on_behalf:
        said += f" {word('for', lang)} {decided.on_behalf_name}"
        said += f", {word('grant', lang)} {decided.grant}" if decided.grant else ""
    return said


def what(decided: Decided, lang: str) -> str:
    """The decision, where to, whether by a rule, and whether it counts no longer."""
    said = word(f"decision_{decided.decision}", lang)
    said += f" {word('to', lang)} {decided.to}" if decided.to else ""
    said += f" ({word('by_rule', lang)})" if decided.mode == "auto" else ""
    return said + (f" [{word('void', lang)}]" if decided.standing == "void" else "")


def proof(decided: Decided, lang: str) -> str:
    """How strong it is, and with which key."""
    said = word(f"strength_{decided.strength}", lang)
    return f"{said}, {word('signing_key', lang)} {decided.key[:16]}" if decided.key else said
