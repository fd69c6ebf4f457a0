"""What a demo leaves: the timeline, goals against actuals, the case that was filed, the proof, the next commands.

Must not ask the engine.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from signoff import ServiceTask, TimelineRow
from signoff_cli import view, waits
from signoff_cli.demo.handlers import STAND_INS, stand_ins
from signoff_cli.demo.performance import Performance, Played
from signoff_cli.demo.place import Home
from signoff_cli.demo.story import Naming, strength
from signoff_cli.moment import shown
from signoff_cli.screen import Cell, Screen
from signoff_cli.words import counted, listed, t

_PROVED = "attested"
_NOT_TAKEN = frozenset({"skipped", "unreached"})


def document(performance: Performance, home: Home) -> dict[str, Any]:
    """What happened, for scripts."""
    first, second = performance.first, performance.second
    return {
        "file": home.file,
        "first": _instance(first),
        "second": _instance(second),
        "strengths": first.strengths,
        "goals": list(goals(first.data)),
        "case": _case(performance),
        "reader": performance.reader,
        "remarks": performance.remarks,
        "next": commands(performance, home),
    }


def _instance(played: Played) -> dict[str, Any]:
    return {
        "instance": played.row,
        "happened": played.happened,
        "timeline": played.timeline,
        "waits": played.waits,
        "stuck": played.stuck,
    }


def tell(screen: Screen, performance: Performance, home: Home) -> None:
    """The end of a demo, for people."""
    first, naming = performance.first, performance.naming
    zone = naming.definition.zone
    screen.heading(
        f"{first.row.key}  {first.row.title}  ({view.status(first.row.outcome or first.row.status)})"
    )
    _timeline(screen, first.timeline, naming, zone)
    _goals(screen, first.data)
    _filed(screen, performance)
    _told(screen, first)
    if performance.remarks:
        text = counted(
            "{n} cell was kept as a remark and played no part; `signoff import` shows which.",
            "{n} cells were kept as remarks and played no part; `signoff import` shows which.",
            performance.remarks,
        )
        screen.line(f"  {text}", "soon")
    if first.stuck is not None:
        _stuck(screen, performance)
    _yours(screen, performance, home)


def _timeline(screen: Screen, rows: Sequence[TimelineRow], naming: Naming, zone: str) -> None:
    titles = [t("Phase"), t("Step"), t("Status"), t("Due"), t("Done"), t("By"), t("Approvals")]
    taken = (row for row in rows if row.status not in _NOT_TAKEN)
    alike = groupby(taken, key=lambda row: (row.step, row.status, row.late))
    screen.table(titles, [_line(list(same), naming, zone, screen.lang) for _, same in alike])


def _line(rows: Sequence[TimelineRow], naming: Naming, zone: str, lang: str) -> list[Cell]:
    """A step; one that was done several times in a row is one line, with the last time."""
    row, often = rows[-1], f" ×{len(rows)}" if len(rows) > 1 else ""
    voted = listed(each.name or each.person for each in row.approvals if each.decision == "yes")
    late = "late" if row.late else ""
    return [
        row.phase.get(lang),
        naming.step(row.step) + often,
        (view.status(row.status), "good" if row.status == "passed" else ""),
        (shown(row.due, zone) + (f" {t('late')}" if row.late else ""), late),
        shown(row.done_at, zone),
        naming.person(row.by),
        voted,
    ]


def goals(data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Goals against actuals, where a process has such data."""
    actuals = {each["metric"]: each for each in data.get("actuals") or () if isinstance(each, Mapping)}
    for goal in data.get("goals") or ():
        found = actuals.get(goal.get("metric")) if isinstance(goal, Mapping) else None
        target = goal.get("target") if found else None
        if found and isinstance(target, Mapping):
            yield {
                "metric": goal["metric"],
                "target": target["text"],
                "actual": _like(target, found["value"]),
                "unit": goal.get("unit", ""),
                "met": _met(target, found["value"]),
            }


def _like(target: Any, value: Any) -> str:
    """A number as its target is written: in per cent, or plainly."""
    if str(target["text"]).rstrip().endswith(("%", "％")):
        return f"{(value * 100).normalize():f}%"
    return f"{value:f}"


def _met(target: Any, value: Any) -> bool:
    compare, number = target["compare"], target["number"]
    return bool(
        {
            ">=": value >= number,
            ">": value > number,
            "<=": value <= number,
            "<": value < number,
            "==": value == number,
        }[compare]
    )


