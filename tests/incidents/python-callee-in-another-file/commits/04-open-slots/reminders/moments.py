"""Moments as they appear in exports of three different systems."""

from datetime import datetime
from zoneinfo import ZoneInfo

CLINIC_ZONE = ZoneInfo("Europe/Berlin")
FORMATS = ("%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M", "%Y-%m-%dT%H:%M:%S")


def parse_moment(text: str) -> datetime | None:
    """The moment `text` stands for, None when it is blank; ValueError when no format fits."""
    if not text.strip():
        return None
    for pattern in FORMATS:
        try:
            return datetime.strptime(text.strip(), pattern).replace(tzinfo=CLINIC_ZONE)
        except ValueError:
            continue
    raise ValueError(f"not a moment: {text!r}")
