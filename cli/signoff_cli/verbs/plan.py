"""timeline: each step with its deadline, its float and its approvals, as a table or as a Gantt chart."""

from collections.abc import Sequence
from pathlib import Path

import click

from signoff_cli.screen import Screen
from signoff_cli.session import Misuse, Session
from signoff_cli.verb import Answer, option, verb
from signoff_cli.verbs.look import head, show_timeline
from signoff_cli.verbs.request import moved
from signoff_cli.words import t


@verb(
    "timeline",
    details="Float: by how many working days a step can still be late before something that waits for it is; the least is "
    "marked, for that is the critical path. --if shows what other dates would come to; nothing is changed.",
)
@click.argument("instance", metavar="[INSTANCE]", required=False, default="")
@option("--if", "dates", metavar="NAME=DATE", multiple=True, help="As it would be with this date.")
@option(
    "-o",
    "--output",
    metavar="FILE.svg",
    type=click.Path(path_type=Path),
    help="Write it as a Gantt chart instead.",
)
@option("--all", "every", is_flag=True, help="All that runs, in one chart.")
def timeline(
    session: Session, instance: str, dates: Sequence[str], output: Path | None, every: bool
) -> Answer:
    if bool(instance) is every or (every and (output is None or dates)):
        raise Misuse(t("Name an instance; or say --all with -o FILE.svg, and no --if."))
    engine = session.engine
    ids = [] if every else [engine.find(instance)]
    if output is not None:
        output.write_text(engine.gantt(*ids, dates=moved(dates) or None, lang=session.lang), encoding="utf-8")
        written = {"instances": ids, "file": output}
        return Answer(written, lambda screen: screen.line(t("Written: {file}", file=output), "good"))
    id = ids[0]
    row, zone = engine.show(id).row, engine.definition_of(id).zone
    rows = engine.timeline_if(id, moved(dates)) if dates else engine.timeline(id)
    foreseen = engine.foresee(id, moved(dates)) if dates else None
    crowded = list(foreseen.crowded) if foreseen else engine.crowded(id)
    conflicts = foreseen.conflicts if foreseen else ()
    document = {"instance": row, "timeline": rows, "crowded": crowded}
    document |= {"if": moved(dates), "conflicts": conflicts} if dates else {}

    def show(screen: Screen) -> None:
        head(screen, row)
        show_timeline(session, screen, rows, zone)
        for each in conflicts:
            screen.line(each.sentence(screen.lang), "late")
        for each in crowded:
            screen.line(each.sentence(screen.lang), "soon")

    return Answer(document, show)
