"""The processes that come with signoff: YAML definitions and their scenarios.

Files, not code: hand `path(name)` to `signoff check` or `Engine.deploy`. Must import nothing of signoff.
"""

from pathlib import Path

_HERE = Path(__file__).resolve().parent
_SCENARIOS = ".scenarios"


def names() -> tuple[str, ...]:
    """The shipped processes, as `path` takes them."""
    return tuple(sorted(file.stem for file in _HERE.glob("*.yaml") if not file.stem.endswith(_SCENARIOS)))


def path(name: str) -> Path:
    """The file of a shipped process; `NAME.scenarios` is the file of its scenarios. Raises KeyError."""
    file = _HERE / f"{name}.yaml"
    if file.parent != _HERE or not file.is_file():
        raise KeyError(name)
    return file


def demo(name: str) -> Path | None:
    """The file with what `signoff demo` plays on a shipped process; None where there is none."""
    file = _HERE / f"{name}.demo.yml"
    return file if file.parent == _HERE and file.is_file() else None
