"""The compiled catalogues: each FAMILY.po of the engine and of the command line becomes the FAMILY.mo beside it.

Run `python tests/house/catalogue.py` after changing a translation; the tests compare. The result depends on
the sentences alone: no date, no version, no order of the file. Must import nothing of signoff.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "engine" / "signoff" / "locale"
LOCALES = (LOCALE, ROOT / "cli" / "signoff_cli" / "locale")
ONE_FORM = "nplurals=1; plural=0;"  # Chinese has the same words for one and for many


class Timeless(Catalog):
    """A catalogue whose header tells the encoding, how it counts where it counts, and nothing that changes."""

    counts = ""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        told = [("Content-Type", "text/plain; charset=utf-8")]
        return [*told, ("Plural-Forms", self.counts)] if self.counts else told


def sources() -> list[Path]:
    """Every translation file, language by language."""
    return sorted(source for locale in LOCALES for source in locale.glob("*/LC_MESSAGES/*.po"))


def translations(source: Path) -> Iterator[Message]:
    """The messages of one file; raises PoFileError where it cannot be read."""
    with source.open("rb") as file:
        yield from (message for message in read_po(file, abort_invalid=True) if message.id)


def compiled(source: Path) -> bytes:
    """What FAMILY.mo has to contain."""
    catalogue, messages = Timeless(charset="utf-8"), list(translations(source))
    if any(message.pluralizable for message in messages):
        catalogue.counts = ONE_FORM
    for message in messages:
        catalogue.add(message.id, message.string, flags=message.flags, context=message.context)
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


def main() -> None:
    for source in sources():
        source.with_suffix(".mo").write_bytes(compiled(source))
        print(source.with_suffix(".mo").relative_to(ROOT))


if __name__ == "__main__":
    main()
