"""Bad definitions and bad tables: what is wrong, where, and what to do; in text and as JSON; nothing is changed.

What is done to a running process stands in `test_bad_commands`, what is wrong with a database in `test_bad_database`.
"""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Run, document
from tests.stories.state import dump
from tests.table import make

GOOD = """signoff: 1
process: fair
lang: en
data:
  day: date
  sum: {type: money, currency: CNY}
dates:
  event: {day: day, name: the fair}
roles:
  staff: {group: staff}
  boss: {group: bosses}
start: {by: [staff], form: {fill: [day]}}
steps:
  - step: plan
    owner: staff
    due: 20 days before event
    form: {fill: [sum]}
    require:
      - {rule: "sum > 0", says: Say what it costs.}
  - step: build
    owner: staff
    due: 5 days before event
    checklist: [It stands]
    binds: [sum]
    approve: {by: boss, sign: true}
"""
BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def test_the_process_that_is_spoiled_below_is_a_good_one(run: Run, folder: Path) -> None:
    folder.joinpath("fair.yaml").write_text(GOOD, encoding="utf-8")
    assert run("check", "fair.yaml").exit_code == 0
    assert run("deploy", "fair.yaml").exit_code == 0


# what, the spoiled part, what stands there instead, where it is told (line), a word of the sentence
SPOILED = [
    ("an unknown key", "    checklist: [It stands]", "    chekclist: [It stands]", 23, "checklist"),
    ("a key of no meaning", "lang: en", "lang: en\ncolour: red", 4, "colour"),
    ("a key written twice", "lang: en", "lang: en\nlang: en", 4, "twice"),
    ("a step written twice", "step: build", "step: plan", 20, "plan"),
    ("an undeclared field in a form", "fill: [sum]", "fill: [summ]", 17, "sum"),
    ("an undeclared name in a rule", '"sum > 0"', '"summ > 0"', 19, "sum"),
    ("an undeclared owner", "owner: staff\n    due: 20", "owner: stuff\n    due: 20", 15, "staff"),
    ("an undeclared date", "20 days before event", "20 days before evnt", 16, "event"),
    ("an undeclared approver", "{by: boss, sign", "{by: bos, sign", 25, "boss"),
    ("data that is its own formula", "  day: date", "  day: date\n  x: {type: integer, formula: x + 1}", 6, "x"),
    ("a deadline that hangs on a later one", "20 days before event", "1 day before build", 16, ""),
    ("a deadline before that of the step before", "5 days before", "25 days before", 22, "plan"),
    ("a role that nothing fills", "  boss: {group: bosses}", "  boss: {name: Boss}", 11, "exactly one"),
    ("an alias", "lang: en", "lang: &l en\nname: *l", 3, ""),
    ("many aliases of aliases", "lang: en", "lang: en\n" + BOMB.rstrip(), 4, ""),
    ("a merge key", "lang: en", "lang: en\n<<: {a: b}", 4, ""),
    ("a tag", "lang: en", "lang: !!python/object/apply:os.getcwd []", 3, ""),
    ("a date that YAML would guess", "lang: en", "lang: en\nname: 2026-01-01", 4, ""),
    ("deep nesting", "lang: en", "lang: en\nname: " + "[" * 5_000 + "]" * 5_000, 4, ""),
    ("deep nesting in a rule", '"sum > 0"', '"' + "(" * 5_000 + "sum > 0" + ")" * 5_000 + '"', 19, ""),
    ("an endless rule", '"sum > 0"', '"' + "sum > 0 and " * 20_000 + 'sum > 0"', 19, ""),
    ("a rule that reaches for Python", '"sum > 0"', '"sum.__class__ == 0"', 19, ""),
    ("a second document", "lang: en", "lang: en\n---\nlang: en", 4, ""),
    ("a NUL", "Say what", "Say\0 what", 19, ""),
    ("a huge number", "sum > 0", "sum > 1e999999999", 19, ""),
    ("a power without end", "sum > 0", "sum > 9**9**9**9", 19, ""),
    ("another version of the language", "signoff: 1", "signoff: 99", 1, ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line", "said"), [each[1:] for each in SPOILED], ids=[s[0] for s in SPOILED]
)
@pytest.mark.parametrize("verb", ["check", "deploy"])
def test_a_definition_is_refused_with_its_place(
    office: Run, folder: Path, verb: str, old: str, new: str, line: int, said: str
) -> None:
    assert old in GOOD
    folder.joinpath("fair.yaml").write_text(GOOD.replace(old, new, 1), encoding="utf-8")
    before = dump(folder)
    result = office(verb, "fair.yaml")
    told = result.stdout if verb == "check" else result.stderr
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    found = re.findall(r"^fair\.yaml:(\d+):\d+: [A-Z]\d\d (.+)$", told, re.MULTILINE)
    assert line in {int(number) for number, _ in found}, told[:2000]
    assert any(said in sentence for _, sentence in found), told[:2000]
    assert len(told) < 20_000, "the mistake is told, not the file"
    json = document(office(verb, "fair.yaml", "--json"))
    problems = json["files"][0]["problems"] if verb == "check" else json["error"]["problems"]
    assert any(problem["place"]["line"] == line and problem["sentence"] for problem in problems)
    assert dump(folder) == before


TABLES = {
    "empty.docx": b"",
    "empty.xlsx": b"",
    "empty.csv": b"",
    "broken.docx": b"PK\x03\x04 and no more",
    "broken.xlsx": b"no container at all",
    "locked.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000),
    "locked.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000),
    "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000),
    "picture.png": b"\x89PNG\r\n",
    "shopping.csv": b"milk,bread\n1,2\n",
    "shopping.md": b"| milk | bread |\n|---|---|\n| 1 | 2 |\n",
    "prose.txt": "没有表格，只有一段话。".encode(),
    "zeros.csv": bytes(500),
    "noise.txt": bytes(range(128, 256)) * 9,
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_refused_with_its_name_and_nothing_is_written(run: Run, folder: Path, name: str) -> None:
    folder.joinpath(name).write_bytes(TABLES[name])
    _refused(run, folder, name)


def _refused(run: Run, folder: Path, name: str) -> None:
    before = sorted(folder.iterdir())
    for lang in ("en", "zh"):
        result = run(
            "import", name, "-o", "p.yaml", "--people", "who.yaml", "--report", f"r-{name}", "--lang", lang
        )
        assert result.exit_code == 2, result.output
        assert name in result.stderr
        assert "{" not in result.stderr
        assert "Traceback" not in result.output
    error = document(run("import", name, "-o", "p.yaml", "--json"))["error"]
    assert (error["class"], error["exit_code"]) == ("UnreadableTable", 2)
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("part", ["word/bomb.xml", "../out.xml"])
def test_a_container_that_would_do_harm_is_refused(run: Run, folder: Path, part: str) -> None:
    import zipfile

    path = make.docx(folder / "t.docx", make.SEED)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as container:
        container.writestr(part, bytes(60 << 20) if "bomb" in part else b"<a/>")
    _refused(run, folder, "t.docx")


def test_a_sheet_of_absurd_size_is_refused_or_read_as_what_it_holds(run: Run, folder: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.cell(1_048_576, 16_384, "far away")
    book.save(folder / "t.xlsx")
    _refused(run, folder, "t.xlsx")


def test_a_cell_that_nobody_understands_is_told_and_stays_in_the_way_of_deploying(
    run: Run, folder: Path
) -> None:
    rows = [*make.SEED[:2], ["", "复盘", "经理", "看情况吧", "", ""]]
    make.write(folder / "t.csv", make.csv_text(rows))
    result = run("import", "t.csv", "-o", "p.yaml")
    assert result.exit_code == 2, "written, but not to be deployed as it is"
    assert re.search(r"✗ t\.csv:4:4 ", result.stdout), result.stdout
    assert run("check", "p.yaml").exit_code == 2
    assert run("deploy", "p.yaml").exit_code == 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("manager: sun", "manager: snu", "snu"),
        ("lin-login]}", "lin-login]}\n  lin: {name: Twice}", "lin"),
        ("signoff_people: 1", "signoff_people: 9", "signoff_people: 1"),
        ("name: 林", "nmae: 林", "name"),
        ("logins: [lin-login]", "logins: [lin-login, lin-login]", "lin-login"),
    ],
)
def test_a_people_file_is_refused_with_its_place(
    office: Run, folder: Path, old: str, new: str, said: str
) -> None:
    from tests.cli.conftest import PEOPLE

    assert old in PEOPLE
    folder.joinpath("p.yaml").write_text(PEOPLE.replace(old, new, 1), encoding="utf-8")
    before = dump(folder)
    result = office("people", "import", "p.yaml", "--yes")
    assert result.exit_code == 2, result.output
    assert re.search(r"p\.yaml:\d+:\d+", result.stderr), result.stderr
    assert said in result.stderr
    assert dump(folder) == before
