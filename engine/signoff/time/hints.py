"""What the reader of time phrases expected where it stopped, in the languages of the sentences.

A hint is a parameter of an error (`sentences.spoken` picks the language). Must import nothing of signoff.
"""

from collections.abc import Mapping

Hint = Mapping[str, str]


def _hint(en: str, zh: str) -> Hint:
    return {"en": en, "zh": zh}  # a plain dict, because errors are also written as JSON


PHRASE = _hint(
    "write e.g. `3 days before DATE`, `within 2 working days`, `DATE start at 09:00`",
    "写法如：日期前3天、2个工作日内、日期当天09:00",
)
EVERY = _hint(
    "write e.g. `day at 17:30 during WINDOW`, `monday and thursday`, `month on day 31`, `10 hours for 3 times`",
    "写法如：活动期间每天17:30、每周一、四、每月31日、每10小时共3次",
)
NUMBER = _hint("a whole number is expected here", "此处应为整数")
ZERO = _hint("nothing is 0 long; name the day itself instead", "时长不能为 0；请直接写那一天")
TOO_LONG = _hint("at most a hundred years", "最长一百年")
UNIT = _hint(
    "a unit is expected: seconds, minutes, hours, working hours, days, working days, weeks, months, years",
    "此处应为单位：天、自然日、个工作日、周、个月、年、小时、个工作小时、分钟、秒",
)
SIDE = _hint("`before` or `after` is expected", "此处应为“前”或“后”")
SPAN = _hint("a length of time is expected, such as `3 working days`", "此处应为时长，如 3个工作日")
CLOCK = _hint("a time of day is expected, as 09:30", "此处应为时刻，如 09:30")
END = _hint("nothing may follow here", "此后不应再有文字")
BARE_WINDOW = _hint(
    "a window lasts several days: say its `start` or its `end`", "时间段有多天：请写“开始”“结束”或“当天”"
)
ONLY_WINDOW = _hint(
    "only a window has a start and an end, or a time during it", "只有时间段才有开始、结束和期间"
)
WHICH_DATE = _hint(
    "say before which date: there is not exactly one", "请写明是哪个日期：日期不止一个或一个也没有"
)
DAY_OF_MONTH = _hint("a day of the month is 1 to 31", "每月的日为 1 至 31")
DAY_OF_YEAR = _hint("a day of the year is MM-DD, as 12-31", "每年的日写作 12月31日")
HOURS_EXACT = _hint("hours are exact; leave out the time of day", "小时按实际长度计，不要再写时刻")
AMBIGUOUS = _hint("rename one of them", "请改其中一个的名称")
SPAN_ONLY = _hint("write e.g. `30 days`, `5个工作日`, `60 seconds`", "写法如：30天、5个工作日、60 seconds")
RETRY = _hint(
    "write `never` or e.g. `3 times every 1 minute doubling`",
    "写 never，或如 3 times every 1 minute doubling",
)
HOURS = _hint("write e.g. `09:00 to 18:00`, the earlier first", "写法如：09:00 to 18:00，早的在前")
ISO_DURATION = _hint("write an ISO 8601 duration such as P3DT2H", "请写 ISO 8601 时长，如 P3DT2H")
ISO_WHEN = _hint(
    "write an ISO 8601 duration or date such as PT2H or 2027-01-31T09:00:00Z",
    "请写 ISO 8601 时长或时刻，如 PT2H、2027-01-31T09:00:00Z",
)
CRON = _hint(
    "of cron only days at one time of day are read, as `0 9 * * 1-5` or `0 0 9 ? * MON-FRI`; else write R/P7D",
    "cron 只支持每天某一时刻的日子，如 0 9 * * 1-5、0 0 9 ? * MON-FRI；否则请写 R/P7D",
)
ISO_EVERY = _hint("write an ISO 8601 recurrence such as R3/PT10H", "请写 ISO 8601 重复，如 R3/PT10H")
