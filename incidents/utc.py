"""Times as they are sent, made comparable."""

from datetime import UTC, datetime

from incidents.errors import FieldInvalid


def in_utc(field: str, value: datetime) -> datetime:
    """`value` in UTC; a time without an offset is taken to be UTC.

    Raises FieldInvalid, naming `field`, where that leaves the calendar (before year 1 or after 9999).
    """
    try:
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError as error:
        raise FieldInvalid(field, "lies outside the calendar") from error
