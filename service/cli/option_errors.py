"""Errors name the option they are about."""

from collections.abc import Iterator
from contextlib import contextmanager

from incidents.errors import InputError


@contextmanager
def about(option: str, remedy: str = "") -> Iterator[None]:
    """Add the name of the option, and what to do, to an InputError raised inside."""
    try:
        yield
    except InputError as error:
        text = str(error) if str(error).startswith(option) else f"{option}: {error}"
        ending = f"; {remedy}" if remedy and ";" not in text else ""
        raise _alike(error, text + ending) from error


def _alike(error: InputError, text: str) -> InputError:
    """An error of the same type; of the plain one when the type is made of something else than a text."""
    try:
        return type(error)(text)
    except TypeError:
        return InputError(text)