def _goals(screen: Screen, data: Mapping[str, Any]) -> None:
    rows = list(goals(data))
    if not rows:
        return
    screen.heading(t("Goals and what was reached"))
    screen.table(
        [t("Goal"), t("Target"), t("Actual"), t("Unit"), t("Reached")],
        [
            (row["metric"], row["target"], row["actual"], row["unit"],
             (t("yes"), "good") if row["met"] else (t("no"), "late"))
            for row in rows
        ],
    )  # fmt: skip


def _case(performance: Performance) -> Mapping[str, Any] | None:
    return next((case for case in performance.cases if case.get("key") == performance.first.row.key), None)


def _filed(screen: Screen, performance: Performance) -> None:
    case = _case(performance)
    if case is None:
        return
    screen.heading(t("Filed in the case library"))
    shown_ = ("id", "title", "theme", "lessons")
    title = performance.naming.data
    screen.pairs([(title(name), view.value(case[name])) for name in shown_ if case.get(name)])


def _told(screen: Screen, first: Played) -> None:
    """What went wrong on purpose, and how well the votes are proved."""
    screen.heading(t("What this showed"))
    for kind in ("refused", "declined", "escalated", "missed"):
        found = next((each for each in first.happened if each.kind == kind), None)
        if found is not None:
            screen.line(f"  {found.text}", found.style)
    for word, count in first.strengths.items():
        said = counted(
            "  {n} vote, {strength}: {meaning}",
            "  {n} votes, each {strength}: {meaning}",
            count,
            strength=strength(word),
            meaning=_meaning(word),
        )
        screen.line(said)


def _meaning(word: str) -> str:
    if word == _PROVED:
        return t(
            "by a verified session or the login of a machine; not signed with a key of the person's own."
        )
    return t("a name that was given; it proves nothing.")


def _stuck(screen: Screen, performance: Performance) -> None:
    stuck = performance.first.stuck
    assert stuck is not None, "asked by the caller"
    step = performance.naming.step(stuck.step)
    screen.heading(t("The rehearsal could not go on at {step}:", step=step))
    for each in stuck.why:
        screen.line(f"  - {each}", "late")


def _yours(screen: Screen, performance: Performance, home: Home) -> None:
    row = performance.second.row
    screen.heading(
        t("Now you: {title} ({key}) waits for you, {name}", title=row.title, key=row.key, name=home.login)
    )
    rows = [(each["command"], (each["says"], "dim")) for each in commands(performance, home)]
    for command, (says, style) in rows:
        screen.line(f"  {command}", "good" if command == rows[0][0] else "")
        screen.line(f"      {says}", style)
    screen.line()
    screen.line(t("Everything is in {file}; delete it when you have seen enough.", file=home.file))


def commands(performance: Performance, home: Home) -> list[dict[str, str]]:
    """What to type next, exactly; the first moves the second instance."""
    first, second = performance.first.row, performance.second.row
    name, ended = second.key or second.id, first.key or first.id
    return [
        *_moving(performance, home),
        {
            "command": home.command("inspect", name),
            "says": t("where it stands, what is missing, and whose move it is"),
        },
        {
            "command": home.command("timeline", ended),
            "says": t("every step of the first, with its approvals"),
        },
        {"command": home.command("history", ended), "says": t("every recorded command, with its hash")},
        {"command": home.command("verify"), "says": t("prove that nothing of it was changed")},
        {
            "command": home.command("daemon", *_served(performance)),
            "says": t("let deadlines escalate and systems answer by themselves; Ctrl-C ends it"),
        },
    ]


def _served(performance: Performance) -> tuple[str, ...]:
    """What the daemon needs so that calls of the process are answered: those of the shipped processes are at hand."""
    nodes = performance.naming.definition.nodes.values()
    called = {node.handler for node in nodes if isinstance(node, ServiceTask)}
    return ("--handlers", STAND_INS) if called & stand_ins().keys() else ()


def _moving(performance: Performance, home: Home) -> Iterator[dict[str, str]]:
    second, reader = performance.second, performance.reader
    name = second.row.key or second.row.id
    mine = next((each for each in second.waits if reader in each.who), None)
    if mine is None:
        return
    where = waits.address(mine, name, second.waits)
    if waits.move(mine) == "approve":
        says = t(
            "approve {step}, shown with all it is about; `decline` says no",
            step=performance.naming.step(mine.node),
        )
        yield {"command": home.command("approve", where), "says": says}
    else:
        says = t("take {step} upon yourself; `submit` hands it in", step=performance.naming.step(mine.node))
        yield {"command": home.command("claim", where), "says": says}
