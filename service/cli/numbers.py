"""Numbers on a command line: the types of options, which say what is wrong in plain words."""

from argparse import ArgumentTypeError
from typing import Final

_LAST_PORT: Final = 65_535


def whole(text: str) -> int:
    """Return the number. Raises ArgumentTypeError."""
    try:
        return int(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no whole number") from error


def port(text: str) -> int:
    """Return the number of a port. Raises ArgumentTypeError."""
    number = whole(text)
    if not 1 <= number <= _LAST_PORT:
        raise ArgumentTypeError(f"{number} is no port: give one from 1 to {_LAST_PORT}")
    return number


def decimal(text: str) -> float:
    """Return the number. Raises ArgumentTypeError."""
    try:
        return float(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no number") from error
