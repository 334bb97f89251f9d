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
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)[-T ](\d\d):?(\d\d):?(\d\d(?:\.\d{1,9})?)(Z|[+-]\d\d:?\d\d)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES = {
    **{"EST": "-0500", "EDT": "-0400", "CST": "-0600", "CDT": "-0500", "MST": "-0700", "MDT": "-0600"},
    **{"PST": "-0800", "PDT": "-0700", "CET": "+0100", "CEST": "+0200", "JST": "+0900"},
}
"""Those of mail, and others that have one meaning."""
_NOON = 12


def written(text: str) -> object:
    """As ISO 8601, as a time, or the text itself when it is neither. What could be two days is none."""
    text = text.strip()[:_LONGEST]
    found = _ISO.fullmatch(text)
    if found:
        zone = found[3] or _ZONES.get(found[4] or "", "Z")
        return f"{found[1].replace('/', '-')}T{found[2]}{zone}"
    compact = _COMPACT.fullmatch(text)
    if compact:
        return f"{compact[1]}-{compact[2]}-{compact[3]}T{compact[4]}:{compact[5]}:{compact[6]}{compact[7] or 'Z'}"
    try:
        return _of_people(text) or parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return text


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
    zone = _ZONES.get(found["zone"] or "", found["zone"] or "Z")
    clock = f"{hour:02}:{found['minute']}:{found['second'] or '00'}"
    offset = zone if zone[0] in "Z+-" else "Z"
    return datetime.fromisoformat(f"{found['year']}-{month:02}-{day:02}T{clock}{offset}")
