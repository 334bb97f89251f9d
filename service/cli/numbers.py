"""Numbers on a command line: the types of options, which say what is wrong in plain words."""

from argparse import ArgumentTypeError


def whole(text: str) -> int:
    """Return the number. Raises ArgumentTypeError."""
    try:
        return int(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no whole number") from error


def decimal(text: str) -> float:
    """Return the number. Raises ArgumentTypeError."""
    try:
        return float(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no number") from error
