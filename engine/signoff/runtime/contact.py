"""Where a person is reached: what a directory tells a channel. Must import nothing of signoff."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contact:
    """`active` is false for somebody who is known and has left; `lang` is empty where nobody said it.

    `channels`: by which of them notices are wanted; none: by all.
    """

    id: str
    name: str = ""
    mail: str = ""
    lang: str = ""
    active: bool = True
    channels: tuple[str, ...] = ()
