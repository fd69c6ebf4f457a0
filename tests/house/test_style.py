"""The house style that a machine can measure: sizes, names, opening lines, reasons, and what no file may hold."""

import ast
import io
import re
import statistics
import tokenize
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.house.source import (
    ROOT,
    Module,
    called,
    classes,
    dotted,
    example,
    functions,
    imports,
    length,
    packages,
    shown,
    suite,
    walked,
)

FILE, FUNCTION, CLASS, MEDIAN = 400, 40, 200, 10
NO_NOUNS = frozenset({"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"})
EVALUATORS = frozenset({"eval", "exec", "compile", "__import__"})
UNSAFE_MODULES = frozenset({"pickle", "marshal", "shelve", "dill"})
UNSAFE_CALLS = frozenset({"os.system", "os.popen", "yaml.unsafe_load", "yaml.full_load"})
EXEMPTION = re.compile(
    r"#\s*(?P<what>noqa|type:\s*ignore)(?P<codes>:\s*[A-Z]+\d+(,\s*[A-Z]+\d+)*|\[[\w, -]+\])?"
)

TEXTS = frozenset(
    {
        ".py",
        ".md",
        ".toml",
        ".yaml",
        ".yml",
        ".json",
        ".po",
        ".csv",
        ".bpmn",
        ".svg",
        ".html",
        ".txt",
        ".sql",
        ".ini",
    }
)
FOLDERS = ("engine", "cli", "workflows", "tests", "docs", ".ci")
# Written in two halves, so that this file does not hold them either.
HOSTS = tuple(
    first + last
    for first, last in (
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("npm", "js.org"),
        ("proxy.golang", ".org"),
        ("deb.debian", ".org"),
        ("ghcr", ".io"),
        ("docker", ".io"),
        ("mirrors.", "aliyun"),
        ("tuna.", "tsinghua"),
    )
)
MACHINE = re.compile(
    r"(?<![\w.:/~-])/(?:" + "|".join(("wo" + "rk", "tm" + "p", "ro" + "ot", "ho" + "me")) + r")(?![\w-])"
)


def too_long(module: Module) -> list[str]:
    sizes = [
        (f"{module.place}", module.text.count("\n"), FILE),
        *(
            (f"{module.place}:{node.lineno} {node.name}", length(node), FUNCTION)
            for node in functions(module.tree)
        ),
        *(
            (f"{module.place}:{node.lineno} {node.name}", length(node), CLASS)
            for node in classes(module.tree)
        ),
    ]
    return [f"{what} has {lines} lines, at most {most}" for what, lines, most in sizes if lines > most]


def no_noun(module: Module) -> list[str]:
    return [
        f"{module.place}: {part} says nothing; name what the module owns"
        for part in module.name.split(".")
        if part in NO_NOUNS
    ]


def no_opening(module: Module) -> list[str]:
    opened = ast.get_docstring(module.tree) or not module.text.strip()
    return [] if opened else [f"{module.place} does not open with what it owns and what it must not import"]


def no_reason(module: Module) -> list[str]:
    """Exemptions that name no rule, or have no half sentence of reason in the same comment."""
    found: list[str] = []
    if not EXEMPTION.search(module.text):  # to tell comments from texts costs most of this test
        return found
    for line, comment in _comments(module.text):
        match = EXEMPTION.search(comment)
        if match and not match["codes"]:
            found.append(f"{module.place}:{line} {match['what']} names no rule")
        elif match and len(re.findall(r"[^\W_]+", comment.replace(match[0], ""))) < 2:
            found.append(f"{module.place}:{line} {match['what']}{match['codes']} gives no reason")
    return found


