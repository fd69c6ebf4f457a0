"""What a vote is bound to: one hash over where it is given and over all that it covers."""

from datetime import UTC, datetime

import pytest

from signoff.kernel import subject
from signoff.kernel.sight import Sight
from signoff.kernel.state import Scope, State
from signoff.kernel.world import World
from tests.kernel.desk import Desk

PROCESS = "steps: [{gate: check, approve: {by: boss, declined: end}}]"
TEXTS = ("i-1", "采购“申请”", 'a "quoted" name', "back\\slash", "line\nbreak", "\u2028", "😀", "")


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("parts", [{}, {"预算": "ab", "b": ""}], ids=["nothing", "two parts"])
def test_the_subject_is_the_hash_of_the_canonical_list(text: str, parts: dict[str, str]) -> None:
    state = State(text, scopes={"s1": Scope("s1", "", "", "", text, "s1")})
    sight = Sight(World({text: Desk(PROCESS).definition}, {}), state, "s1", datetime(2026, 8, 31, tzinfo=UTC))
    listed = ["signoff/subject/v1", text, text, "s1", text, parts]
    assert subject.subject(sight, text, parts) == subject.digest(listed)
