"""What is handed over to be deployed: a file or its text, YAML, BPMN or DMN. Reading it is notation's."""

from dataclasses import dataclass
from pathlib import Path

from signoff.errors import Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Source:
    """What is deployed: the name of a file and what stands in it; XML says itself how it is encoded."""

    file: str
    content: str | bytes

    @property
    def is_xml(self) -> bool:
        """Whether it is BPMN: nothing else that is deployed begins with a tag."""
        start = self.content[:400]
        if isinstance(start, str):
            return start.lstrip("\ufeff \t\r\n").startswith("<")
        return start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")

    @property
    def is_dmn(self) -> bool:
        """Whether it is XML in a namespace of DMN."""
        start = self.content[:4000]
        text = start if isinstance(start, str) else start.replace(b"\0", b"").decode("latin-1")
        # a BPMN file names FEEL as its expression language in a namespace of DMN, too
        return self.is_xml and "spec/DMN/" in text and "spec/BPMN/20100524/MODEL" not in text

    @property
    def text(self) -> str:
        """The text of a file that is no XML. Raises Invalid."""
        if isinstance(self.content, str):
            return self.content
        try:
            return self.content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Invalid("file_not_utf8", file=self.file, offset=error.start) from None


def source_of(source: str | Path) -> Source:
    """A source: a path, or the text itself when it has several lines or begins with a tag. Raises NotFound."""
    if isinstance(source, str) and ("\n" in source or source.lstrip("\ufeff \t").startswith("<")):
        return Source("<text>", source)
    path = Path(source)
    try:
        return Source(str(path), path.read_bytes())
    except FileNotFoundError:
        raise NotFound("no_such_file", file=str(path)) from None
