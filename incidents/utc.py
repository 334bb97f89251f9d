"""Convert received times to UTC."""

from datetime import UTC, datetime

from incidents.errors import FieldInvalid


def in_utc(field: str, value: datetime) -> datetime:
    """Return `value` in UTC; a time without an offset is read as UTC.

    Raises FieldInvalid, naming `field`, when the result is outside the calendar (before year 1 or after 9999).
    """
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError as error:
        raise FieldInvalid(field, "lies outside the calendar") from error
