"""What approvers do besides voting, on the command line: each verb says what it did, or with --dry-run what it would."""

from pathlib import Path

import pytest

from tests.cli.conftest import Run, document

BUY = """signoff: 1
process: buy
lang: en
data: {amount: {type: integer, default: 5}}
roles: {all: {group: staff}, human: {group: hr}}
start: {by: [all]}
steps:
  - gate: check
    binds: [amount]
    approve:
      - by: all
        need: all
        not_by: []
        declined: end
        transfer_to: [human]
        allow: [transfer, delegate, take_back, withdraw, abstain, add_before, add_beside, add_after]
"""


@pytest.fixture
def buy(office: Run, folder: Path) -> Run:
    folder.joinpath("buy.yaml").write_text(BUY, encoding="utf-8")
    for arguments in (("deploy", "buy.yaml"), ("start", "buy", "--key", "B")):
        result = office(*arguments)
        assert result.exit_code == 0, result.output
    return office


def asked(run: Run) -> set[str]:
    (wait,) = document(run("why", "B", "--json"))["reasons"]
    return set(wait["who"])


def test_a_vote_is_handed_over_and_a_dry_run_says_to_whom_it_would_go(buy: Run) -> None:
    dry = buy("transfer", "B/check", "hu", "--as", "sun", "--dry-run")
    assert dry.exit_code == 0, dry.output
    assert "Nothing was done." in dry.stdout
    assert asked(buy) == {"lin", "sun"}
    assert "B/check is now hu's." in buy("transfer", "B/check", "hu", "--as", "sun").stdout
    assert asked(buy) == {"lin", "hu"}
    assert buy("approve", "B/check", "--as", "sun").exit_code != 0
    refused = buy("transfer", "B/check", "root")
    assert "Root is none of" in refused.stderr


def test_signers_are_added_and_taken_off(buy: Run) -> None:
    assert buy("add-signer", "B/check", "hu", "root", "--before", "--need", "any").exit_code == 0
    assert asked(buy) == {"hu", "root", "sun"}
    assert (
        "root signs no more at B/check."
        in buy("remove-signer", "B/check", "root", "--reason", "on leave").stdout
    )
    assert asked(buy) == {"hu", "sun"}
    assert buy("approve", "B/check", "--as", "hu").exit_code == 0
    assert asked(buy) == {"lin", "sun"}
    assert buy("remove-signer", "B/check", "sun", "--reason", "x").exit_code != 0


def test_an_opinion_is_asked_for_given_and_shown_with_what_is_decided_on(buy: Run) -> None:
    assert "hu is asked for an opinion on B/check." in buy("delegate", "B/check", "hu", "--note", "?").stdout
    assert "waits for the opinion of" in buy("why", "B").stdout
    assert buy("approve", "B/check", "--as", "sun").exit_code == 0
    assert "signoff advise B/check TEXT" in buy("why", "B").stdout
    given = buy("advise", "B/check", "too dear", "--against", "--as", "hu")
    assert given.exit_code == 0, given.output
    assert "Opinion of Hu (against): too dear" in buy("approve", "B/check", "--dry-run").stdout
    assert buy("approve", "B/check").exit_code == 0


def test_a_vote_is_taken_back_and_an_abstention_counts_as_no_yes(buy: Run) -> None:
    assert buy("approve", "B/check").exit_code == 0
    assert "Taken back at B/check." in buy("take-back", "B/check", "--reason", "too early").stdout
    assert asked(buy) == {"lin", "sun"}
    assert "abstain" in buy("abstain", "--help").stdout
    assert "has ended: declined" in buy("abstain", "B/check", "--as", "sun").stdout


def test_help_and_sentences_are_there_in_chinese(buy: Run) -> None:
    for verb in ("transfer", "delegate", "advise", "add-signer", "remove-signer", "take-back", "abstain"):
        shown = buy(verb, "--help", "--lang", "zh").stdout
        assert any("一" <= letter <= "鿿" for letter in shown)
