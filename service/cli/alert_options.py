"""The options that say what failed, as the alert that is investigated."""

import argparse
from datetime import datetime
from typing import TYPE_CHECKING

from incidents.errors import InputError

if TYPE_CHECKING:
    from incidents.alert import Alert

_NO_TIME = "give a time with its offset, such as 2026-11-23T10:50:00Z"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options about the failing service."""
    group = parser.add_argument_group("what fails")
    group.add_argument(
        "--service", metavar="NAME", help="the service, as deploys and logs call it (default: the folder)"
    )
    group.add_argument("--environment", metavar="NAME", default="production", help="where (default: production)")
    group.add_argument("--first-seen", metavar="TIME", help="when it was first seen, RFC 3339 (default: now)")


def moment_given(text: str | None) -> datetime | None:
    """The time of `--first-seen`, with its offset. Raises InputError."""
    if text is None:
        return None
    from pydantic import TypeAdapter, ValidationError

    try:
        at = TypeAdapter(datetime).validate_python(text)
    except ValidationError as error:
        raise InputError(f"--first-seen: {text!r} is no time; {_NO_TIME}") from error
    if at.tzinfo is None or not 1970 < at.year < 9999:
        raise InputError(f"--first-seen: {text!r} cannot be used; {_NO_TIME}")
    return at


def alert_of(**fields: object) -> "Alert":
    """The options as an alert. Raises InputError naming the option."""
    from pydantic import ValidationError

    from incidents.alert import Alert

    try:
        return Alert.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        option = str(first["loc"][0]).replace("_", "-")
        raise InputError(f"--{option}: {first['msg']}") from error
