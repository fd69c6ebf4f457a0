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
    "invalid_calendar_file": "{file} cannot be taken over; nothing was changed. Correct what is listed.",
    "calendar_file_shape": "This is no calendar file; begin it with `signoff_calendar: 1`, then `days_off` and `workdays` with lists of days.",
    "calendar_heading": "A calendar file of separated values needs the columns `date` and `kind` (日期, 类型); name them in the first line.",
    "calendar_kind": "`{text}` is neither a day off nor a workday; write off or work (休, 班).",
    "calendar_unreadable_day": "`{text}` is no day; write a day that exists, as 2026-12-24, or a stretch, as 2027-02-01 to 2027-02-05.",
    "calendar_stretch": "{first} to {last} is no stretch of days; put the earlier day first, at most {longest} days.",
    "calendar_day_twice": "{day} stands on line {line} already; take it out of one of both.",
    "calendar_day_contradicts": "{day} is a day off on one line and a workday on another (line {line}); take it out of one of both.",
    "calendar_year": "`{text}` is no year; write the last year whose days are certain, as 2027.",
    "no_such_calendar": "No calendar {calendar} is kept, there are {known}; a deployment that names it brings it in, or `signoff calendar refresh {calendar}`.",
    "deadlines_crowded": "On {day} come together, for the days that they name are not worked: {steps}. Plan for it, or say another day.",
    "calendar_override": "Calendar {calendar}: `{key}: {value}` is not understood; the keys are off and work (lists of dates), hours, zone and confirmed_through (a year).",
}
