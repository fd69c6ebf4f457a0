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
    folder.joinpath("secret").chmod(0o600)
    for arguments in (
        ["deploy", "purchase.yaml"],
        ["start", "purchase", "--key", "P1"],
        ["keys", "new", "--as", "hu", "-o", "hu.key", "--passphrase-file", "secret"],
        ["--as", "root", "keys", "add", "hu.key.pub", "--for", "hu"],
    ):
        result = office(*arguments)
        assert result.exit_code == 0, result.output
    return office


def test_a_new_key_is_encrypted_and_for_its_owner_alone(gate: Run, folder: Path) -> None:
    private = folder / "hu.key"
    assert private.read_text().startswith("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert folder.joinpath("hu.key.pub").read_text().startswith("-----BEGIN PUBLIC KEY-----")


def test_only_an_administrator_registers_keys(gate: Run) -> None:
    result = gate("keys", "add", "hu.key.pub", "--for", "sun", "--as", "sun")
    assert result.exit_code != 0
    assert "administrator" in result.stderr


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
    result = gate("decline", "P1", "--reason", "no", "--as", "hu", "--sign", "hu.key", input=f"{SECRET}\n")
    assert result.exit_code == 0, result.output
    assert "Passphrase of hu.key, to sign release" in result.stderr


def test_no_secret_is_ever_stored(gate: Run, folder: Path) -> None:
    """approvals §3.14."""
    gate("approve", "P1", "--as", "hu", "--sign", "hu.key", "--passphrase-file", "secret")
    stored = folder.joinpath("signoff.db").read_bytes()
    body = "".join(folder.joinpath("hu.key").read_text().splitlines()[1:-1])
    for secret in (b"PRIVATE KEY", SECRET.encode(), body[:40].encode()):
        assert secret not in stored


def test_what_is_asked_says_that_it_takes_a_key(gate: Run) -> None:
    shown = gate(
        "approve", "P1", "--as", "hu", "--sign", "hu.key", "--passphrase-file", "secret", "--dry-run"
    )
    assert "to be signed with your own key" in shown.stdout


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
    result = gate("--as", "root", "keys", "add", "hu.key", "--for", "hu")
    assert result.exit_code != 0
    assert "private key" in result.stderr


def test_keys_are_listed_and_revoked(gate: Run) -> None:
    (key,) = document(gate("keys", "list", "--json"))["keys"]
    assert (key["person"], key["purpose"]) == ("hu", "decision")
    assert "valid" in gate("keys", "list").stdout
    result = gate("--as", "root", "keys", "revoke", key["id"][:12], "--reason", "lost on the train", "--yes")
    assert result.exit_code == 0, result.output
    assert "lost on the train" in gate("keys", "list").stdout
    refused = gate("approve", "P1", "--as", "hu", "--sign", "hu.key", "--passphrase-file", "secret")
    assert "has been revoked" in refused.stderr


def test_a_key_may_be_registered_for_a_time(gate: Run) -> None:
    gate("keys", "new", "-o", "sun.key", "--passphrase-file", "secret")
    wrong = gate("--as", "root", "keys", "add", "sun.key.pub", "--for", "sun", "--from", "soon")
    assert "is no date" in wrong.stderr
    result = gate(
        "--as",
        "root",
        "keys",
        "add",
        "sun.key.pub",
        "--for",
        "sun",
        "--from",
        "2035-01-01",
        "--to",
        "2036-01-01",
    )
    assert result.exit_code == 0, result.output
    assert "not yet" in gate("keys", "list").stdout
    assert gate("--as", "root", "keys", "add", "sun.key.pub").exit_code != 0


# checkpoints ----------------------------------------------------------------------------------------------

SIGN = ("--sign", "cp.key", "--passphrase-file", "secret")


@pytest.fixture
def keeper(gate: Run) -> Run:
    """The same, with a key for checkpoints in cp.key."""
    assert gate("keys", "new", "-o", "cp.key", "--passphrase-file", "secret").exit_code == 0
    return gate


def test_checkpoints_are_added_to_a_file_and_compared(keeper: Run) -> None:
    for _ in range(2):
        assert keeper("checkpoint", "-o", "notes", *SIGN).exit_code == 0
    result = keeper("verify", "--checkpoint", "notes", "--key", "cp.key.pub")
    assert result.exit_code == 0, result.output
    without = keeper("verify", "--checkpoint", "notes")
    assert without.exit_code == 9
    assert "checkpoint_untrusted" in without.stdout
    assert keeper("--as", "root", "keys", "add", "cp.key.pub", "--checkpoint").exit_code == 0
    assert "checkpoints" in keeper("keys", "list").stdout


def test_a_checkpoint_may_be_printed(keeper: Run, folder: Path) -> None:
    result = keeper("checkpoint", *SIGN)
    assert result.exit_code == 0, result.output
    folder.joinpath("printed").write_text(result.stdout, encoding="utf-8")
    assert keeper("verify", "--checkpoint", "printed", "--key", "cp.key.pub").exit_code == 0


def test_an_empty_or_absent_file_compares_nothing_and_says_so(keeper: Run, folder: Path) -> None:
    folder.joinpath("empty").write_text("")
    assert keeper("verify", "--checkpoint", "empty", "--key", "cp.key.pub").exit_code == 9
    assert "cannot be read" in keeper("verify", "--checkpoint", "absent", "--key", "cp.key.pub").stderr


def test_the_daemon_writes_checkpoints(keeper: Run, folder: Path) -> None:
    daily = ("--checkpoint", "notes", "--checkpoint-key", "cp.key", "--passphrase-file", "secret")
    for _ in range(2):
        result = keeper("daemon", "--once", *daily)
        assert result.exit_code == 0, result.output
    assert folder.joinpath("notes").read_text(encoding="utf-8").count("\nat ") == 1
    assert "--checkpoint-key" in keeper("daemon", "--once", "--checkpoint", "notes").stderr


def test_a_file_with_a_passphrase_that_others_can_read_is_warned_of(gate: Run, folder: Path) -> None:
    sign = ("--sign", "hu.key", "--passphrase-file", "secret")
    assert "Warning" not in gate("approve", "P1", "--as", "hu", *sign, "--dry-run").stderr
    folder.joinpath("secret").chmod(0o644)
    assert "chmod 600 secret" in gate("approve", "P1", "--as", "hu", *sign).stderr


def test_advance_signs_too(gate: Run) -> None:
    weak = gate("advance", "P1", "--as", "hu")
    assert "Sign with --sign KEYFILE" in weak.stderr
    result = gate("advance", "P1", "--as", "hu", "--sign", "hu.key", "--passphrase-file", "secret")
    assert result.exit_code == 0, result.output
    assert "signed" in gate("history", "P1").stdout or gate("verify").exit_code == 0
