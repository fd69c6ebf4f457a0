"""English sentences of the time family: code -> text with {parameters}. Each says what, and what to do."""

SENTENCES = {
    "unreadable_when": "`{text}` is no time this language knows, from character {offset} on: {hint}.",
    "unknown_anchor": "`{text}`: unknown anchor `{name}`; there are {known}. Use one of them or declare it under `dates`. {hint}",
    "ambiguous_anchor": "`{text}`: `{name}` means {known}; {hint}.",
    "calendar_contradiction": "Calendar {calendar}: {days} stand under both `off` and `work`; take each out of one of them.",
    "calendar_hours": "Calendar {calendar}: the day closes at {closes}, which is not after it opens at {opens}; put the earlier first.",
    "calendar_weekend": "Calendar {calendar}: the weekend {weekend} must be days 0 (Monday) to 6 and leave a day to work on.",
    "unknown_zone": "There is no time zone `{zone}`; write an IANA name such as Asia/Shanghai.",
    "unknown_calendar": "There is no calendar `{calendar}`; write a country code such as CN or DE-BY, or PLAIN for Monday to Friday.",
    "calendar_override": "Calendar {calendar}: `{key}: {value}` is not understood; the keys are off and work (lists of dates), hours, zone and confirmed_through (a year).",
}
