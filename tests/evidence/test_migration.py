"""A migrated instance proves what was decided before and after: it verifies, its bundle counts every gate again."""

from datetime import timedelta

import pytest

from signoff import Engine, Invalid, Receipt, sheet_json
from signoff.read.bundle import verify
from tests.evidence.office import PROCESS, Office
from tests.evidence.test_bundle import Files, bundled, lines, mended, opened

SECOND = (
    PROCESS
    + """
  - {step: order, owner: maker, checklist: [Ordered]}
  - {gate: close, binds: [price], approve: [{by: boss, need: all, sign: key, declined: end}]}
"""
)
RENAMED = SECOND.replace("step: write", "step: draft").replace("[write]", "[draft]")


def moved(office: Office, instance: str, text: str, **given: object) -> Receipt:
    office.engine.deploy(text)
    office.pass_time()
    return office.engine.migrate(instance, by="root", reason="the new procedure", **given)  # type: ignore[arg-type]  # as migrate takes them


def clean(engine: Engine, instance: str) -> Files:
    """Whole in the database, and in its bundle."""
    found = engine.verify(instance)
    assert not found.findings, found.findings
    files = opened(bundled_of(engine, instance))
    assert not [fault for fault, *_ in verify.verify(files.get, "", ())[0]]
    return files


def bundled_of(engine: Engine, instance: str) -> bytes:
    import io

    target = io.BytesIO()
    engine.bundle(instance, target)
    return target.getvalue()


def started(office: Office) -> tuple[str, str]:
    gate = office.waiting()
    return gate.partition(":")[0], gate


def test_signatures_before_and_after_a_migration_hold(office: Office) -> None:
    office.engine.deploy(SECOND)
    instance, gate = started(office)
    for who in ("bob", "cid"):
        office.approve(gate, who)
    receipt = moved(office, instance, RENAMED, nodes={"write": "draft"})
    assert office.engine.show(instance).row.version == receipt.events[0].version  # type: ignore[attr-defined]  # it is the migration
    order = office.engine.locate(f"{instance}/order")
    (close,) = office.engine.submit(order, by="ann", ticks=["Ordered"]).opened
    for who in ("bob", "cid"):
        office.approve(close, who)
    assert office.engine.show(instance).row.status == "completed"
    files = clean(office.engine, instance)
    assert sum(name.startswith("definitions/") for name in files) == 2
    steps = [(row.step, row.status, len(row.approvals)) for row in office.engine.timeline(instance)]
    assert steps == [("draft", "passed", 2), ("order", "passed", 0), ("close", "passed", 2)]
    assert sheet_json(office.engine.sheet(instance))


def test_a_signature_of_an_open_round_goes_void_only_by_word_and_never_onto_the_new_version(
    office: Office,
) -> None:
    instance, gate = started(office)
    office.approve(gate, "bob")
    with pytest.raises(Invalid) as refused:
        moved(office, instance, SECOND)
    assert [each.code for each in refused.value.missing] == ["migration_votes"]
    before = office.engine.subject(gate, "cid")
    moved(office, instance, SECOND, votes="void")
    assert office.engine.subject(gate, "cid") != before
    clean(office.engine, instance)
    for who in ("bob", "cid"):
        office.approve(gate, who)
    clean(office.engine, instance)


def test_a_migration_that_was_not_is_found(office: Office) -> None:
    instance, gate = started(office)
    for who in ("bob", "cid"):
        office.approve(gate, who)
    office.engine.deploy(SECOND)
    instance, gate = started(office)
    office.engine.deploy(PROCESS)
    office.pass_time()
    moved(office, instance, PROCESS)
    files = opened(bundled(office, instance))

    def hidden(rows: list[dict[str, object]]) -> None:
        for row in rows:
            row["events"] = [e for e in row["events"] if e["is"] != "InstanceMigrated"]  # type: ignore[index,attr-defined]  # as they are written

    assert len(lines(files, "journal.jsonl")) == 3
    mended(files, hidden)
    assert "subject" in {fault for fault, *_ in verify.verify(files.get, "", ())[0]}


def test_the_audit_says_on_which_version_each_was_decided_and_who_migrated(office: Office) -> None:
    office.engine.deploy(SECOND)
    instance, gate = started(office)
    office.approve(gate, "bob")
    office.approve(gate, "cid")
    receipt = moved(office, instance, RENAMED, nodes={"write": "draft"})
    office.clock.advance(timedelta(minutes=1))
    said = receipt.events[0]
    with office.engine.core.database.read() as handle:
        from signoff.read.audit import audit

        rows = audit(handle.connection).rows
    assert [(row.what, row.person, row.version) for row in rows] == [
        ("vote", "bob", said.before),  # type: ignore[attr-defined]  # it is the migration
        ("vote", "cid", said.before),  # type: ignore[attr-defined]  # as above
        ("migration", "root", said.before),  # type: ignore[attr-defined]  # as above
    ]
