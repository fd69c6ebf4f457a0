"""Whatever a program hands in by mistake is refused in words, and changes nothing."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest

from signoff import Engine, SignoffError
from signoff.runtime.clock import VirtualClock
from signoff.runtime.directory import StaticDirectory
from tests.runtime.test_desk import AT, PEOPLE, PROCESS, begun

WRONG: tuple[Any, ...] = (
    None,
    5,
    5.5,
    [],
    {},
    b"x",
    object(),
    True,
    "",
    " ",
    ":",
    "a:b",
    "\ud800",
    "x\0",
    "x" * 5000,
)
TEXT = tuple(value for value in WRONG if not isinstance(value, str))
Verb = Callable[[Engine, str, str, Any], object]
ANYTHING: dict[str, Verb] = {
    "by": lambda e, i, t, x: e.comment(i, "x", by=x),
    "save": lambda e, i, t, x: e.save(x, by="amy", note="x"),
    "draft": lambda e, i, t, x: e.draft(x, "amy"),
    "discard": lambda e, i, t, x: e.discard(x, by="amy"),
    "put off": lambda e, i, t, x: e.put_off(x, date(2030, 1, 1), by="amy"),
    "move": lambda e, i, t, x: e.move(x, "pay", reason="x", by="root"),
    "move to": lambda e, i, t, x: e.move(t, x, reason="x", by="root"),
    "prioritize": lambda e, i, t, x: e.prioritize(x, "high", by="root"),
    "priority": lambda e, i, t, x: e.prioritize(i, x, by="root"),
    "erase": lambda e, i, t, x: e.erase(x, reason="x", by="root"),
    "request": lambda e, i, t, x: e.request(x, "cancel", by="amy"),
    "request name": lambda e, i, t, x: e.request(i, x, by="amy"),
    "request back": lambda e, i, t, x: e.withdraw_request(i, x, by="amy"),
    "foresee": lambda e, i, t, x: e.foresee(x, {"day": "2030-01-01"}),
    "suspend": lambda e, i, t, x: e.suspend(x, by="root"),
    "comment": lambda e, i, t, x: e.comment(x, "x", by="amy"),
    "hand over": lambda e, i, t, x: e.hand_over("amy", x, by="root"),
    "forecast": lambda e, i, t, x: e.forecast(x),
    "hand over of": lambda e, i, t, x: e.hand_over(x, "nobody", by="root"),
    "start": lambda e, i, t, x: e.start(x, by="amy"),
    "forecast of a start": lambda e, i, t, x: e.forecast_start(x, by="amy"),
    "find": lambda e, i, t, x: e.find(x),
    "locate": lambda e, i, t, x: e.locate(x),
    "subject": lambda e, i, t, x: e.subject(x, "amy"),
    "definition": lambda e, i, t, x: e.definition(x),
    "migrate": lambda e, i, t, x: e.migrate(x, reason="x", by="root"),
    "sheet": lambda e, i, t, x: e.sheet(x),
}  # fmt: skip
NO_TEXT: dict[str, Verb] = {
    "note": lambda e, i, t, x: e.save(t, by="amy", note=x),
    "tick": lambda e, i, t, x: e.save(t, by="amy", ticks=[x]),
    "paper": lambda e, i, t, x: e.save(t, by="amy", documents={"sketch": {"no": x}}),  # type: ignore[dict-item]  # wrong on purpose
    "why": lambda e, i, t, x: e.move(t, "pay", reason=x, by="root"),
    "request id": lambda e, i, t, x: e.comment(i, "x", by="amy", request_id=x),
    "effective": lambda e, i, t, x: e.comment(i, "x", by="amy", effective=x if x is not None else "x"),  # type: ignore[arg-type]  # wrong on purpose
    "draft of": lambda e, i, t, x: e.draft(t, x),
    "erased": lambda e, i, t, x: e.erase(i, reason="x", by="root", names=x if x != [] else 5),  # type: ignore[arg-type]  # wrong on purpose
    "ticks": lambda e, i, t, x: e.submit(t, by="amy", ticks=x if x != [] else 5),  # type: ignore[arg-type]  # wrong on purpose
    "people": lambda e, i, t, x: e.names(x if x != [] else 5),  # type: ignore[arg-type]  # wrong on purpose
    "picks": lambda e, i, t, x: e.start("errand", {}, by="amy", picks=x or 5),  # type: ignore[arg-type]  # wrong on purpose
    "key": lambda e, i, t, x: e.start("errand", {}, by="amy", key=x),
    "done by": lambda e, i, t, x: e.done_by(x),
    "inbox of": lambda e, i, t, x: e.inbox(x),
    "source": lambda e, i, t, x: e.deploy(x),
    "rows": lambda e, i, t, x: e.inbox("amy", limit=x if x != 5 else -1),
    "rows of a list": lambda e, i, t, x: e.instances(limit=x if x != 5 else 0),
    "rows started": lambda e, i, t, x: e.started_by("amy", limit=x if x != 5 else -1),
    "until": lambda e, i, t, x: e.put_off(t, x if x is not None else "x", by="amy"),  # type: ignore[arg-type]  # wrong on purpose
}  # fmt: skip


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Any) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("untyped") / "signoff.db"
    path.write_bytes(sqlite_template.read_bytes())
    found = Engine(f"sqlite:///{path}", directory=StaticDirectory(PEOPLE), clock=VirtualClock(AT))
    found.deploy(PROCESS)
    yield found
    found.dispose()


@pytest.mark.parametrize(
    ("verb", "values"),
    [(verb, WRONG) for verb in ANYTHING.values()] + [(verb, TEXT) for verb in NO_TEXT.values()],
    ids=[*ANYTHING, *NO_TEXT],
)
def test_what_is_wrong_is_refused_in_words(engine: Engine, verb: Verb, values: tuple[Any, ...]) -> None:
    instance, task = begun(engine)
    head = engine.show(instance).row.head
    for value in values:
        with pytest.raises(SignoffError) as refused:
            verb(engine, instance, task, value)
        assert str(refused.value)
    assert engine.show(instance).row.head == head


def test_a_draft_holds_no_text_that_the_record_could_not(engine: Engine) -> None:
    _, task = begun(engine)
    with pytest.raises(SignoffError) as refused:
        engine.save(task, by="amy", note="a\0b")
    assert refused.value.code == "unwritable_text"
