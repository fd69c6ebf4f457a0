"""Whose substitution is over, or still to come, is told which one and when."""

from datetime import datetime

import pytest

from signoff import Actor, Strength
from signoff.errors import NotAllowed
from signoff.store.organisation import Organisation
from signoff.testing import Sandbox
from tests.people.firm import grant
from tests.people.test_substitutes import PEOPLE, PROCESS, play, refused


def test_whose_grant_is_over_is_told_which_and_since_when() -> None:
    end = datetime.fromisoformat("2027-01-05T04:00:00Z")
    for by in ("fay", Actor("fay", on_behalf_of="cat", auth=Strength.ATTESTED)):
        case = play(grant("G", "cat", "fay", until=end))
        with pytest.raises(NotAllowed) as found:
            case.approve("ask", by=by)
        assert {**found.value.params, "step": ""} == {
            "person": "fay", "principal": "cat", "grant": "G", "at": end, "step": "",
        }  # fmt: skip
    assert refused(play(grant("G", "eve", "fay", until=end)), "fay") == "not_asked"


def test_work_that_a_grant_led_to_says_the_same() -> None:
    given = Organisation(
        grants={"G": grant("G", "ann", "fay", until=datetime.fromisoformat("2027-01-05T04:00:00Z"))}
    )
    box = Sandbox("2027-01-05T04:00Z", people={**PEOPLE, "ben": {}}, organisation=given)
    box.deploy(PROCESS.replace("NEED", "any"))
    case = box.start("purchase", by="ann")
    assert refused(case, "fay", "submit") == "grant_over"