def _comments(text: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def evaluates(module: Module) -> list[str]:
    """Doors through which loaded text could become running code."""
    found = [
        (each.line, f"imports {each.source}")
        for each in imports(module)
        if each.source.split(".")[0] in UNSAFE_MODULES
    ]
    for node in walked(module.tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in EVALUATORS:
                found.append((node.lineno, f"calls {name}()"))
            case ast.Attribute() if dotted(node) in UNSAFE_CALLS:
                found.append((node.lineno, f"reaches for {dotted(node)}"))
            case ast.Call(keywords=keywords) if any(
                _is_on(each, "shell", "resolve_entities") for each in keywords
            ):
                found.append((node.lineno, "passes shell=True or resolve_entities=True"))
    return [f"{module.place}:{line} {what}" for line, what in found]


def _is_on(keyword: ast.keyword, *names: str) -> bool:
    return keyword.arg in names and not (
        isinstance(keyword.value, ast.Constant) and keyword.value.value is False
    )


def sleeps(module: Module) -> list[str]:
    return [
        f"{module.place}:{node.lineno} sleeps; wait for the event itself"
        for node in walked(module.tree)
        if isinstance(node, ast.Call) and called(node) == "sleep"
    ]


def names_a_place(place: str, text: str) -> list[str]:
    """Lines with a registry's host or a folder of the machine the file was written on."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        found += [f"{place}:{number} names {host}" for host in HOSTS if host in line]
        found += [f"{place}:{number} names {match[0]}" for match in MACHINE.finditer(line)]
    return found


def texts() -> Iterator[Path]:
    """The project's text files; lock files and what tools leave behind are not the project's."""
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if (
                path.is_file()
                and (path.suffix in TEXTS or folder == ".ci")
                and "__pycache__" not in path.parts
            ):
                yield path
    yield from (
        path for path in ROOT.iterdir() if path.suffix in {".md", ".toml"} or path.name == ".gitignore"
    )


def median(modules: Iterable[Module]) -> float:
    return statistics.median([length(node) for module in modules for node in functions(module.tree)] or [0])


CHECKS: tuple[tuple[Callable[[Module], list[str]], Callable[[], tuple[Module, ...]]], ...] = (
    (too_long, packages),
    (too_long, suite),
    (no_noun, packages),
    (no_noun, suite),
    (no_opening, packages),
    (no_opening, suite),
    (no_reason, packages),
    (no_reason, suite),
    (evaluates, packages),
    (sleeps, suite),
)


@pytest.mark.parametrize(("check", "modules"), CHECKS, ids=lambda each: each.__name__)
def test_the_style_holds(
    check: Callable[[Module], list[str]], modules: Callable[[], tuple[Module, ...]]
) -> None:
    findings = [finding for module in modules() for finding in check(module)]
    assert not findings, shown(findings)


def test_half_of_all_functions_are_short() -> None:
    assert median(packages()) < MEDIAN


def test_no_file_names_a_registry_or_a_folder_of_somebodys_machine() -> None:
    findings = []
    for path in texts():
        findings += names_a_place(
            str(path.relative_to(ROOT)), path.read_text(encoding="utf-8", errors="replace")
        )
    assert not findings, shown(findings)


def test_the_texts_that_are_searched_include_all_kinds() -> None:
    seen = {str(path.relative_to(ROOT)) for path in texts()}
    assert {"pyproject.toml", "README.md", ".ci/run", "engine/signoff/errors.py", "tests/conftest.py"} <= seen


def loose(folder: Path) -> list[str]:
    """Folders of tests that are no packages: two files of one name in them cannot be collected together."""
    folders = {path.parent for path in folder.rglob("*.py")}
    return sorted(f"{each} lacks __init__.py" for each in folders if not (each / "__init__.py").exists())


def test_every_folder_of_tests_is_a_package() -> None:
    assert not loose(ROOT / "tests"), shown(loose(ROOT / "tests"))


def test_a_loose_folder_is_found(tmp_path: Path) -> None:
    tmp_path.joinpath("test_x.py").touch()
    assert loose(tmp_path) == [f"{tmp_path} lacks __init__.py"]


@pytest.mark.parametrize(
    ("check", "name", "text", "said"),
    [
        (too_long, "m", "x = 1\n" * 401, "m.py has 401 lines"),
        (too_long, "m", "def f():\n" + "    x = 1\n" * 40, "f has 41 lines, at most 40"),
        (too_long, "m", "class C:\n" + "    x = 1\n" * 200, "C has 201 lines, at most 200"),
        (no_noun, "signoff.store.utils", "", "utils says nothing"),
        (no_opening, "m", "x = 1", "does not open"),
        (no_reason, "m", "x = 1  # noqa", "names no rule"),
        (no_reason, "m", "x = 1  # noqa: S101", "noqa: S101 gives no reason"),
        (no_reason, "m", "x = 1  # type: ignore", "names no rule"),
        (no_reason, "m", "x = 1  # type: ignore[attr-defined]  # mypy", "gives no reason"),
        (evaluates, "m", "eval('1')", "calls eval()"),
        (evaluates, "m", "def f():\n    compile('1', '', 'eval')", ":2 calls compile()"),
        (evaluates, "m", "from pickle import loads", "imports pickle"),
        (evaluates, "m", "import os\nos.system('x')", "reaches for os.system"),
        (evaluates, "m", "run('x', shell=True)", "shell=True"),
        (evaluates, "m", "run('x', shell=chosen)", "shell=True"),
        (sleeps, "m", "import time\ntime.sleep(1)", ":2 sleeps"),
        (sleeps, "m", "from time import sleep\nsleep(1)", ":2 sleeps"),
    ],
)
def test_a_breach_is_found(check: Callable[[Module], list[str]], name: str, text: str, said: str) -> None:
    assert said in shown(check(example(name, text)))


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (no_opening, ""),
        (no_opening, '"""Owns nothing."""\nx = 1'),
        (no_reason, "x = 1  # noqa: S101 - marks a bug"),
        (no_reason, "x = 1  # marks a bug  # noqa: S101"),
        (no_reason, "x = 1  # type: ignore[misc]  # lxml has no stubs"),
        (no_reason, "x = '# noqa'"),
        (evaluates, "import re\nre.compile('x')\nrun('x', shell=False)"),
    ],
)
def test_what_is_in_style_is_left_alone(check: Callable[[Module], list[str]], text: str) -> None:
    assert check(example("m", text)) == []


@pytest.mark.parametrize("word", [HOSTS[0], "/wo" + "rk/main", "a /tm" + "p/x", "'/ro" + "ot'"])
def test_a_forbidden_place_is_found(word: str) -> None:
    assert names_a_place("a.md", f"fine\nsee {word}") != []


@pytest.mark.parametrize(
    "word", ["../shared/conformance", "network/x", "https://example.org/work", "/worker"]
)
def test_other_places_are_left_alone(word: str) -> None:
    assert names_a_place("a.md", f"see {word}") == []


def test_long_functions_move_the_median() -> None:
    assert median([example("m", "def f():\n" + "    x = 1\n" * 12)]) >= MEDIAN
