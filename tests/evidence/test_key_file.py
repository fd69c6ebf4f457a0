"""Key files that are not as they should be: refused with what is wrong, and nothing is left behind."""

from collections.abc import Callable
from pathlib import Path

import pytest

from signoff import FileSigner, Invalid, NotAllowed, new_key

EMPTY = b"-----BEGIN ENCRYPTED PRIVATE KEY-----\n-----END ENCRYPTED PRIVATE KEY-----\n"


@pytest.mark.parametrize(
    "harm",
    [lambda pem: pem[:100], lambda pem: pem.split(b"\n", 1)[1], lambda pem: EMPTY],
    ids=["cut", "headless", "empty"],
)
def test_a_broken_file_is_not_told_as_a_wrong_passphrase(
    tmp_path: Path, harm: Callable[[bytes], bytes]
) -> None:
    made = new_key(tmp_path / "bob.key", "horse")
    made.private.write_bytes(harm(made.private.read_bytes()))
    with pytest.raises(Invalid) as refused:
        FileSigner(made.private, "horse")
    assert refused.value.code == "key_unreadable"


@pytest.mark.parametrize("said", ["", "house", "\ud800"])
def test_a_wrong_passphrase_opens_nothing_and_is_not_repeated(tmp_path: Path, said: str) -> None:
    made = new_key(tmp_path / "bob.key", "horse")
    with pytest.raises(NotAllowed) as refused:
        FileSigner(made.private, said)
    assert refused.value.code == "passphrase_wrong"
    assert refused.value.__cause__ is None
    assert said not in str(refused.value) or not said


@pytest.mark.parametrize("said", ["\ud800", "x" * 1024, "口" * 400])
def test_a_passphrase_that_no_key_can_have_is_refused_and_nothing_is_written(
    tmp_path: Path, said: str
) -> None:
    with pytest.raises(Invalid) as refused:
        new_key(tmp_path / "bob.key", said)
    assert refused.value.code == "passphrase_unfit"
    assert list(tmp_path.iterdir()) == []
    made = new_key(tmp_path / "cid.key", "y" * 1023)
    with pytest.raises(NotAllowed) as wrong:
        FileSigner(made.private, said)
    assert wrong.value.code == "passphrase_wrong"


@pytest.mark.parametrize("name", ["bob.key", "bob.key.pub"])
def test_a_link_that_leads_nowhere_is_not_written_through(tmp_path: Path, name: str) -> None:
    (tmp_path / name).symlink_to(tmp_path / "nowhere")
    with pytest.raises(Invalid) as refused:
        new_key(tmp_path / "bob.key", "horse")
    assert refused.value.code == "key_file_exists"
    assert [each.name for each in tmp_path.iterdir()] == [name]
