"""What is handed in as text: text stays text, lists and mappings are YAML, files are mappings."""

from pathlib import Path

import pytest

from signoff.errors import Invalid
from signoff_cli import given
from signoff_cli.session import Misuse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1万", "1万"),
        ("007", "007"),
        ("no", "no"),
        ("18:00", "18:00"),
        ("", ""),
        ("a=b", "a=b"),
        ("[a, 1, null, true]", ["a", "1", None, True]),
        ("['null', \"true\"]", ["null", "true"]),
        ("{metric: 新增用户, target: <= 2%}", {"metric": "新增用户", "target": "<= 2%"}),
        (
            "[{metric: 新增用户, target: 1万, unit: 人}]",
            [{"metric": "新增用户", "target": "1万", "unit": "人"}],
        ),
    ],
)
def test_a_value_is_text_unless_it_looks_like_a_list_or_a_mapping(text: str, value: object) -> None:
    assert given.data([f"x={text}"], None) == {"x": value}


def test_a_dotted_name_sets_one_field_on_top_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "d.yaml"
    file.write_text("teams: {planning: {lead: su, members: [su]}}\nday: 2026-10-15\n", encoding="utf-8")
    found = given.data(["teams.planning.lead=he", "teams.logistics.lead=pan"], file)
    assert found == {
        "teams": {"planning": {"lead": "he", "members": ["su"]}, "logistics": {"lead": "pan"}},
        "day": "2026-10-15",
    }


def test_numbers_of_a_json_file_keep_every_digit(tmp_path: Path) -> None:
    file = tmp_path / "d.json"
    file.write_text('{"amount": 0.1000000000000000000001}', encoding="utf-8")
    assert str(given.from_file(file)["amount"]) == "0.1000000000000000000001"


@pytest.mark.parametrize(
    "said", [["x"], ["=1"], ["x=1", "x=2"], ["x=[1"], ["x={a: 1, a: 2}"], ["x=[!!python/name:os.system a]"]]
)
def test_what_cannot_be_read_is_misuse(said: list[str]) -> None:
    with pytest.raises(Misuse):
        given.data(said, None)


@pytest.mark.parametrize(
    "text", ["- a", "text", "", "a: &x 1\nb: *x", "a: !!python/object/apply:os.getcwd []", "? [a]\n: b"]
)
def test_a_file_that_is_no_plain_mapping_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "d.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Invalid):
        given.from_file(file)


@pytest.mark.parametrize("said", [["x"], ["x="], ["=f"], ["x=f", "x=g"]])
def test_an_attachment_has_a_name_and_a_file(said: list[str]) -> None:
    with pytest.raises(Misuse):
        given.attachments(said)
    assert given.attachments(["《a=b》.x=f=g"]) == {"《a": Path("b》.x=f=g")}
