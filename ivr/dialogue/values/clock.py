"""Clock times: an hour and a part of the day -> the 24-hour clock."""

from ivr.dialogue.values.model import Value

PART_AM = "am"
PART_PM = "pm"


def time_value(
    hour: int, minute: int, part: str, start: int, end: int, approximate: bool = False
) -> Value | None:
    """A time value; without a part of the day the other half goes along in `others`.

    `part` is "am", "pm", "noon" (around midday), "late" (evening to midnight), "night" (after
    midnight), "24" (no doubt about it), or "". `minute` may be negative: minutes before the hour.
    """
    if not 0 <= hour <= 24 or not -59 <= minute <= 59 or (hour == 24 and minute > 0):
        return None
    hour = _hour(hour, part)
    total = (hour * 60 + minute) % (24 * 60)
    sure = part or hour > 12 or hour == 0
    others = () if sure else (_clock((total + 12 * 60) % (24 * 60)),)
    return Value("time", _clock(total), start, end, "", approximate, others)


def _hour(hour: int, part: str) -> int:
    if part == "pm" and hour < 12:
        return hour + 12
    if part == "am" and hour == 12:
        return 0
    if part == "noon" and hour < 4:
        return hour + 12
    if part == "late":
        return {12: 24, 1: 25, 2: 26, 3: 27}.get(hour, hour + 12 if hour < 12 else hour)
    return 0 if part == "night" and hour == 12 else hour


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
