"""Every page of the documentation is followed by a reader, and every link leads somewhere."""

import re
from pathlib import Path

import pytest

from tests.docs.page import agrees, blocks, commands, reader, verb_of
from tests.house.source import ROOT

PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / folder / "README.md" for folder in ("engine", "cli", "workflows"))]
)  # fmt: skip
_LINK = re.compile(r"!?\[[^\]]*\]\((?P<to>[^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_CODE = re.compile(r"^```.*?^```\s*$|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as the usual viewers make them."""
    bare = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(text))
    return {heading.strip().replace(" ", "-") for heading in bare}


def dead(page: Path) -> list[str]:
    found = []
    for match in _LINK.finditer(_CODE.sub("", page.read_text(encoding="utf-8"))):
        target, _, anchor = match["to"].partition("#")
        place = (page.parent / target).resolve() if target else page
        if "://" in match["to"]:
            continue
        if not place.exists() or (
            anchor and place.suffix == ".md" and anchor not in anchors(place.read_text(encoding="utf-8"))
        ):
            found.append(f"{name(page)}: {match['to']} leads nowhere")
    return found


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_page_does_what_it_says(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lang = "zh" if page.name.endswith(".zh.md") else "en"
    reader(tmp_path, name(page), monkeypatch, lang).follow(page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    assert not dead(page)


def test_what_is_shown_must_be_printed() -> None:
    assert agrees("Started …\n…\ndone\n", "Started  F-1\na\nb\ndone\n")
    assert not agrees("Started\n", "Started F-1\n")
    assert not agrees("a\n", "a\nb\n")


def test_commands_are_read_with_their_output() -> None:
    assert list(commands("$ signoff list\na\nb\n$ signoff why X\n")) == [
        ("signoff list", "a\nb\n"),
        ("signoff why X", ""),
    ]
    assert verb_of(["signoff", "--as", "lin", "people", "import", "x"]) == "people import"


def test_a_block_knows_its_file_and_its_time() -> None:
    found = next(blocks("<!-- file: a.csv -->\n<!-- clock: 2027-01-01T00:00Z -->\n```text\nx\n```\n"))
    assert (found.file, found.clock, found.text) == ("a.csv", "2027-01-01T00:00Z", "x\n")


@pytest.mark.parametrize(
    "text",
    [
        "```console\n$ signoff why NOTHING\n```",
        "```console\n$ rm -r .\n```",
        "```python\nassert False\n```",
        "```sh\ncurl x\n```",
        "```yaml\nnot: run\n```",
        "<!-- file: x.yaml -->\n```yaml\nsignoff: 1\n```",
    ],
)
def test_a_wrong_page_fails(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AssertionError):
        reader(tmp_path, "page", monkeypatch, "en").follow(text)


@pytest.mark.parametrize("folder", [ROOT / "docs", ROOT / "docs" / "decisions"], ids=name)
def test_every_page_can_be_reached_from_its_index(folder: Path) -> None:
    listed = {match["to"] for match in _LINK.finditer((folder / "index.md").read_text(encoding="utf-8"))}
    pages = {page.name for page in folder.glob("*.md")} - {"index.md"}
    assert not sorted(pages - listed)


@pytest.mark.parametrize("page", ["README.md", "README.zh.md"])
def test_a_fresh_machine_needs_two_commands(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    set_up = [block.text.splitlines() for block in blocks(text) if block.kind == "sh"]
    assert set_up[0] == [
        "python3 -m pip install uv && python3 -m uv run signoff demo",
        "python3 -m uv run pytest",
    ]
    assert set_up[1][0] == 'python3 -m venv .venv && .venv/bin/pip install -e ".[test]"'
