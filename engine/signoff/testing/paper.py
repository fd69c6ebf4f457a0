"""Documents made for tests: small files with the headings and in the format that a definition demands.

Must import nothing of signoff but model, the kernel's `Attachment` and `runtime.attachments`.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from signoff.kernel.commands import Attachment
from signoff.model.definition import Definition, Document
from signoff.model.types import Text
from signoff.runtime import attachments
from signoff.runtime.attachments import Loaded
from signoff.runtime.intake import Source

Wanted = Mapping[str, Any] | Iterable[str]
FINGERPRINT = "sha:"
_READABLE = ("md", "txt", "html", "htm", "markdown")


def papers(definition: Definition, wanted: Wanted) -> dict[str, Source]:
    """What is handed in, by document: names alone are made up; with `sections`, `format` or `content` said, so.

    A path, bytes or an attachment is handed in as it is. `content: "sha:X"` is a document of the fingerprint X
    whose bytes nobody has.
    """
    said = wanted if isinstance(wanted, Mapping) else dict.fromkeys(wanted)
    return {name: _paper(_known(definition, name), given) for name, given in said.items()}


def _known(definition: Definition, name: str) -> Document:
    bare = name.strip("《》 ")
    found = (d for id, d in definition.documents.items() if name == id or bare in (d.label.zh, d.label.en))
    return next(found, Document(name, Text(en=name)))


def _paper(document: Document, given: Any) -> Source:
    if given is not None and not isinstance(given, Mapping):
        assert isinstance(given, (str, Path, bytes, Loaded, Attachment)), f"no document: {given!r}"
        return given
    said = given or {}
    sections = tuple(said.get("sections", document.sections))
    suffix = str(said.get("format") or (document.formats or ("md",))[0])
    name = f"{document.id}.{suffix}"
    content = str(said.get("content", ""))
    if content.startswith(FINGERPRINT):
        return Attachment(sha256=content.removeprefix(FINGERPRINT), size=0, name=name, sections=sections)
    title = document.label.zh or document.label.en or document.id
    if suffix == "docx":
        return _word(title, sections, content, name)
    data = _text(title, sections, content).encode()
    # Of an image or a PDF no headings can be read: whoever hands it in says which it has.
    return attachments.read(data, name=name, sections=None if suffix in _READABLE else sections)


def _text(title: str, sections: Iterable[str], content: str) -> str:
    return "\n\n".join([f"# {title}", content, *(f"## {section}" for section in sections)]) + "\n"


@lru_cache(maxsize=256)
def _word(title: str, sections: tuple[str, ...], content: str, name: str) -> Loaded:
    """Made once: a Word file holds the time of its making, and what is said in the same words is one document."""
    from docx import Document as Word  # noqa: PLC0415 - a slow import that few tests need

    word, file = Word(), BytesIO()
    word.add_heading(title, level=1)
    word.add_paragraph(content)
    for section in sections:
        word.add_heading(section, level=2)
    word.save(file)
    return attachments.read(file.getvalue(), name=name)
