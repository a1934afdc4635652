"""The Mandarin lunar calendar: a lunar year, month and day -> the day of the common calendar.

The months are what the sun and the moon make them and follow no short rule, so each year stands
in a table: six hexadecimal digits a year, made of the day of the year on which it begins, the
number of its leap month (0 for none), and one bit a month, set where the month has 30 days.
"""

from datetime import date, timedelta

FIRST_YEAR = 1900

_TABLE = (
    "3f16d26407524e0ea53ab64a5e064b460a9b32955658056a420b592c57525207523cdb25620b254a0a4b34b4ab"
    "5a02ad44056b2e4b69540da940fd92660e924e0d2538ba4d5e0a564802b63095b55806d4420ea92e5e92520e92"
    "3ccd2660052b4a0a5734b2b65a0b5a4606d4306ec95407493ef693640a934e052b36ca5b5c0aad48056a329b55"
    "580ba4420b492c5a93520a953af52d6005364a0aad36b5aa5a05b2440da5307d4a560d4a3f0a95620a974e0556"
    "38cab55c0ad54806d2328ea5580ea542064a2a6c97500a9b3cf55a60056a4a0b6936b7525c0b52440b252e964b"
    "540a4b3f14ab6202ad4c056d38cb695e0da9480d92329d25580d25435a4d660a565002b63ac5b56006d54a0ea9"
    "36be925c0e92460d262e6a56520a573f14d664035a4c06d538b6c95e074948069330952b56052b400a5b2c555a"
    "50056a3afb55620ba44c0b4934ba935a0a9544052d2e8aad520ab53f35aa6405d24e0da538dd4a5e0d4a480c95"
    "32952e560556400ab52c55b25206d23acea56007254a064b34ac97580cab44055a2e6ad6540b693f7752640b52"
    "4e0b2538da4b5c0a4b4604ab30a55b5605ad400b6a2c5b52520d923cfd25600d254a0a5534b4ad5a04b64205b5"
    "2e6daa540ec9411e92640e924e0d2638ca565c0a574604d63086d55607554207492a6e935006933af52b60052b"
    "480a5b34b55a5a056a440b652e974a540b4a3f1a95640a954c052d36caad5c0ab54805aa308ba5560da5420d4a"
    "2c7c95500c963af94e6005564a0ab534b5b2"
)
LAST_YEAR = FIRST_YEAR + len(_TABLE) // 6 - 1


def lunar_day(year: int, month: int, day: int, *, leap: bool = False) -> date | None:
    """The day of the common calendar; None where the lunar calendar (or the table) has no such day.

    `leap` asks for the leap month that follows the month of that number.
    """
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
        return None
    begins, leap_month, lengths = _year(year)
    if leap and month != leap_month:
        return None
    place = month - 1 + (leap or 0 < leap_month < month)
    if not 1 <= day <= _length(lengths, place):
        return None
    before = sum(_length(lengths, at) for at in range(place))
    return begins + timedelta(days=before + day - 1)


def last_day(year: int) -> date | None:
    """New Year's Eve, which ends the lunar year."""
    following = lunar_day(year + 1, 1, 1)
    return following - timedelta(days=1) if following else None


def _year(year: int) -> tuple[date, int, int]:
    at = 6 * (year - FIRST_YEAR)
    packed = int(_TABLE[at : at + 6], 16)
    begins = date(year, 1, 1) + timedelta(days=(packed >> 17) - 1)
    return begins, packed >> 13 & 0xF, packed & 0x1FFF


def _length(lengths: int, place: int) -> int:
    return 30 if lengths >> place & 1 else 29
