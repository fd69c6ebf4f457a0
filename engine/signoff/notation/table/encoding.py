"""Text files as text: which encoding a file is in, decided by what can be read in it.

Owns the order of the trials: a byte order mark, UTF-8, UTF-16 without a mark, GB18030, Big5, then the guess of
charset-normalizer. Must not import any reader.
"""

import codecs
from collections.abc import Callable, Iterator

from signoff.errors import UnreadableTable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decoded(
    data: bytes, file: str, *, encoding: str | None, sensible: Callable[[str], bool]
) -> tuple[str, str]:
    """The text and the name of its encoding; `sensible` breaks the tie between encodings that both decode.

    UnreadableTable when an encoding was asked for that is unknown or does not fit, or none fits.
    """
    if encoding:
        return _forced(data, file, encoding), encoding.lower()
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if marked:
        return _forced(data, file, marked), marked
    found = list(_candidates(data))
    if not found:
        raise UnreadableTable("table_encoding_unknown", file=file)
    return next(((text, name) for text, name in found if sensible(text)), found[0])


def _forced(data: bytes, file: str, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except LookupError:
        raise UnreadableTable("table_encoding_unheard", file=file, encoding=encoding) from None
    except (UnicodeDecodeError, ValueError) as error:
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
        raise UnreadableTable("table_encoding_wrong", file=file, encoding=encoding, at=at) from None


def _candidates(data: bytes) -> Iterator[tuple[str, str]]:
    names = ["utf-8"]
    # Every second byte of UTF-16 is zero where the text is Latin; a single zero is a stray sign in another encoding.
    if data.count(0) * 20 > len(data):
        odd, even = data[1::2].count(0), data[::2].count(0)
        names = ["utf-16-le", "utf-16-be"] if odd >= even else ["utf-16-be", "utf-16-le"]
    for name in [*names, "gb18030", "big5"]:
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text or name == "utf-8":
            yield text, name
    yield from _guess(data)


def _guess(data: bytes) -> Iterator[tuple[str, str]]:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - a slow import that most files never need

    best = from_bytes(data[:200_000]).best()
    if best is None:
        return
    try:
        yield data.decode(best.encoding), best.encoding
    except (UnicodeDecodeError, LookupError):
        return
