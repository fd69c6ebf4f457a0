"""A small firm: the directory that the tests of people ask. Must import nothing but what it is made of."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from signoff.model.authority import Band, Grant, Limit, Signer, SignerKind, Verb
from signoff.store.organisation import Department, Organisation
from signoff.store.people import Individual, People

AT = datetime(2027, 1, 5, 4, tzinfo=UTC)
FIRST, LAST = datetime(2027, 1, 4, tzinfo=UTC), datetime(2027, 1, 11, tzinfo=UTC)


def grant(id: str, principal: str, substitute: str, **more: Any) -> Grant:
    return Grant(id, principal, substitute, **{"since": FIRST, "until": LAST, **more})


def up_to(amount: int | None, category: str = "budget", currency: str = "CNY", holder: str = "") -> Limit:
    return Limit(category, None if amount is None else Decimal(amount), currency, holder)


PERSONS = (
    Individual(id="gm", title="总经理", admin=True, department="hq", limits=(up_to(None, holder="gm"),)),
    Individual(
        id="vp", manager="gm", groups=("board",), department="hq", limits=(up_to(100_000, holder="vp"),)
    ),
    Individual(
        id="lead", manager="vp", title="总监", department="sales", limits=(up_to(20_000, holder="lead"),)
    ),
    Individual(id="deputy", manager="vp", title="总监", groups=("staff",), department="sales"),
    Individual(id="left", manager="vp", title="总监", groups=("staff",), department="east", active=False),
    Individual(
        id="amy", manager="lead", groups=("staff",), department="east", limits=(up_to(500, holder="amy"),)
    ),
    Individual(id="bo", manager="left", groups=("staff", "board"), department="east"),
)
DEPARTMENTS = (
    Department("hq", "总部", head="gm"),
    Department("sales", "销售部", parent="hq", head="lead"),
    Department("east", "华东", parent="sales", head="amy"),
)
BANDS = (
    Band("ads", Decimal(0), Decimal(5000), "CNY", (Signer(SignerKind.HEAD, "sales"),)),
    Band(
        "ads",
        Decimal(5000),
        None,
        "CNY",
        (Signer(SignerKind.TITLE, "总监", Verb.REVIEW), Signer(SignerKind.PERSON, "gm")),
    ),
    Band("ads", Decimal(0), None, "CNY", (Signer(SignerKind.GROUP, "board"),), department="east"),
    Band("void", Decimal(0), None, "", (Signer(SignerKind.TITLE, "nobody"),)),
)
GRANTS = (
    grant("G1", "lead", "deputy", process="purchase", most=Decimal(5000), category="budget", currency="CNY"),
    grant("G2", "vp", "lead", onward=True),
    grant("G3", "gm", "vp", until=datetime(2027, 1, 5, tzinfo=UTC)),
    grant("G4", "vp", "left"),
)
LIMITS = {
    ("group", "staff"): (up_to(1000, holder="staff"), up_to(300, "travel", holder="staff")),
    ("title", "总监"): (up_to(9000, holder="总监"),),
}
FIRM = People(
    {each.id: each for each in PERSONS},
    {"staff": "员工"},
    Organisation({each.id: each for each in DEPARTMENTS}, LIMITS, {each.id: each for each in GRANTS}, BANDS),
)
