"""Made-up values fit their types, made-up documents their demands, and people work in office hours."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from signoff import read_definition
from signoff_cli.demo import pace
from signoff_cli.demo.form import TURNS, Filler
from signoff_cli.demo.paper import Folder
from signoff_cli.demo.script import Reading
from signoff_cli.demo.table import adapted

ZONE = ZoneInfo("Asia/Shanghai")
PROCESS = """
signoff: 1
process: trial
lang: en
data:
  word: {type: text, max: 3}
  amount: {type: money, min: 5, max: 7}
  kinds: {min: 2, list_of: {fields: {kind: {one_of: [a, b, c]}, note: {type: text, optional: true}}}}
  agreed: {type: boolean}
  day: {type: date}
documents:
  plan: {sections: [Goals, Risks], formats: [docx, pdf]}
  chart: {formats: [png]}
  notes: {sections: [Results]}
start: {form: {fill: [word, amount, kinds, agreed, day]}}
steps:
  - {step: one, owner: lin, delivers: [plan, chart, notes]}
roles:
  lin: {person: lin}
"""


def test_values_keep_the_limits_of_their_types_in_every_turn() -> None:
    definition = read_definition(PROCESS).definition
    for turn in range(TURNS):
        filler = Filler("en", ["lin", "wu"], datetime(2026, 5, 1, tzinfo=ZONE), turn)
        found = filler.fields(definition.data.values())
        assert len(found["word"]) <= 3
        assert 5 <= Decimal(found["amount"]) <= 7
        assert {each["kind"] for each in found["kinds"]} == {"a", "b", "c"}
        assert found["day"] >= "2026-04-30"


def test_documents_have_the_format_and_the_headings_that_are_demanded(tmp_path: Path) -> None:
    from signoff.runtime.attachments import read

    folder = Folder(tmp_path, read_definition(PROCESS).definition)
    plan, chart, notes = (folder.write(name) for name in ("plan", "chart", "notes"))
    assert (plan.suffix, chart.suffix, notes.suffix) == (".docx", ".png", ".md")
    assert {"Goals", "Risks"} <= set(read(plan).sections)
    assert "Results" in read(notes).sections
    assert read(chart).sha256 == folder.prints["chart"]
    assert folder.write("chart").read_bytes() != chart.read_bytes()


def test_a_script_writes_days_as_seen_from_the_event() -> None:
    reading = Reading(date(2026, 10, 15), ZONE, {"key-visual": "abc"})
    assert reading.value({"a": ["event-7", "event+2 17:50", "sha256:key-visual", "eventually"]}) == {
        "a": ["2026-10-08", "2026-10-17T17:50:00+08:00", "abc", "eventually"]
    }


@given(
    now=st.timedeltas(timedelta(0), timedelta(days=700)).map(
        lambda since: datetime(2026, 1, 1, tzinfo=UTC) + since
    ),
    ahead=st.one_of(st.none(), st.timedeltas(timedelta(days=-3), timedelta(days=60))),
    name=st.text(max_size=5),
)
def test_work_is_done_after_now_and_before_a_deadline_that_lies_ahead(
    now: datetime, ahead: timedelta | None, name: str
) -> None:
    due = now + ahead if ahead is not None else None
    at = pace.work(now, due, ZONE, name)
    assert at >= now
    if due is not None and due > now + timedelta(minutes=10):
        assert at < due
    voted = pace.vote(now, ZONE, name).astimezone(ZONE)
    assert voted > now
    assert voted.weekday() < 5


def test_a_table_gives_a_definition_and_people_who_can_play_it(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Step,Owner,Approver\nPack,Ann,Boss\n", encoding="utf-8")
    text, definition, script = adapted(tmp_path / "t.csv")
    assert definition.id in text
    assert script.people_file().people.keys() == script.people.keys()
    assert script.reader
