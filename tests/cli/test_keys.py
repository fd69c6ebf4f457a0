"""Keys on the command line: make one, have it registered, sign with it, revoke it."""

import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Run, document

PURCHASE = """
signoff: 1
process: purchase
lang: en
data: {price: {type: integer, default: 5}}
roles: {maker: {group: staff}, boss: {group: hr}}
start: {by: [maker]}
steps:
  - gate: release
    approve: [{by: boss, declined: end, sign: key}]
    binds: [price]
"""
SECRET = "correct horse battery staple"


@pytest.fixture
def gate(office: Run, folder: Path) -> Run:
    """A gate that takes only signatures, and a key of hu in hu.key, registered."""
    folder.joinpath("purchase.yaml").write_text(PURCHASE, encoding="utf-8")
    folder.joinpath("secret").write_text(SECRET + "\n", encoding="utf-8")
    for arguments in (
        ["deploy", "purchase.yaml"],
        ["start", "purchase", "--key", "P1"],
        ["keys", "new", "--as", "hu", "-o", "hu.key", "--passphrase-file", "secret"],
        ["keys", "add", "hu.key.pub", "--for", "hu"],
    ):
        result = office(*arguments)
        assert result.exit_code == 0, result.output
    return office


def test_a_new_key_is_encrypted_and_for_its_owner_alone(gate: Run, folder: Path) -> None:
    private = folder / "hu.key"
    assert private.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert folder.joinpath("hu.key.pub").read_text().startswith("-----BEGIN PUBLIC KEY-----")


def test_a_key_is_never_written_over(gate: Run) -> None:
    result = gate("keys", "new", "-o", "hu.key", "--passphrase-file", "secret")
    assert result.exit_code != 0
    assert "never written over" in result.stderr


def test_the_passphrase_is_asked_for_twice(folder: Path, run: Run) -> None:
    result = run("keys", "new", "-o", "my.key", input=f"{SECRET}\n{SECRET}\n")
    assert result.exit_code == 0, result.output
    assert "signoff keys add my.key.pub --for" in result.stdout
    assert SECRET not in result.output


def test_approving_with_a_key_is_signed(gate: Run) -> None:
    weak = gate("approve", "P1", "--as", "hu")
    assert "signature with one's own key" in weak.stderr
    result = gate("approve", "P1", "--as", "hu", "--sign", "hu.key", "--passphrase-file", "secret")
    assert result.exit_code == 0, result.output
    assert "signed with the key of this person" in result.stdout
    assert gate("verify").exit_code == 0


def test_the_terminal_asks_for_the_passphrase_and_says_for_what(gate: Run) -> None:
    result = gate("decline", "P1", "--as", "hu", "--sign", "hu.key", input=f"{SECRET}\n")
    assert result.exit_code == 0, result.output
    assert "Passphrase of hu.key, to sign release" in result.stderr


def test_a_dry_run_signs_nothing(gate: Run) -> None:
    sign = ("--sign", "hu.key", "--passphrase-file", "secret")
    result = gate("approve", "P1", "--as", "hu", *sign, "--dry-run")
    assert result.exit_code == 0, result.output
    assert document(gate("show", "P1", "--json"))["instance"]["status"] == "running"


@pytest.mark.parametrize(
    ("secret", "key", "said"),
    [
        ("wrong", "hu.key", "does not open hu.key"),
        (SECRET, "absent.key", "absent.key"),
        (SECRET, "hu.key.pub", "no Ed25519 key"),
        (SECRET, "secret", "no Ed25519 key"),
    ],
)
def test_a_key_that_cannot_be_opened_is_refused(
    gate: Run, folder: Path, secret: str, key: str, said: str
) -> None:
    folder.joinpath("given").write_text(secret, encoding="utf-8")
    result = gate("approve", "P1", "--as", "hu", "--sign", key, "--passphrase-file", "given")
    assert result.exit_code != 0
    assert said in result.stderr


def test_a_private_key_is_not_registered(gate: Run) -> None:
    result = gate("keys", "add", "hu.key", "--for", "hu")
    assert result.exit_code != 0
    assert "private key" in result.stderr


def test_keys_are_listed_and_revoked(gate: Run) -> None:
    (key,) = document(gate("keys", "list", "--json"))["keys"]
    assert (key["person"], key["purpose"]) == ("hu", "decision")
    assert "valid" in gate("keys", "list").stdout
    result = gate("keys", "revoke", key["id"][:12], "--reason", "lost on the train", "--yes")
    assert result.exit_code == 0, result.output
    assert "lost on the train" in gate("keys", "list").stdout
    refused = gate("approve", "P1", "--as", "hu", "--sign", "hu.key", "--passphrase-file", "secret")
    assert "has been revoked" in refused.stderr


def test_a_key_may_be_registered_for_a_time(gate: Run) -> None:
    gate("keys", "new", "-o", "sun.key", "--passphrase-file", "secret")
    wrong = gate("keys", "add", "sun.key.pub", "--for", "sun", "--from", "soon")
    assert "is no date" in wrong.stderr
    result = gate("keys", "add", "sun.key.pub", "--for", "sun", "--from", "2035-01-01", "--to", "2036-01-01")
    assert result.exit_code == 0, result.output
    assert "not yet" in gate("keys", "list").stdout
    assert gate("keys", "add", "sun.key.pub").exit_code != 0
