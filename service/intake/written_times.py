"""A time as others than machines write it: Go, Ruby, mail, and people of several countries."""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime

_LONGEST = 100
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d{1,9})?)?(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
_ZONE = r"(?: ?(?P<zone>Z|[A-Z]{3,4}|[+-]\d\d:?\d\d))?"
_ISO = re.compile(
    r"(\d{4}[-/]\d\d[-/]\d\d)[T ](\d\d:\d\d:\d\d(?:\.\d{1,9})?)\s?(Z|[+-]\d\d:?\d\d)?(?: (UTC|GMT|[A-Z]{3,4}))?(?: m=.*)?"
)
_NUMBERS = re.compile(
    rf"(?P<first>\d{{1,2}})(?P<mark>[./])(?P<other>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}),? {_CLOCK}{_ZONE}"
)
_MONTH = re.compile(
    rf"(?P<month>[A-Z][a-z]{{2,8}})\.? (?P<day>\d{{1,2}}),? (?P<year>\d{{4}}),?(?: at)? {_CLOCK}{_ZONE}"
)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)[-T ]?(\d\d):?(\d\d):?(\d\d(?:\.\d{1,9})?)(Z|[+-]\d\d:?\d\d)?")
_TOGETHER = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?:[01]\d|2[0-3])(?:[0-5]\d){2}")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES = {
    **dict.fromkeys(("Z", "UTC", "GMT", "UT", "WET"), "Z"),
    **{"EST": "-0500", "EDT": "-0400", "CDT": "-0500", "MST": "-0700", "MDT": "-0600", "PST": "-0800", "PDT": "-0700"},
    **{"AKST": "-0900", "AKDT": "-0800", "HST": "-1000", "BRT": "-0300", "ART": "-0300"},
    **{"WEST": "+0100", "CET": "+0100", "CEST": "+0200", "EET": "+0200", "EEST": "+0300", "MSK": "+0300"},
    **{"JST": "+0900", "KST": "+0900", "HKT": "+0800", "SGT": "+0800", "WIB": "+0700", "SAST": "+0200"},
    **{
        "AEST": "+1000",
        "AEDT": "+1100",
        "ACST": "+0930",
        "ACDT": "+1030",
        "AWST": "+0800",
        "NZST": "+1200",
        "NZDT": "+1300",
    },
}
"""Those that have one meaning: IST is India's, Ireland's and Israel's, CST America's and China's, BST Britain's and others'."""
_ZONE_OF_MAIL = re.compile(r"(?<=:\d\d)\s?([A-Za-z]{1,20})\b")
_NOON = 12
_FROM_GREENWICH = re.compile(r"(?<!\s)\s*+\(?(?:GMT|UTC)([+-])(\d{1,2})(?::?(\d\d))?\)?$")


def is_written_together(text: str) -> bool:
    """Whether 14 digits are a day and its time (`20260302081455`); as milliseconds they would be after the year 2286."""
    return _TOGETHER.fullmatch(text) is not None


def written(text: str) -> object:
    """As ISO 8601, as a time, or the text itself when it is neither. What could be two days or two zones is none."""
    text = _FROM_GREENWICH.sub(_hours, text.strip()[:_LONGEST])
    found = _ISO.fullmatch(text)
    if found:
        zone = found[3] or _ZONES.get(found[4] or "Z")
        return f"{found[1].replace('/', '-')}T{found[2]}{zone}" if zone else text
    compact = _COMPACT.fullmatch(text)
    if compact:
        return f"{compact[1]}-{compact[2]}-{compact[3]}T{compact[4]}:{compact[5]}:{compact[6]}{compact[7] or 'Z'}"
    try:
        return _of_people(text) or parsedate_to_datetime(_ZONE_OF_MAIL.sub(_offset, text))
    except (ValueError, TypeError, OverflowError):
        return text


def _hours(found: re.Match[str]) -> str:
    """`(GMT+8)` as +08:00."""
    return f"{found[1]}{int(found[2]):02}:{found[3] or '00'}"


def _offset(found: re.Match[str]) -> str:
    """Mail's own reader takes a zone that it does not know for UTC. Raises ValueError."""
    if found[1] not in _ZONES:
        raise ValueError
    return " " + _ZONES[found[1]].replace("Z", "+0000")


def _of_people(text: str) -> datetime | None:
    """`08/24/2015 11:47 AM`, `24.08.2015 11:47`, `August 24, 2015 11:47 AM PDT`. Raises ValueError."""
    named, numbers = _MONTH.fullmatch(text), _NUMBERS.fullmatch(text)
    if named and named["month"][:3].lower() in _MONTHS:
        return _at(named, _MONTHS.index(named["month"][:3].lower()) + 1, int(named["day"]))
    if numbers:
        return _at(numbers, *_month_and_day(numbers))
    return None


def _month_and_day(found: re.Match[str]) -> tuple[int, int]:
    """Points stand after days, and who halves the day writes the month first; else a number above 12 tells it."""
    first, other = int(found["first"]), int(found["other"])
    if found["mark"] == "." or first > _NOON:
        return other, first
    if found["half"] or other > _NOON:
        return first, other
    raise ValueError


def _at(found: re.Match[str], month: int, day: int) -> datetime:
    hour = int(found["hour"]) % _NOON + _NOON * (found["half"] in ("P", "p")) if found["half"] else int(found["hour"])
    told = found["zone"] or "Z"
    zone = told if told[0] in "+-" else _ZONES.get(told, told)
    clock = f"{hour:02}:{found['minute']}:{found['second'] or '00'}"
    return datetime.fromisoformat(f"{found['year']}-{month:02}-{day:02}T{clock}{zone}")
