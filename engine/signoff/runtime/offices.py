"""The sections of a people file beside the people: departments, limits, substitutes, the table of authority.

Reads each into values and remembers where it stood, so that what cannot be is told there. Must not import kernel.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from signoff.errors import Place
from signoff.model import literal
from signoff.model.authority import Band, Grant, Limit, Signer, SignerKind, Verb
from signoff.notation.yaml.report import Report
from signoff.notation.yaml.tree import Broken, Items, Keyed, Leaf, Tree
from signoff.runtime.text import meant
from signoff.store.organisation import Department, Holder, Organisation, faults

SECTIONS = ("departments", "titles", "substitutes", "authority")
DEPARTMENT = ("name", "parent", "head")
SUBSTITUTE = (
    "id", "for", "by", "from", "until", "process", "step", "category", "up_to", "onward", "reason",
)  # fmt: skip
BAND = ("for", "from", "below", "currency", "department", "approve")
SIGNER = (*(kind.value for kind in SignerKind), "as")
_ABOUT_OTHERS = (
    "directory_unknown_person",
    "directory_unknown_head",
    "directory_unknown_department",
    "directory_band_stranger",
)
_BOOLEANS = {"true": True, "false": False}
_UNLIMITED = ("unlimited", "不限")
_CURRENCY = re.compile(
    r"(?P<before>[A-Z]{3}(?=[\s\d]))?\s*(?P<number>.*?)\s*(?P<after>(?<![A-Z])[A-Z]{3})?", re.DOTALL
)


class Fields:
    """What both readers of a people file do with keys: texts, lists, truths, and a finding where they are not."""

    def __init__(self, report: Report) -> None:
        self.report = report

    def known(self, tree: Keyed, keys: Iterable[str]) -> None:
        for leaf, _ in tree:
            if leaf.text not in keys:
                self.report(
                    "people_unknown_key",
                    leaf.place,
                    name=leaf.text,
                    hint=meant(leaf.text, keys),
                    keys=sorted(keys),
                )

    def named(self, tree: Keyed, key: str) -> tuple[tuple[Leaf, Tree], ...]:
        found = tree.get(key)
        if isinstance(found, Keyed):
            return tuple(found)
        if found is not None and not isinstance(found, Broken):
            self.report("people_not_a_mapping", found.place, key=key)
        return ()

    def rows(self, tree: Keyed, key: str, keys: Iterable[str]) -> Iterator[Keyed]:
        found = tree.get(key)
        if found is None or isinstance(found, Broken):
            return
        if not isinstance(found, Items):
            self.report("people_not_a_list", found.place, key=key)
            return
        for item in found:
            if isinstance(item, Keyed):
                self.known(item, keys)
                yield item
            else:
                self.wrong(item, "people_not_a_mapping", key=key)

    def leaf(self, tree: Keyed, key: str) -> Leaf | None:
        found = tree.get(key)
        if isinstance(found, Leaf) or found is None:
            return found
        self.wrong(found, "people_not_a_text", key=key)
        return None

    def text(self, tree: Keyed, key: str) -> str:
        found = self.leaf(tree, key)
        return found.text.strip() if found else ""

    def needed(self, tree: Keyed, key: str) -> str:
        found = self.text(tree, key)
        if not found and not isinstance(tree.get(key), Items | Keyed | Broken):
            self.report("people_missing_key", tree.place, key=key)
        return found

    def truth(self, tree: Keyed, key: str, *, otherwise: bool) -> bool:
        found = self.leaf(tree, key)
        if found is None:
            return otherwise
        if found.text not in _BOOLEANS or not found.plain:
            self.report("people_not_a_truth", found.place, key=key, value=found.text)
        return _BOOLEANS.get(found.text, otherwise)

    def wrong(self, tree: Tree, code: str, **params: Any) -> None:
        if not isinstance(tree, Broken):
            self.report(code, tree.place, **params)


@dataclass(slots=True)
class Offices:
    """One reading; `places` are those of departments, substitutes and rows of the table of authority."""

    fields: Fields
    zone: str = "Asia/Shanghai"
    currency: str = "CNY"
    places: dict[tuple[str, str], Place] = field(default_factory=dict)

    @property
    def report(self) -> Report:
        return self.fields.report

    def settle(self, tree: Keyed) -> None:
        """In which zone dates are, and in which currency amounts that name none."""
        if (zone := self.fields.leaf(tree, "zone")) is not None:
            if zone.text in available_timezones():
                self.zone = zone.text
            else:
                self.report("people_unknown_zone", zone.place, name=zone.text)
        self.currency = self.fields.text(tree, "currency") or self.currency

    def organisation(self, tree: Keyed, held: Mapping[Holder, tuple[Limit, ...]]) -> Organisation:
        """What the sections say; of a section that is not there nothing. `held` are the limits of groups."""
        titles = {
            ("title", leaf.text): self.limits(value)
            for leaf, value in self.fields.named(tree, "titles")
            if self._keyed(value, ("limits",))
        }
        limits = {**held, **{holder: given for holder, given in titles.items() if given}}
        return Organisation(
            departments=self._departments(tree) if "departments" in tree else None,
            limits=limits if "titles" in tree or "groups" in tree else None,
            grants=self._grants(tree) if "substitutes" in tree else None,
            bands=tuple(self._bands(tree)) if "authority" in tree else None,
        )

    def judge(self, organisation: Organisation, persons: Iterable[str] | None) -> None:
        """Tell what cannot be, where it stands. Without persons, whom there is only the directory knows."""
        for fault in faults(organisation, persons or ()):
            if persons is not None or fault.code not in _ABOUT_OTHERS:
                self.report(fault.code, self.places[fault.part, fault.id], **fault.params)

    def _keyed(self, value: Tree, keys: Iterable[str]) -> bool:
        if not isinstance(value, Keyed):
            self.fields.wrong(value, "people_not_a_mapping", key="titles")
            return False
        self.fields.known(value, keys)
        return True

    # departments -------------------------------------------------------------------------------------------

    def _departments(self, tree: Keyed) -> dict[str, Department]:
        found = {}
        for leaf, value in self.fields.named(tree, "departments"):
            self.places["department", leaf.text] = leaf.place
            if not isinstance(value, Keyed):
                self.fields.wrong(value, "people_not_a_mapping", key=leaf.text)
                continue
            self.fields.known(value, DEPARTMENT)
            name, parent, head = (self.fields.text(value, key) for key in DEPARTMENT)
            found[leaf.text] = Department(leaf.text, name or leaf.text, parent, head)
        return found

    # limits ------------------------------------------------------------------------------------------------

    def limits(self, tree: Tree | None) -> tuple[Limit, ...]:
        """`limits: {category: amount}` of a person, a group or a title."""
        if not isinstance(tree, Keyed):
            return ()
        found: dict[tuple[str, str], Limit] = {}
        for leaf, value in self.fields.named(tree, "limits"):
            limit = self._limit(leaf, value)
            if limit is not None and found.setdefault((limit.category, limit.currency), limit) is not limit:
                self.report(
                    "people_twice", leaf.place, id=leaf.text, file=leaf.place.file, line=leaf.place.line
                )
        return tuple(found.values())

    def _limit(self, leaf: Leaf, value: Tree) -> Limit | None:
        if not isinstance(value, Leaf):
            self.fields.wrong(value, "people_not_a_text", key=leaf.text)
        elif value.text.strip() in _UNLIMITED:
            return Limit(leaf.text, None, self.currency)
        elif amount := self._amount(value):
            return Limit(leaf.text, *amount)
        return None

    def _amount(self, leaf: Leaf) -> tuple[Decimal, str] | None:
        """`5000`, `1.5万`, `10000 USD`: a number and its currency."""
        match = _CURRENCY.fullmatch(leaf.text.strip())
        if match is not None and not (match["before"] and match["after"]):
            with suppress(ValueError):
                number = literal.number(match["number"])
                if number >= 0:
                    return number, match["before"] or match["after"] or self.currency
        self.report("people_not_an_amount", leaf.place, value=leaf.text)
        return None

    # substitutes -------------------------------------------------------------------------------------------

    def _grants(self, tree: Keyed) -> dict[str, Grant]:
        found: dict[str, Grant] = {}
        for row in self.fields.rows(tree, "substitutes", SUBSTITUTE):
            grant = self._grant(row)
            if grant is None:
                continue
            if grant.id in found:
                first = self.places["substitute", grant.id]
                self.report("people_substitute_twice", row.place, grant=grant.id, line=first.line)
                continue
            self.places["substitute", grant.id] = row.place
            found[grant.id] = grant
        return found

    def _grant(self, row: Keyed) -> Grant | None:
        principal, substitute = self.fields.needed(row, "for"), self.fields.needed(row, "by")
        since, until = self._moment(row, "from"), self._moment(row, "until")
        leaf = self.fields.leaf(row, "up_to")
        most = self._amount(leaf) if leaf else None
        if since is None or until is None:
            return None
        began = since.astimezone(ZoneInfo(self.zone)).date()
        return Grant(
            self.fields.text(row, "id") or f"{principal}-{substitute}-{began}",
            principal,
            substitute,
            since,
            until,
            process=self.fields.text(row, "process"),
            step=self.fields.text(row, "step"),
            category=self.fields.text(row, "category"),
            most=most[0] if most else None,
            currency=most[1] if most else "",
            onward=self.fields.truth(row, "onward", otherwise=False),
            reason=self.fields.text(row, "reason"),
        )

    def _moment(self, row: Keyed, key: str) -> datetime | None:
        """A day (its beginning) or a day with a time, in the zone of the file."""
        text, leaf = self.fields.needed(row, key), self.fields.leaf(row, key)
        if leaf is None or not text:
            return None
        with suppress(ValueError):
            return literal.instant(text, self.zone)
        try:
            begun = datetime.combine(literal.day(text), time(), ZoneInfo(self.zone))
            return begun.astimezone(UTC)
        except (ValueError, OverflowError):
            self.report("people_not_a_day", leaf.place, key=key, value=text)
            return None

    # the table of authority --------------------------------------------------------------------------------

    def _bands(self, tree: Keyed) -> Iterator[Band]:
        number = 0
        for row in self.fields.rows(tree, "authority", BAND):
            band = self._band(row)
            if band is not None:
                self.places["authority", str(number)] = row.place
                number += 1
                yield band

    def _band(self, row: Keyed) -> Band | None:
        category = self.fields.needed(row, "for")
        currency = self.fields.text(row, "currency") or self.currency
        ends = [self._number(row, key) for key in ("from", "below")]
        signers = [self._signer(each) for each in self.fields.rows(row, "approve", SIGNER)]
        if not category or None in signers:
            return None
        least = ends[0] or Decimal(0)
        named = tuple(signer for signer in signers if signer is not None)
        return Band(category, least, ends[1], currency, named, self.fields.text(row, "department"))

    def _number(self, row: Keyed, key: str) -> Decimal | None:
        leaf = self.fields.leaf(row, key)
        if leaf is None:
            return None
        try:
            return literal.number(leaf.text)
        except ValueError:
            self.report("people_not_an_amount", leaf.place, value=leaf.text)
            return None

    def _signer(self, row: Keyed) -> Signer | None:
        """Exactly one of person, group, title and head (of a department); `as` what is asked."""
        kinds = [kind for kind in SignerKind if kind.value in row]
        if len(kinds) != 1:
            self.report("people_signer", row.place, kinds=[kind.value for kind in SignerKind])
            return None
        verb = self.fields.leaf(row, "as")
        if verb is not None and verb.text not in [*Verb]:
            self.report(
                "people_unknown_verb", verb.place, name=verb.text, known=[each.value for each in Verb]
            )
            return None
        return Signer(
            kinds[0], self.fields.needed(row, kinds[0].value), Verb(verb.text) if verb else Verb.APPROVE
        )
